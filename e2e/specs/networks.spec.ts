// Networks as a person makes and uses them: a NAT network from the page, a machine plugged in by its hardware, seen
// with its counters, its address and in the picture; what is wrong is said where it was typed.
import { findings } from '../fixtures/findings.ts';
import { expect, test, type World } from '../fixtures/world.ts';

const openNetworks = async (world: World): Promise<void> => {
  const { page } = world.main();
  await page.keyboard.press('Control+2');
  await expect(page.getByRole('heading', { name: 'Networks' })).toBeVisible();
};

test('a NAT network is made on the page, and a machine in it gets its address', async ({
  world,
}) => {
  test.setTimeout(480_000);
  await world.start();
  const main = world.main();
  const { page } = main;

  await openNetworks(world);
  expect(await findings(world.page())).toEqual([]);
  await page.getByRole('button', { name: 'Add network' }).click();
  const dialog = page.getByRole('dialog');
  const range = dialog.getByRole('textbox', { name: 'Address range' });
  const create = dialog.getByRole('button', { name: 'Create network' });
  await expect(create).toBeEnabled();
  const suggested = await range.inputValue();
  await range.fill('10.20.0.0');
  await expect(dialog.getByRole('alert')).toHaveText('A range like 10.20.0.0/24.');
  await expect(create).toBeDisabled();
  // Main's own judgement, at the field it is about.
  await range.fill('10.20.0.5/24');
  await expect(dialog.getByRole('alert')).toContainText('10.20.0.0/24');
  await expect(range).toHaveAttribute('aria-invalid', 'true');
  await expect(create).toBeDisabled();
  await range.fill(suggested);
  await dialog.getByRole('textbox', { name: 'Name' }).fill('lab');
  await expect(create).toBeEnabled();
  expect(await findings(world.page())).toEqual([]);
  await create.click();
  const card = page.locator('.nw-card').filter({ hasText: 'lab' });
  await expect(card).toContainText('Idle');

  await main.dropFile(await world.guest('probe.iso', 'Tiny.iso'));
  await page.getByText('Tiny.iso').first().waitFor();
  await page.getByRole('textbox', { name: 'Name' }).fill('tiny');
  await page.getByRole('button', { name: 'Create only' }).click();
  await main.select('tiny');
  await main.openTab('Hardware');
  await main.bootFromNetwork();
  const adapter = page.getByRole('group', { name: 'Adapter 1' });
  const mode = adapter.getByRole('radio', { name: 'NAT network' });
  await expect(mode).toContainText('Works');
  await mode.click();
  await expect(adapter.getByRole('combobox', { name: 'Network' })).toHaveText(/lab/);
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect(page.getByText('No changes.')).toBeVisible();
  await main.act('Start');
  await expect(main.stateOf('tiny')).toHaveText(/Running/);

  await openNetworks(world);
  await expect(card).toContainText('Up');
  if ((await card.getAttribute('aria-pressed')) !== 'true') await card.click();
  const panel = page.getByRole('complementary', { name: 'lab' });
  // Sent by the boot ROM of the card, counted by the switch, answered with an address of the range.
  await expect(panel.getByRole('region', { name: 'Members' })).toContainText(/[1-9].* sent/, {
    timeout: 90_000,
  });
  const start = suggested.split('.').slice(0, 3).join('.');
  const lease = panel.getByRole('table').getByText(start).first();
  await expect(lease).toBeVisible({ timeout: 90_000 });
  const address = await lease.textContent();

  const picture = page.getByRole('group', { name: 'Connections' });
  await expect(picture.getByRole('button', { name: 'tiny, running, lab' })).toBeVisible();
  expect(await findings(world.page())).toEqual([]);
  await page.getByRole('button', { name: 'Show as table' }).click();
  const table = page.getByRole('table', { name: 'Connections' });
  await expect(table.getByRole('row').filter({ hasText: 'tiny' })).toContainText('lab');

  await page.keyboard.press('Control+1');
  await main.openTab('Overview');
  await expect(page.getByText(address ?? 'no address').first()).toBeVisible();

  // A used network stays; one nobody uses goes.
  await openNetworks(world);
  const remove = async (): Promise<void> => {
    if ((await card.getAttribute('aria-pressed')) !== 'true') await card.click();
    await page.getByRole('button', { name: 'More for this network' }).click();
    await page.getByRole('menuitem', { name: 'Remove…' }).click();
  };
  await remove();
  await expect(page.getByRole('alertdialog')).toContainText('Attached: tiny.');
  await page.getByRole('alertdialog').getByRole('button', { name: 'Close' }).click();
  await page.keyboard.press('Control+1');
  await main.act('Power off');
  await expect(main.stateOf('tiny')).toHaveText(/Off/);
  await main.openTab('Hardware');
  const modes = adapter.getByRole('radiogroup', { name: 'How adapter 1 is connected' });
  await modes.getByRole('radio', { name: 'None' }).click();
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect(page.getByText('No changes.')).toBeVisible();
  await openNetworks(world);
  await remove();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Remove network' }).click();
  await expect(card).toHaveCount(0);
});

test('a port that somebody has is said, and a free one offered', async ({ world }) => {
  await world.start();
  const main = world.main();
  const { page } = main;
  await main.tryDemo();
  await expect(main.stateOf('Demo')).toHaveText(/Running/);
  await openNetworks(world);
  const forwards = page.getByRole('region', { name: 'Port forwards' });
  await forwards.getByRole('button', { name: 'Forward a port' }).click();
  const port = forwards.getByRole('spinbutton', { name: 'Port here' });
  await port.fill('70000');
  await expect(forwards.getByRole('alert')).toHaveText('A port from 1 to 65535.');
  await port.fill('80');
  await expect(forwards.getByRole('alert')).toContainText('need administrator rights');

  // A port of this test's own, taken for real.
  const { createServer } = await import('node:net');
  const server = createServer((socket) => socket.end('hello'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const taken = server.address();
  if (taken === null || typeof taken === 'string') throw new Error('no port');
  try {
    await port.fill(String(taken.port));
    await expect(forwards.getByRole('alert')).toContainText('Taken by');
    await expect(forwards.getByRole('button', { name: 'Add', exact: true })).toBeDisabled();
    await forwards.getByRole('button', { name: /^Use \d+$/ }).click();
    await forwards.getByRole('button', { name: 'Add', exact: true }).click();
    const row = forwards.getByRole('row').filter({ hasText: 'Demo' });
    await expect(row).toContainText('Open');
    await row.getByRole('button', { name: 'Test' }).click();
    await expect(row.getByRole('status')).not.toHaveText(/Trying|^$/);
    await row.getByRole('button', { name: /^Remove the forward/ }).click();
    await expect(row).toHaveCount(0);
  } finally {
    server.close();
  }
});
