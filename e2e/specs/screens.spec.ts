// Every main screen in light and dark: pictures for people (test-results/screens) and axe for the rest.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../fixtures/electron-binary.ts';
import { findings, standsStill } from '../fixtures/findings.ts';
import { expect, test } from '../fixtures/world.ts';

const pictures = join(root, 'test-results/screens');

for (const theme of ['light', 'dark'] as const) {
  test(`every screen is drawn well and accessibly, ${theme}`, async ({ world }) => {
    test.setTimeout(480_000);
    await world.start({ theme });
    const page = world.page();
    const main = world.main();
    const found: Record<string, readonly string[]> = {};
    await mkdir(pictures, { recursive: true });
    const look = async (name: string): Promise<void> => {
      await standsStill(page);
      await page.screenshot({ path: join(pictures, `${name}-${theme}.png`) });
      const problems = await findings(world.page());
      if (problems.length > 0) found[name] = problems;
    };
    await expect(page.locator('html')).toHaveAttribute('data-theme', theme);

    await expect(page.getByText('No machines yet')).toBeVisible();
    await look('first-run');
    // The name may carry the number of checks that need a look.
    await page.getByRole('navigation').getByRole('button', { name: /^Host/ }).click();
    await look('host');
    await page.keyboard.press('Control+3');
    await expect(page.getByRole('grid', { name: 'Features and engines' })).toBeVisible();
    await look('compatibility');
    await page.getByRole('gridcell').first().click();
    await expect(page.getByRole('complementary', { name: 'Explanation' })).toBeVisible();
    await look('compatibility-cell');
    await page.setViewportSize({ width: 700, height: 700 });
    await look('compatibility-narrow');
    await page.setViewportSize({ width: 1280, height: 800 });
    await main.dropFile(await world.guest('probe.iso', 'Tiny.iso'));
    await expect(page.getByText('Tiny.iso').first()).toBeVisible();
    await look('new-machine');
    await main.createAndStart();
    await world.console().expectText();
    await look('console-screen');
    await world.console().show('Both');
    await world.console().expectSerial(/READY/);
    await look('console-both');
    await page.getByRole('button', { name: 'Send keys' }).click();
    await look('console-keys');
    await page.keyboard.press('Escape');
    for (const tab of ['Overview', 'Hardware', 'Log'] as const) {
      await main.openTab(tab);
      await look(`vm-${tab.toLowerCase()}`);
    }
    await page.keyboard.press('Control+Shift+w');
    await expect(page.getByRole('dialog')).toBeVisible();
    await look('why');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+k');
    await look('palette');
    await page.keyboard.press('Escape');
    await world.closeWindow();
    await expect(page.getByRole('alertdialog')).toBeVisible();
    await look('quit');
    await main.answerQuit('Do not quit');
    await main.openTab('Console');
    await main.act('Power off');
    await expect(page.locator('.con-empty')).toBeVisible();
    await look('console-off');
    expect(found).toEqual({});
  });
}

test('the compatibility table is read by keyboard alone', async ({ world }) => {
  await world.start();
  const page = world.page();
  await page.keyboard.press('Control+3');
  const grid = page.getByRole('grid', { name: 'Features and engines' });
  await expect(grid).toBeVisible();
  const first = grid.getByRole('gridcell').first();
  await first.focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  const panel = page.getByRole('complementary', { name: 'Explanation' });
  await expect(panel).toBeVisible();
  await expect(grid.locator('[aria-selected="true"]')).toHaveCount(1);
  await page.keyboard.press('Escape');
  await expect(panel).toHaveCount(0);
  const all = await grid.locator('.mx-title').count();
  await page.keyboard.press('Control+f');
  await page.keyboard.type('usb');
  await expect.poll(() => grid.locator('.mx-title').count()).toBeLessThan(all);
  await expect(grid.locator('.mx-title').filter({ hasText: /usb/i }).first()).toBeVisible();
});

test('a planted fault is found', async ({ world }) => {
  await world.start();
  await world.page().evaluate(() => document.body.append(document.createElement('button')));
  expect((await findings(world.page())).join()).toMatch(/button-name/);
});

test('the window is used by keyboard alone', async ({ world }) => {
  await world.start();
  const page = world.page();
  const focusButton = async (name: RegExp): Promise<void> => {
    for (let n = 0; n < 30; n += 1) {
      await page.keyboard.press('Tab');
      const label = await page.evaluate(() => document.activeElement?.textContent ?? '');
      if (name.test(label)) return;
    }
    throw new Error(`Tab does not reach ${String(name)}`);
  };
  await focusButton(/Try the demo/);
  await page.keyboard.press('Enter');
  await expect(world.main().stateOf('Demo')).toHaveText(/Running/);
  await world.console().expectText();

  await page.keyboard.press('Alt+1');
  await expect(page.getByRole('tab', { name: 'Overview' })).toHaveAttribute('data-state', 'active');
  await page.keyboard.press('Alt+2');
  await expect(page.getByRole('tab', { name: 'Console' })).toHaveAttribute('data-state', 'active');
  await page.keyboard.press('Control+n');
  await expect(page.getByRole('heading', { name: 'New machine' })).toBeVisible();
  await page.keyboard.press('Control+1');
  await expect(world.main().row('Demo')).toBeVisible();
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
});
