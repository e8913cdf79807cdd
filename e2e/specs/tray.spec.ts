// The program from its tray icon, over D-Bus as a panel speaks it, with real machines on real QEMU.
import { once } from 'node:events';
import { eventually } from '../fixtures/processes.ts';
import { expect, test } from '../fixtures/world.ts';
import { makeTrayWorld, type TrayWorld } from '../tray/tray-world.ts';

let world: TrayWorld;

const start = async (options: { readonly hasPanel: boolean }): Promise<void> => {
  world = await makeTrayWorld(options);
  await world.start();
};
/** One click in the empty window: the demo machine runs. Then only the tray is left. */
const runDemoAndHide = async (): Promise<void> => {
  await world.main().tryDemo();
  await world.trayShows(/^Demo \(Running, QEMU/);
  await world.closeWindow();
  await world.windowIs('hidden');
};
/** The last click may lose its answer: who quits does not stay to give it. */
const exitCodeAfter = async (click: () => Promise<void>): Promise<unknown> => {
  const ended = once(world.electron().process(), 'exit');
  await click().catch(() => undefined);
  const [code] = (await ended) as [unknown];
  return code;
};

test.afterEach(async () => {
  await world.dispose();
});

test('a machine lives its whole life from the tray, with the window hidden', async () => {
  await start({ hasPanel: true });
  const tray = await world.tray();
  await world.trayShows(/^No machines yet$/);
  expect(await world.trayLabels()).toEqual([
    'No machines yet',
    '',
    'New machine',
    'Open Polyvisor',
    '',
    'Quit Polyvisor',
  ]);
  await runDemoAndHide();
  await world.machinesRun(1);

  await tray.click('Demo', 'Pause');
  await world.trayShows(/^Demo \(Paused/);
  await tray.click('Demo', 'Resume');
  await world.trayShows(/^Demo \(Running/);

  await tray.click('Demo', 'Save state');
  await world.trayShows(/^Demo \(Saved\)$/);
  await world.machinesRun(0);
  await tray.click('Demo', 'Start');
  await world.trayShows(/^Demo \(Running/);
  await world.machinesRun(1);

  await tray.click('Demo', 'Shut down');
  await world.trayShows(/^Demo \(Off\)$/);
  await world.machinesRun(0);
  await tray.click('Demo', 'Start');
  await world.trayShows(/^Demo \(Running/);
  await tray.click('Demo', 'Power off');
  await world.trayShows(/^Demo \(Off\)$/);
  await world.machinesRun(0);
  await world.windowIs('hidden');
  // Everything was asked for: there is no news to tell.
  expect(world.notifications.shown()).toEqual([]);
});

test('running machines stand first in the tray', async () => {
  await start({ hasPanel: true });
  await world.main().tryDemo();
  await world.trayShows(/^Demo \(Running/);
  await (await world.tray()).click('Demo', 'Power off');
  await world.trayShows(/^Demo \(Off\)$/);
  await world.main().dropFile(await world.guest('probe.iso', 'Zulu.iso'));
  await world.main().createAndStart();
  await world.trayShows(/^Zulu.* \(Running, QEMU/);
  await expect.poll(async () => (await world.trayLabels())[1]).toBe('Demo (Off)');
});

test('the tray opens the console, a new machine and the window, and quits', async () => {
  await start({ hasPanel: true });
  const tray = await world.tray();
  await runDemoAndHide();
  await tray.click('Demo', 'Open console');
  await world.windowIs('visible');
  await world.console().expectText();

  await world.closeWindow();
  await world.windowIs('hidden');
  await tray.click('New machine');
  await world.windowIs('visible');
  await expect(world.page().getByRole('textbox', { name: 'Name' })).toBeVisible();

  await world.closeWindow();
  await world.windowIs('hidden');
  await tray.activate();
  await world.windowIs('visible');

  await tray.click('Demo', 'Power off');
  await world.machinesRun(0);
  await world.trayShows(/^Demo \(Off\)$/);
  expect(await exitCodeAfter(() => tray.click('Quit Polyvisor'))).toBe(0);
});

test('quitting from the tray asks while a machine runs, and keeps it running if told so', async () => {
  await start({ hasPanel: true });
  await runDemoAndHide();
  await (await world.tray()).click('Quit Polyvisor');
  await world.windowIs('visible');
  const keep = world.page().getByRole('button', { name: 'Keep running' });
  expect(await exitCodeAfter(() => keep.click())).toBe(0);
  await world.machinesRun(1);
});

test('a crash is told by a notification, and its click leads to the machine', async () => {
  await start({ hasPanel: true });
  await runDemoAndHide();
  const [pid] = await world.qemuPids();
  if (pid === undefined) throw new Error('no QEMU process');
  process.kill(pid, 'SIGKILL');
  await world.trayShows(/^Demo \(Crashed\)$/);
  const told = await eventually('a notification', () => world.notifications.shown()[0]);
  expect(told.title).toBe('Demo crashed');
  world.notifications.click(told);
  await world.windowIs('visible');
  await expect(world.main().stateOf('Demo')).toHaveText(/Crashed/);
});

test('a guest that turns itself off is told by a notification', async () => {
  await start({ hasPanel: true });
  await world.main().tryDemo();
  await world.console().show('Serial');
  await world.console().expectSerial(/READY/);
  await world.console().terminal.click();
  await world.page().keyboard.type('q');
  await world.trayShows(/^Demo \(Off\)$/);
  const told = await eventually('a notification', () => world.notifications.shown()[0]);
  expect([told.title, told.body]).toEqual(['Demo shut down', 'The guest turned itself off.']);
});

test('without a tray host nothing registers and closing does not hide the window', async () => {
  await start({ hasPanel: false });
  await world.main().tryDemo();
  await world.machinesRun(1);
  await world.closeWindow();
  await expect(world.page().getByRole('button', { name: 'Keep running' })).toBeVisible();
  await world.windowIs('visible');
});

test('a panel that starts later gets the icon; when it dies, a hidden window comes back', async () => {
  await start({ hasPanel: false });
  const panel = await world.startPanel();
  await world.tray();
  await world.closeWindow();
  await world.windowIs('hidden');
  panel.stop();
  await world.windowIs('visible');
});
