// Port forwards and packet captures of a running machine, from the window: a Linux guest in a NAT network serves a port;
// the marks and the test button say what is true, and a capture is a pcap file with the guest's frames.
import { readFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { buildLinuxIso, type LinuxIso } from '../harness/linux/linux-iso.ts';
import { framesOf, receiverOf, senderOf } from '../harness/pcap.ts';
import { expect, test, type World } from '../fixtures/world.ts';

/** It says hello to everybody who connects, and listens nowhere else. */
const script = `ip link set eth0 up
udhcpc -i eth0 -q -t 60
nc -ll -p 2222 -e echo hello &`;
const guestPort = 2222;
const silentPort = 81;

let cd: LinuxIso;
test.beforeAll(async () => {
  cd = await buildLinuxIso({ script });
});
test.afterAll(() => cd?.dispose());

const listening = (port = 0): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', reject).listen(port, '127.0.0.1', () => resolve(server));
  });
const greeting = (port: number): Promise<string> => text(connect(port, '127.0.0.1'));

const captured = (path: string): readonly Buffer[] => framesOf(readFileSync(path));

/** A Linux machine in a NAT network of its own; resolves to its MAC address when the network gave it an address. */
const startServer = async (world: World): Promise<string> => {
  const main = world.main();
  const { page } = main;
  await page.keyboard.press('Control+2');
  await page.getByRole('button', { name: 'Add network' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Name' }).fill('lab');
  await dialog.getByRole('button', { name: 'Create network' }).click();
  await page.getByRole('complementary', { name: 'lab' }).waitFor();

  await main.dropFile(cd.path);
  await page.getByText('linux.iso').first().waitFor();
  await page.getByRole('textbox', { name: 'Name' }).fill('server');
  await page.getByRole('spinbutton', { name: 'Memory' }).fill('256');
  await page.getByRole('button', { name: 'Create only' }).click();
  await main.select('server');
  await main.openTab('Hardware');
  const adapter = page.getByRole('group', { name: 'Adapter 1' });
  await adapter.getByRole('radio', { name: 'NAT network' }).click();
  await adapter.getByRole('combobox', { name: 'Model' }).click();
  await page.getByRole('option', { name: /^virtio/ }).click();
  const mac = await adapter.getByRole('textbox', { name: 'MAC address' }).inputValue();
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect(page.getByText('No changes.')).toBeVisible();
  await main.act('Start');
  await expect(main.stateOf('server')).toHaveText(/Running/);

  await page.keyboard.press('Control+2');
  const card = page.locator('.nw-card').filter({ hasText: 'lab' });
  if ((await card.getAttribute('aria-pressed')) !== 'true') await card.click();
  const leases = page.getByRole('complementary', { name: 'lab' }).getByRole('table');
  await expect(leases).toContainText('server', { timeout: 180_000 });
  return mac;
};

/** Opens the form, and fills in where to. */
const newForward = async (world: World, hostPort: number, to: number) => {
  const region = world.page().getByRole('region', { name: 'Port forwards' });
  await region.getByRole('button', { name: 'Forward a port' }).click();
  await expect(region.getByRole('combobox', { name: 'Leads to' })).toHaveText('server on lab');
  await region.getByRole('spinbutton', { name: 'Guest port' }).fill(String(to));
  await region.getByRole('spinbutton', { name: 'Port here' }).fill(String(hostPort));
  return region;
};

test('forwards and a capture of a running machine tell the truth', async ({ world }) => {
  test.setTimeout(480_000);
  await world.start();
  const main = world.main();
  const { page } = main;
  const mac = await startServer(world);

  // A port of this test's own is not given away; the one that is offered works at once.
  const taken = await listening();
  const region = await newForward(world, (taken.address() as AddressInfo).port, guestPort);
  const add = region.getByRole('button', { name: 'Add', exact: true });
  await expect(region.getByRole('alert')).toContainText('Taken by');
  await expect(add).toBeDisabled();
  await region.getByRole('button', { name: /^Use \d+$/ }).click();
  taken.close();
  const port = Number(await region.getByRole('spinbutton', { name: 'Port here' }).inputValue());
  await add.click();
  const open = region.getByRole('row').filter({ hasText: String(guestPort) });
  await expect(open).toContainText('Open');
  await expect.poll(() => greeting(port).catch(String)).toBe('hello\n');
  await open.getByRole('button', { name: 'Test' }).click();
  await expect(open.getByRole('status')).toHaveText('Something answers.');

  // Nobody listens behind this one, and that is what it says.
  const free = await listening();
  const other = (free.address() as AddressInfo).port;
  await new Promise((resolve) => free.close(resolve));
  await newForward(world, other, silentPort);
  await add.click();
  const closed = region.getByRole('row').filter({ hasText: String(other) });
  await expect(closed).toContainText('Open');
  await closed.getByRole('button', { name: 'Test' }).click();
  await expect(closed.getByRole('status')).toHaveText('Nothing listens behind it.');

  // The native dialog for files cannot be clicked from here: it is answered for it.
  const path = join(world.home, 'server.pcap');
  await world.electron().evaluate(({ dialog }, filePath) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
  }, path);
  await page.keyboard.press('Control+1');
  await main.openTab('Hardware');
  const adapter = page.getByRole('group', { name: 'Adapter 1' });
  await adapter.getByRole('button', { name: 'Capture packets…' }).click();
  await expect(adapter).toContainText('Capturing into server.pcap');
  expect(await greeting(port)).toBe('hello\n');
  await adapter.getByRole('button', { name: 'Stop the capture' }).click();
  await expect(adapter.getByRole('button', { name: 'Capture packets…' })).toBeVisible();
  const frames = captured(path);
  expect(frames.filter((frame) => receiverOf(frame) === mac).length).toBeGreaterThan(0);
  expect(frames.filter((frame) => senderOf(frame) === mac).length).toBeGreaterThan(0);
  expect(await greeting(port)).toBe('hello\n');
  expect(captured(path)).toEqual(frames);

  // While the machine is off somebody else takes the port: it is marked before the start would fail.
  await main.act('Power off');
  await expect(main.stateOf('server')).toHaveText(/Off/);
  await page.keyboard.press('Control+2');
  await expect(open).toContainText('Opens with its machine');
  const thief = await listening(port);
  try {
    await expect(open).toContainText(/Taken by (?!lab)/);
    await expect(open.getByRole('button', { name: /^Use \d+$/ })).toBeVisible();
  } finally {
    thief.close();
  }
  // And it is seen that the port is free again.
  await expect(open).toContainText('Opens with its machine');
});
