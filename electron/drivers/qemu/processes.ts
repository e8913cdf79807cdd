// Processes as /proc shows them: identity that survives pid reuse, who has a file open, ending one for sure.
import { readFileSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { argvOf, filesOf, pids } from '../../process/processes.ts';

/** A pid alone is reused; with its start time (clock ticks since boot, proc(5) field 22) it is unique. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startTicks: string;
}

const readText = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Gone, or not ours to read: both mean "nothing known".
    return undefined;
  }
};

/** Fields after the command name, which may itself hold spaces and parentheses. First is field 3, the state. */
const statFields = (pid: number): readonly string[] | undefined => {
  const text = readText(`/proc/${pid}/stat`);
  return text?.slice(text.lastIndexOf(')') + 2).split(' ');
};

export const identify = (pid: number): ProcessIdentity | undefined => {
  const startTicks = statFields(pid)?.[19];
  return startTicks === undefined ? undefined : { pid, startTicks };
};

/** Zombies count as gone: they hold no file and no socket. */
export const isAlive = (identity: ProcessIdentity): boolean => {
  const fields = statFields(identity.pid);
  return fields?.[19] === identity.startTicks && fields[0] !== 'Z' && fields[0] !== 'X';
};

/** True for a process stopped by a signal (SIGSTOP) or a debugger. */
export const isStopped = (identity: ProcessIdentity): boolean => {
  const state = statFields(identity.pid)?.[0];
  return state === 'T' || state === 't';
};

export const bootId = (): string =>
  readText('/proc/sys/kernel/random/boot_id')?.trim() ?? 'unknown';

/** The process whose command line holds `word` as one whole argument. */
export const findByArgument = (word: string): ProcessIdentity | undefined => {
  for (const pid of pids()) {
    if (pid !== process.pid && argvOf(pid).includes(word)) return identify(pid);
  }
  return undefined;
};

const inodeOf = (path: string): string | undefined => {
  try {
    const { dev, ino } = statSync(path);
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
};

export const hasOpen = (pid: number, path: string): boolean => {
  const wanted = inodeOf(path);
  return wanted !== undefined && filesOf(pid).some((fd) => inodeOf(fd) === wanted);
};

/** Processes (that we may look at) which have the file open. */
export const holdersOf = (path: string): readonly number[] =>
  pids().filter((pid) => pid !== process.pid && hasOpen(pid, path));

/** Resolves true when the process is gone, false when it still is there after `timeoutMs`. */
export const waitForEnd = async (
  identity: ProcessIdentity,
  timeoutMs: number,
): Promise<boolean> => {
  const deadline = performance.now() + timeoutMs;
  // There is no event for a process that is not our child (pidfd is not in Node): short looks, bounded.
  for (let pauseMs = 2; isAlive(identity); pauseMs = Math.min(pauseMs * 2, 50)) {
    if (performance.now() > deadline) return false;
    await sleep(pauseMs);
  }
  return true;
};

/** Signals the process only if it is still the one we know. */
export const signalProcess = (identity: ProcessIdentity, signal: 'SIGTERM' | 'SIGKILL'): void => {
  if (!isAlive(identity)) return;
  try {
    process.kill(identity.pid, signal);
  } catch {
    // It ended in between.
  }
};
