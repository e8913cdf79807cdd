// Processes as /proc shows them: identity that survives pid reuse, who has a file open, ending one for sure.
import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

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

export const argvOf = (pid: number): readonly string[] =>
  readText(`/proc/${pid}/cmdline`)?.split('\0').slice(0, -1) ?? [];

const pids = (): readonly number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);

/** The process whose command line holds `word` as one whole argument. */
export const findByArgument = (word: string): ProcessIdentity | undefined => {
  for (const pid of pids()) {
    if (pid !== process.pid && argvOf(pid).includes(word)) return identify(pid);
  }
  return undefined;
};

export const filesOf = (pid: number): readonly string[] => {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((fd) => `/proc/${pid}/fd/${fd}`);
  } catch {
    // The process ended, or belongs to somebody else.
    return [];
  }
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

/** Process that has the socket with this inode, as `/proc/net` numbers it. */
export const holderOfSocket = (inode: string): number | undefined =>
  pids().find((pid) =>
    filesOf(pid).some((fd) => {
      try {
        return readlinkSync(fd) === `socket:[${inode}]`;
      } catch {
        return false;
      }
    }),
  );

/** "qemu-system-x86 (process 123)", with the VM's name where the process is a QEMU that has one. */
export const describeProcess = (pid: number): string => {
  const command = readText(`/proc/${pid}/comm`)?.trim() ?? 'a program';
  const argv = argvOf(pid);
  const guest = /^guest=((?:[^,]|,,)*)/.exec(argv[argv.indexOf('-name') + 1] ?? '')?.[1];
  const name = guest === undefined ? '' : `“${guest.replaceAll(',,', ',')}”, `;
  return `${name}${command} (process ${pid})`;
};

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
