// Machines outlive the manager: killed with -9 and started again it finds them as they are.
import { readFile } from 'node:fs/promises';
import { expect, test, type World } from '../fixtures/world.ts';
import { eventually, isAlive } from '../fixtures/processes.ts';

const names = ['Demo', 'Second', 'Third'] as const;

const runThree = async (world: World): Promise<void> => {
  const main = world.main();
  await main.tryDemo();
  await expect(main.stateOf('Demo')).toHaveText(/Running/);
  for (const name of names.slice(1)) {
    await main.createFromDisc(await world.guest('probe.iso'), name);
    await expect(main.stateOf(name)).toHaveText(/Running/);
  }
};

/** The start time of a process: a pid alone may be given to another. */
const bornAt = async (pid: number): Promise<string> => {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')')).split(' ')[20] ?? '';
};

test('kill -9 of the manager disturbs none of three machines, and all come back live', async ({
  world,
}) => {
  test.setTimeout(480_000);
  await world.start();
  await runThree(world);
  const before = await world.qemuPids();
  expect(before).toHaveLength(3);
  const births = await Promise.all(before.map(bornAt));

  await world.killManager();
  expect(await world.qemuPids()).toEqual(before);
  await world.start();
  for (const name of names) await expect(world.main().stateOf(name)).toHaveText(/Running/);
  expect(await world.qemuPids()).toEqual(before);
  expect(await Promise.all(before.map(bornAt))).toEqual(births);

  for (const name of names) {
    await world.main().select(name);
    await world.main().openTab('Console');
    await world.console().expectText();
    await world.console().show('Both');
    await world.console().type('m');
    await world.console().expectSerial(/key 0x32 m/);
  }
});

test('a QEMU that is killed shows as crashed with its last words, the other goes on', async ({
  world,
}) => {
  await world.start();
  const main = world.main();
  await main.tryDemo();
  await expect(main.stateOf('Demo')).toHaveText(/Running/);
  const [first = 0] = await world.qemuPids();
  await main.createFromDisc(await world.guest('probe.iso'), 'Second');
  await expect(main.stateOf('Second')).toHaveText(/Running/);

  process.kill(first, 'SIGKILL');
  await expect(main.stateOf('Demo')).toHaveText(/Crashed/);
  await main.select('Demo');
  await main.openTab('Overview');
  await expect(main.page.getByText('Demo crashed').first()).toBeVisible();
  await expect(main.page.getByText(/Last lines:/).first()).toBeVisible();
  await expect(main.stateOf('Second')).toHaveText(/Running/);

  await main.openTab('Console');
  await main.page.locator('.con-empty').getByRole('button', { name: 'Start' }).click();
  await expect(main.stateOf('Demo')).toHaveText(/Running/);
  await world.console().expectText();
});

test('the end of a session leaves machines running and asks nothing', async ({ world }) => {
  await world.start();
  await world.main().tryDemo();
  await expect(world.main().stateOf('Demo')).toHaveText(/Running/);
  const pids = await world.qemuPids();
  await world.stop();
  expect(await world.qemuPids()).toEqual(pids);
  await world.start();
  await expect(world.main().stateOf('Demo')).toHaveText(/Running/);
});

test('closing the window asks about running machines and does what is answered', async ({
  world,
}) => {
  await world.start();
  const main = world.main();
  await main.tryDemo();
  await expect(main.stateOf('Demo')).toHaveText(/Running/);
  const [pid = 0] = await world.qemuPids();
  const child = world.electron().process();

  await world.closeWindow();
  await main.answerQuit('Do not quit');
  await expect(main.page.getByRole('alertdialog')).toBeHidden();
  expect(isAlive(pid)).toBe(true);

  await world.closeWindow();
  await main.answerQuit('Save their state');
  await eventually('the program ended', () => child.exitCode !== null);
  expect(child.exitCode).toBe(0);
  await eventually('QEMU ended', () => !isAlive(pid));
  await world.start();
  await expect(world.main().stateOf('Demo')).toHaveText(/Saved/);
});
