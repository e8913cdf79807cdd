// Other processes as /proc shows them: their command lines, open files and sockets, and how to name them to people.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

const readText = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Gone, or not ours to read: both mean "nothing known".
    return undefined;
  }
};

export const argvOf = (pid: number): readonly string[] =>
  readText(`/proc/${pid}/cmdline`)?.split('\0').slice(0, -1) ?? [];

export const pids = (): readonly number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);

export const filesOf = (pid: number): readonly string[] => {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((fd) => `/proc/${pid}/fd/${fd}`);
  } catch {
    // The process ended, or belongs to somebody else.
    return [];
  }
};

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
