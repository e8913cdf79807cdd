// Programs that still run a machine which VirtualBox calls off and free: its server was lost under them, and the new
// one does not know them (seen: VirtualBoxVM then waits in a dialog for ever). A second start would write on their disks.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isFailure } from '../../../shared/contract/errors.ts';
import type { VmId } from '../../../shared/model/brand.ts';
import { runtimeFolder } from './console/serial-path.ts';
import type { AppPaths } from '../types.ts';

const programs: readonly string[] = ['VirtualBoxVM', 'VBoxHeadless', 'VBoxSDL'];
const lookMs = 200;
/** An orderly end takes a second or two after VirtualBox says so. */
const orderlyMs = 10_000;

const argvOf = (pid: string): readonly string[] => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
};

/** Only what runs the machine itself; `--separate` is a window that shows it. */
export const programsOf = (machine: string): readonly number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      const argv = argvOf(pid);
      const isStart = argv.includes(machine) && !argv.includes('--separate');
      return isStart && argv.slice(0, 2).some((word) => programs.includes(basename(word)));
    })
    .map(Number);

/** There while a machine runs on a hidden display of ours. */
export const hiddenMark = (paths: AppPaths, vm: VmId): string =>
  join(runtimeFolder(paths, vm), 'xauthority');

/**
 * Waits for the programs of a machine that VirtualBox calls free. `ended`: one on a hidden display of ours had to be
 * ended. `held`: somebody else's goes on.
 */
export const awaitLeftovers = async (
  paths: AppPaths,
  vm: VmId,
): Promise<'none' | 'ended' | 'held'> => {
  const deadline = performance.now() + orderlyMs;
  while (performance.now() < deadline) {
    if (programsOf(vm).length === 0) return 'none';
    await sleep(lookMs);
  }
  if (!existsSync(hiddenMark(paths, vm))) return 'held';
  for (const pid of programsOf(vm)) process.kill(pid, 'SIGKILL');
  while (programsOf(vm).length > 0) await sleep(lookMs);
  return 'ended';
};

/**
 * Powers off by `work`; when VirtualBox calls the machine off and its program does not let go of it (seen: powered off
 * just as its firmware tells that nothing boots), that program is ended.
 */
export const endStuck = async (
  paths: AppPaths,
  vm: VmId,
  work: () => Promise<void>,
): Promise<void> => {
  try {
    await work();
  } catch (error) {
    if (!isFailure(error, 'virtualbox/locked') || !existsSync(hiddenMark(paths, vm))) throw error;
    for (const pid of programsOf(vm)) process.kill(pid, 'SIGKILL');
    await work();
  }
};
