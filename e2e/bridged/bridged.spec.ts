// From a click in the window to the privileged helper and back: a network card really moves into a bridge, a machine is
// plugged into it, and everything is taken back. The helper, the kernel's interfaces, QEMU and the router are real; a
// stand-in answers for polkit (see authority.mjs), and the window itself has no right to change anything.
import { expect, test, type World } from '../fixtures/world.ts';
import {
  asked,
  asRoot,
  card,
  interfaces,
  ip,
  leases,
  personWill,
  untouched,
  verbs,
  wayOut,
} from './own-host.ts';

const moved = [`pvb-office ${card.address}`, `${card.name} in pvb-office`];

const open = async (world: World, place: 'Networks' | 'Host'): Promise<void> => {
  const { page } = world.main();
  const navigation = page.getByRole('navigation');
  await navigation.getByRole('button', { name: new RegExp(`^${place}`) }).click();
};
const journal = (world: World) =>
  world.page().getByRole('region', { name: 'Changes made to this computer' });
const panel = (world: World) => world.page().getByRole('complementary', { name: 'office' });

/** Makes the network by its dialog; it is selected afterwards. */
const makeNetwork = async (world: World): Promise<void> => {
  await open(world, 'Networks');
  const { page } = world.main();
  await page.getByRole('button', { name: 'Add network' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('radio', { name: /^Bridged/ }).click();
  await expect(dialog.getByRole('combobox', { name: 'Network card' })).toHaveText(
    `${card.name} · ${card.address}/24 · way to the internet`,
  );
  await dialog.getByRole('textbox', { name: 'Name' }).fill('office');
  await dialog.getByRole('button', { name: 'Create network' }).click();
  await expect(panel(world)).toContainText('Not set up');
};

/** Opens the preview; nothing is asked for yet. */
const preview = async (world: World) => {
  await panel(world).getByRole('button', { name: 'Set up…' }).click();
  const dialog = world.page().getByRole('dialog', { name: 'Set up office on this computer' });
  await expect(dialog.getByRole('listitem')).toHaveCount(2);
  return dialog;
};
const setUp = async (world: World): Promise<void> => {
  const dialog = await preview(world);
  await dialog.getByRole('button', { name: 'Set up' }).click();
};
const keepDialog = (world: World) =>
  world.page().getByRole('alertdialog', { name: 'Keep the new network settings?' });

test.beforeEach(async () => {
  expect(await interfaces()).toEqual(untouched);
  // What the window starts has no more rights than the window.
  await expect(ip('link', 'add', 'own0', 'type', 'dummy')).rejects.toThrow('not permitted');
});
test.afterEach(async () => {
  // For the tests after one that failed.
  if ((await interfaces()).length > 1) asRoot([{ verb: 'undo.all' }]);
});

test('a bridged network is set up, kept, used by a machine, and undone', async ({ world }) => {
  test.setTimeout(300_000);
  const before = asked().length;
  const questions = () => asked().slice(before);
  await world.start();
  const main = world.main();
  const { page } = main;
  await makeNetwork(world);

  // Everything is told before: interfaces before and after, each step with its command.
  const dialog = await preview(world);
  await expect(dialog).toContainText(`${card.address}/24`);
  await expect(dialog).toContainText('ip link add name pvb-office type bridge');
  await expect(dialog).toContainText(`ip link set dev ${card.name} master pvb-office`);
  await expect(dialog).toContainText('goes back after 60 seconds');
  expect(questions()).toEqual([]);
  expect(await interfaces()).toEqual(untouched);

  personWill('grant');
  await dialog.getByRole('button', { name: 'Set up' }).click();
  const keep = keepDialog(world);
  await expect(keep).toBeVisible();
  expect(questions().map(verbs)).toEqual([['bridge.create', 'uplink.attach']]);
  expect(await interfaces()).toEqual(moved);
  expect(await wayOut()).toBe(`pvb-office via ${card.router}`);
  // The time runs, and the connection is looked at for real.
  const seconds = async (): Promise<number> =>
    Number(/in (\d+) seconds/.exec((await keep.textContent()) ?? '')?.[1] ?? 'NaN');
  const first = await seconds();
  expect(first).toBeLessThanOrEqual(60);
  await expect.poll(seconds).toBeLessThan(first);
  await expect(keep).toContainText('Router answers');
  await expect(keep).toContainText('Names resolve');
  await page.keyboard.press('Enter');
  await expect(keep).toBeVisible();
  await keep.getByRole('button', { name: 'Keep' }).click();
  await expect(keep).toHaveCount(0);
  expect(questions().map(verbs).slice(1)).toEqual([['confirm']]);
  await expect(panel(world)).toContainText('Up');

  await open(world, 'Host');
  await expect(journal(world).getByRole('listitem')).toHaveText([
    /^In place.*Put up0 into pvb-office/,
    /^In place.*Make the bridge pvb-office/,
  ]);

  await main.dropFile(await world.guest('probe.iso', 'Tiny.iso'));
  await page.getByText('Tiny.iso').first().waitFor();
  await page.getByRole('textbox', { name: 'Name' }).fill('tiny');
  await page.getByRole('button', { name: 'Create only' }).click();
  await main.select('tiny');
  await main.openTab('Hardware');
  await main.bootFromNetwork();
  const adapter = page.getByRole('group', { name: 'Adapter 1' });
  await adapter.getByRole('radio', { name: 'Bridged' }).click();
  await expect(adapter.getByRole('combobox', { name: 'Network card' })).toHaveText('up0 · office');
  const mac = await adapter.getByRole('textbox', { name: 'MAC address' }).inputValue();
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect(page.getByText('No changes.')).toBeVisible();
  await main.act('Start');
  await expect(main.stateOf('tiny')).toHaveText(/Running/);
  expect(questions().map(verbs).slice(2)).toEqual([['tap.create']]);
  expect(await interfaces()).toEqual([
    moved[0],
    expect.stringMatching(/^pvt[0-9a-f]{8} in pvb-office$/),
    moved[1],
  ]);

  // The boot ROM of its card is given an address by the router behind the network card.
  await expect.poll(leases, { timeout: 90_000 }).toContain(mac);
  await open(world, 'Networks');
  const picture = page.getByRole('group', { name: 'Connections' });
  await expect(picture.getByRole('button', { name: 'tiny, running, office' })).toBeVisible();
  await picture.getByRole('button', { name: 'office Bridged, up' }).click();
  const member = panel(world).getByRole('region', { name: 'Members' });
  await expect(member).toContainText(/tiny.*Running/);
  await expect(member).toContainText(/[1-9].* sent, [1-9].* received/);

  await open(world, 'Host');
  await expect(journal(world).getByRole('listitem')).toHaveCount(3);
  await journal(world).getByRole('button', { name: 'Undo all' }).click();
  const ask = page.getByRole('alertdialog', { name: 'Undo every change?' });
  await ask.getByRole('button', { name: 'Undo all' }).click();
  await expect(journal(world)).toHaveCount(0);
  expect(questions().map(verbs).slice(3)).toEqual([['undo.all']]);
  expect(await interfaces()).toEqual(untouched);
  expect(await wayOut()).toBe(`${card.name} via ${card.router}`);
  // The machine runs on, without a network.
  await open(world, 'Networks');
  await picture.getByRole('button', { name: 'office Bridged, not set up' }).click();
  await expect(panel(world)).toContainText('Not set up');
  await expect(member).toContainText(/tiny.*Running/);
  await expect(member).toContainText('Not connected');
});

test('without the authorisation nothing is changed, and the window says how to go on', async ({
  world,
}) => {
  await world.start();
  const { page } = world.main();
  await makeNetwork(world);
  const answers = [
    ['dismiss', 'Nothing was changed', 'Ask for the change again when it suits you.'],
    ['refuse', 'The change was refused', 'Not authorized. An administrator of this computer'],
  ] as const;
  for (const [answer, title, words] of answers) {
    personWill(answer);
    const before = asked().length;
    await setUp(world);
    const said = page.getByRole('alertdialog', { name: title });
    await expect(said).toContainText(words);
    expect(asked().slice(before).map(verbs)).toEqual([['bridge.create', 'uplink.attach']]);
    expect(await interfaces()).toEqual(untouched);
    await said.getByRole('button', { name: 'Close' }).click();
    await expect(said).toHaveCount(0);
    await expect(panel(world)).toContainText('Not set up');
  }
  await open(world, 'Host');
  await expect(page.getByRole('heading', { name: 'Host' })).toBeVisible();
  await expect(journal(world)).toHaveCount(0);
});

test('what nobody keeps goes back by itself after its minute', async ({ world }) => {
  test.setTimeout(300_000);
  await world.start();
  await makeNetwork(world);
  personWill('grant');
  await setUp(world);
  const keep = keepDialog(world);
  await expect(keep).toBeVisible();
  expect(await interfaces()).toEqual(moved);
  // The person would not be asked again, and is not: the helper has a clock of its own.
  personWill('refuse');
  const before = asked().length;
  await expect(keep).toHaveCount(0, { timeout: 120_000 });
  expect(asked().slice(before)).toEqual([]);
  expect(await interfaces()).toEqual([`pvb-office`, `${card.name} ${card.address}`]);
  expect(await wayOut()).toBe(`${card.name} via ${card.router}`);
  await expect(panel(world)).toContainText('Not set up');
  await open(world, 'Host');
  await expect(journal(world).getByRole('listitem')).toHaveText([
    /^Undone.*Put up0 into pvb-office/,
    /^In place.*Make the bridge pvb-office/,
  ]);
});
