// A headless role: no window, no display, its own lock, and it survives the death of its parent.
import { spawn, type ChildProcess } from 'node:child_process';
import { readlink } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { electronArgs, electronBinary } from '../fixtures/electron-binary.ts';
import { eventually, isAlive, killNow, pidsNaming } from '../fixtures/processes.ts';
import { expect, test, type World } from '../fixtures/world.ts';

const withoutDisplay = (world: World): Record<string, string> =>
  Object.fromEntries(
    Object.entries(world.env).filter(([name]) => name !== 'DISPLAY' && name !== 'WAYLAND_DISPLAY'),
  );
const startRole = (world: World, ...args: string[]): ChildProcess =>
  spawn(electronBinary(), electronArgs('--role=echo', ...args), {
    cwd: world.home,
    env: withoutDisplay(world),
    stdio: ['ignore', 'pipe', 'ignore'],
  });
const socketPath = (world: World): string => join(world.home, 'r/polyvisor/role-echo.sock');

const say = (world: World, line: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(socketPath(world), () => socket.write(`${line}\n`));
    socket.once('error', reject);
    socket.once('data', (data) => {
      socket.destroy();
      resolve(String(data).trim());
    });
  });
const answers = (world: World): Promise<true> =>
  eventually<true>('the role answers', () =>
    say(world, 'hello').then(
      (echo) => (echo === 'hello' ? true : undefined),
      () => undefined,
    ),
  );

/** Processes of this world that run the role: they were started in its folder. */
const rolePids = async (world: World): Promise<readonly number[]> => {
  const found: number[] = [];
  for (const pid of await pidsNaming('--role=echo')) {
    const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => '');
    if (cwd === world.home) found.push(pid);
  }
  return found;
};

test.afterEach(async ({ world }) => {
  for (const pid of await rolePids(world)) killNow(pid);
});

test('the echo role runs without a display and ends after its visitor', async ({ world }) => {
  const role = startRole(world, '--once');
  let said = '';
  role.stdout?.on('data', (data: Buffer) => (said += String(data)));
  await eventually('the role listens', () => said.includes(`listening ${socketPath(world)}`));
  expect(await say(world, 'Grüße')).toBe('Grüße');
  await eventually('the role ended', () => role.exitCode !== null);
  expect(role.exitCode).toBe(0);
});

test('the role survives kill -9 of its parent, and a second one is refused', async ({ world }) => {
  // A parent of its own, as a terminal or a session manager would be.
  const parent = spawn(
    process.execPath,
    [
      '--eval',
      `require('node:child_process').spawn(process.argv[1], process.argv.slice(2), { stdio: 'ignore' });
       setInterval(() => undefined, 1000);`,
      electronBinary(),
      ...electronArgs('--role=echo'),
    ],
    { cwd: world.home, env: withoutDisplay(world), stdio: 'ignore' },
  );
  await answers(world);
  parent.kill('SIGKILL');
  await eventually('the parent is dead', () => parent.signalCode !== null);
  expect(await say(world, 'still here')).toBe('still here');

  const second = startRole(world);
  await eventually('the second ended', () => second.exitCode !== null);
  expect(second.exitCode).toBe(4);
  expect(await say(world, 'and still')).toBe('and still');

  const pids = await rolePids(world);
  expect(pids.length).toBeGreaterThan(0);
  for (const pid of pids) process.kill(pid, 'SIGTERM');
  await eventually('the role ended when asked', () => pids.every((pid) => !isAlive(pid)));
});

test('a role nobody knows is refused in words', async ({ world }) => {
  const role = spawn(electronBinary(), electronArgs('--role=nonsense'), {
    cwd: world.home,
    env: withoutDisplay(world),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  role.stderr.on('data', (data: Buffer) => (said += String(data)));
  await eventually('the program ended', () => role.exitCode !== null);
  expect(role.exitCode).toBe(2);
  // Its last words may come after its end.
  await expect.poll(() => said).toContain('There is no role “nonsense”. Roles: echo');
});
