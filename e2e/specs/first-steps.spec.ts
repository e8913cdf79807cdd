// A person's first steps: an empty window, the demo in one click, a machine from a dropped disc and its whole life.
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, type World } from '../fixtures/world.ts';
import { eventually } from '../fixtures/processes.ts';

/** Disks that were made for machines. */
const ownedDisks = async (world: World): Promise<readonly string[]> => {
  const folder = join(world.dataDir, 'vms');
  if (!existsSync(folder)) return [];
  const files = await readdir(folder, { recursive: true });
  return files.filter((file) => /\.(qcow2|img)$/.test(file));
};

test('the empty window leads to a running demo in one click', async ({ world }) => {
  await world.start();
  const { page } = world.main();
  await expect(page.getByText('No machines yet')).toBeVisible();
  await world.main().tryDemo();
  await expect(world.main().stateOf('Demo')).toHaveText(/Running/);
  await world.console().expectText();
  await world.console().show('Serial');
  await world.console().expectSerial(/POLYVISOR PROBE 1[^]*signature [A-Z]{9,12}[^]*READY/);
  expect(await world.qemuPids()).toHaveLength(1);
});

test('a machine from a dropped disc lives its whole life', async ({ world }) => {
  await world.start();
  const main = world.main();
  const guest = world.console();
  const { page } = main;
  const iso = await world.guest('probe.iso', 'My Tiny System.iso');
  await main.dropFile(iso);
  await expect(page.getByText('My Tiny System.iso').first()).toBeVisible();
  await expect(page.getByRole('textbox', { name: 'Name' })).not.toHaveValue('');
  const name = await page.getByRole('textbox', { name: 'Name' }).inputValue();
  await main.createAndStart();
  await expect(main.stateOf(name)).toHaveText(/Running/);
  await guest.expectText();
  await guest.show('Both');
  await guest.expectSerial(/boot medium cd[^]*READY/);

  await guest.type('a');
  await guest.expectSerial(/key 0x1e a/);

  await main.act('Pause');
  await expect(main.stateOf(name)).toHaveText(/Paused/);
  // QEMU drops keys for a paused guest.
  await guest.type('z');
  await page.waitForTimeout(1000);
  expect(await guest.serialText()).not.toMatch(/key 0x2c z/);
  await main.act('Resume');
  await expect(main.stateOf(name)).toHaveText(/Running/);
  await guest.type('x');
  await guest.expectSerial(/key 0x2d x/);

  await main.act('Save state');
  await expect(main.stateOf(name)).toHaveText(/Saved/);
  await eventually('QEMU is gone', async () => (await world.qemuPids()).length === 0);
  await page.getByRole('button', { name: 'Restore' }).click();
  await expect(main.stateOf(name)).toHaveText(/Running/);
  await guest.expectText();
  await guest.show('Both');
  // The guest goes on where it stopped: it does not boot again, and it listens.
  await guest.type('k');
  await guest.expectSerial(/key 0x25 k/);

  await main.act('Shut down');
  await expect(main.stateOf(name)).toHaveText(/Off/);
  await eventually('QEMU is gone', async () => (await world.qemuPids()).length === 0);

  expect(await ownedDisks(world)).toHaveLength(1);
  await main.delete(true);
  await expect(page.getByText('No machines yet')).toBeVisible();
  expect(await ownedDisks(world)).toHaveLength(0);
  expect(existsSync(iso)).toBe(true);
});

test('deleting without disks leaves them where they are', async ({ world }) => {
  await world.start();
  const main = world.main();
  await main.tryDemo();
  await expect(main.stateOf('Demo')).toHaveText(/Running/);
  await main.act('Power off');
  await expect(main.stateOf('Demo')).toHaveText(/Off/);
  await main.delete(false);
  await expect(main.page.getByText('No machines yet')).toBeVisible();
  expect(await ownedDisks(world)).toHaveLength(1);
});
