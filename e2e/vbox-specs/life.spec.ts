// The window and the tray on a real VirtualBox whose kernel driver is not loaded: a machine made outside lives its
// whole life.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, slow, test, type OutsideMachine, type VBoxWorld } from '../fixtures/vbox-test.ts';

/** VirtualBox agrees with the window about the state. */
const agree = (world: VBoxWorld, machine: OutsideMachine, state: string): Promise<void> =>
  expect.poll(() => world.stateOutside(machine.id), slow).toBe(state);

test('a machine made with VBoxManage appears, starts by consent and lives its whole life', async ({
  world,
}, info) => {
  await world.start();
  const main = world.main();
  const page = world.page();
  const guest = world.console();
  const name = 'Outside "7" ü';
  const machine = await world.createOutside(name);
  await expect(main.stateOf(name)).toHaveText(/Off/, slow);

  await main.select(name);
  await main.act('Start');
  const dialog = page.getByRole('alertdialog');
  await expect(dialog).toContainText('VirtualBox’s kernel driver is missing', slow);
  await expect(dialog).toContainText('this VirtualBox was built without KVM');
  await expect(dialog).toContainText('many times slower');
  expect(await world.stateOutside(machine.id)).toBe('poweroff');
  await world.startByConsent();
  await expect(main.stateOf(name)).toHaveText(/Running/, slow);

  // What the header shows, and VirtualBox's own log of this start.
  await expect(page.locator('header.ph')).toContainText('VirtualBox, software', slow);
  const log = readFileSync(join(machine.folder, 'Logs/VBox.log'), 'latin1');
  expect(log).toMatch(/HM: HMR3Init: Falling back on IEM|EMR3Init: fIemExecutesAll=true/);
  await main.openTab('Console');
  await guest.expectText();
  await expect.poll(machine.serial, slow).toMatch(/READY/);
  await page.screenshot({ path: info.outputPath('virtualbox-console.png') });
  await guest.type('a');
  await expect.poll(machine.serial, slow).toMatch(/key 0x1e a/);

  await main.act('Reset');
  await expect.poll(machine.serial, slow).toMatch(/key 0x1e a[^]*POLYVISOR PROBE[^]*READY/);

  await main.act('Pause');
  await expect(main.stateOf(name)).toHaveText(/Paused/, slow);
  await agree(world, machine, 'paused');
  await main.act('Resume');
  await expect(main.stateOf(name)).toHaveText(/Running/, slow);
  await agree(world, machine, 'running');

  await main.act('Save state');
  await expect(main.stateOf(name)).toHaveText(/Saved/, slow);
  await agree(world, machine, 'saved');
  // Asked once: the saved memory can go on nowhere else.
  await page.getByRole('button', { name: 'Restore' }).first().click();
  await expect(main.stateOf(name)).toHaveText(/Running/, slow);
  await agree(world, machine, 'running');
  await guest.expectText();
  // It goes on where it stopped, and listens.
  await guest.type('e');
  await expect.poll(machine.serial, slow).toMatch(/key 0x12 e/);

  await main.act('Power off');
  await expect(main.stateOf(name)).toHaveText(/Off/, slow);
  await agree(world, machine, 'poweroff');
});

test('the tray shows a VirtualBox machine with its engine and leads it through its life', async ({
  world,
}) => {
  await world.start();
  const machine = await world.createOutside('Tray');
  await world.trayShows(/^Tray \(Off\)$/);
  const tray = await world.tray();
  await world.closeWindow();
  await world.windowIs('hidden');

  // Very slow: the window comes up to ask.
  await tray.click('Tray', 'Start');
  await world.windowIs('visible');
  await world.startByConsent();
  await world.trayShows(/^Tray \(Running, VirtualBox, software\)$/);
  await world.closeWindow();
  await world.windowIs('hidden');
  await expect.poll(machine.serial, slow).toMatch(/READY/);

  await tray.click('Tray', 'Pause');
  await world.trayShows(/^Tray \(Paused/);
  await agree(world, machine, 'paused');
  await tray.click('Tray', 'Resume');
  await world.trayShows(/^Tray \(Running/);
  await tray.click('Tray', 'Save state');
  await world.trayShows(/^Tray \(Saved\)$/);
  await agree(world, machine, 'saved');
  await tray.click('Tray', 'Start');
  await world.trayShows(/^Tray \(Running/);
  await tray.click('Tray', 'Power off');
  await world.trayShows(/^Tray \(Off\)$/);
  await agree(world, machine, 'poweroff');
});
