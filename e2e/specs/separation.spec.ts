// A machine is not tied to the program that started it: it holds nothing of the window's processes, and after
// kill -9 of the manager only the machine is left.
import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from '../fixtures/processes.ts';
import { expect, test } from '../fixtures/world.ts';

/** What a process holds open, by name. */
const heldBy = async (pid: number): Promise<readonly string[]> => {
  const folder = `/proc/${pid}/fd`;
  const links = await Promise.all(
    // A descriptor may be closed while we look.
    (await readdir(folder)).map((fd) => readlink(join(folder, fd)).catch(() => '')),
  );
  return links;
};
const windowProcesses = async (home: string): Promise<readonly string[]> => {
  const found: string[] = [];
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (line.includes('--type=') && line.includes(home)) found.push(pid);
  }
  return found;
};

test('after kill -9 of the manager the machine is all that is left of it', async ({ world }) => {
  await world.start();
  await world.main().tryDemo();
  await expect(world.main().stateOf('Demo')).toHaveText(/Running/);
  const [qemu] = await world.qemuPids();
  if (qemu === undefined) throw new Error('no QEMU process');
  const held = await heldBy(qemu);
  expect(held.length).toBeGreaterThan(5);
  expect(held.filter((name) => /chromium|icudtl|\.pak$|\.asar$|window\//.test(name))).toEqual([]);

  expect((await windowProcesses(world.home)).length).toBeGreaterThan(1);
  await world.killManager();
  await eventually(
    'the window’s processes are gone',
    async () => (await windowProcesses(world.home)).length === 0,
  );
  expect(await world.qemuPids()).toEqual([qemu]);
});
