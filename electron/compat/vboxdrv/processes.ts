// Programs that hold the processor's virtualization, ours and other people's, read from /proc. What cannot be read
// (another user's open files) is judged by the command line, which everybody may read.
import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { lookForPath, type HostRoot } from '../probes/look.ts';

export interface HypervisorProcess {
  readonly pid: number;
  /** As a person knows it: the program's name. */
  readonly program: string;
  /** The machine's name from the command line, if it has one. */
  readonly machine: string | undefined;
  /** `kvm`: a machine on KVM. `vboxdrv`: on VirtualBox's own driver. `none`: in software, or nothing to be seen of it. */
  readonly holds: 'kvm' | 'vboxdrv' | 'none';
}

/** First 15 characters of a program's name (that is all /proc/PID/comm has) → what it may hold. */
const programs: readonly (readonly [RegExp, 'byCommandLine' | 'kvm' | 'virtualBox'])[] = [
  [/^qemu-system-/, 'byCommandLine'],
  [/^qemu-kvm$|^kvm$/, 'byCommandLine'],
  [/^VBoxHeadless$|^VirtualBoxVM$|^VBoxSDL$/, 'virtualBox'],
  [/^cloud-hyperviso|^crosvm|^firecracker$/, 'kvm'],
];

const asksForKvm = /(^|[,=])accel=kvm|^-enable-kvm$|^--enable-kvm$|^kvm$|^kvm,/;

const nameIn = (args: readonly string[]): string | undefined => {
  const value = (flag: RegExp): string | undefined => {
    const at = args.findIndex((arg) => flag.test(arg));
    return at === -1 ? undefined : args[at + 1];
  };
  const named = value(/^-name$/) ?? value(/^--?comment$/) ?? value(/^--?startvm$/);
  return named?.replace(/^guest=/, '').split(',')[0];
};

/** What a process has open; `undefined` = it is somebody else's, or its program is set-uid. */
const openHolds = async (folder: string): Promise<HypervisorProcess['holds'] | undefined> => {
  let names: string[];
  try {
    names = await readdir(join(folder, 'fd'));
  } catch {
    // Another user's, or gone meanwhile.
    return undefined;
  }
  const targets = await Promise.all(
    names.map((name) => readlink(join(folder, 'fd', name)).catch(() => '')),
  );
  if (targets.some((target) => target.startsWith('anon_inode:kvm-vm'))) return 'kvm';
  return targets.some((target) => target === '/dev/vboxdrv') ? 'vboxdrv' : 'none';
};

/** What the command line asks for, where the open files cannot be seen. */
const askedHolds = (
  kind: (typeof programs)[number][1],
  args: readonly string[],
  isDriverLoaded: boolean,
): HypervisorProcess['holds'] => {
  switch (kind) {
    case 'kvm':
      return 'kvm';
    case 'byCommandLine':
      return args.some((arg) => asksForKvm.test(arg)) ? 'kvm' : 'none';
    case 'virtualBox': {
      const isSoftware = args.includes('--driverless') || args.includes('--execute-all-in-iem');
      return isDriverLoaded && !isSoftware ? 'vboxdrv' : 'none';
    }
  }
};

const lookAtProcess = async (
  root: string,
  pid: string,
  isDriverLoaded: boolean,
): Promise<HypervisorProcess | undefined> => {
  const folder = join(root, 'proc', pid);
  try {
    const comm = (await readFile(join(folder, 'comm'), 'utf8')).trim();
    const kind = programs.find(([pattern]) => pattern.test(comm))?.[1];
    if (kind === undefined) return undefined;
    const args = (await readFile(join(folder, 'cmdline'), 'utf8')).split('\0');
    const holds = (await openHolds(folder)) ?? askedHolds(kind, args, isDriverLoaded);
    return { pid: Number(pid), program: comm, machine: nameIn(args), holds };
  } catch {
    // It ended while we looked.
    return undefined;
  }
};

/** Every hypervisor process now, by pid. Never rejects; a host without /proc has none that can be seen. */
export const hypervisorProcesses = async (
  host: HostRoot,
): Promise<readonly HypervisorProcess[]> => {
  const names = await readdir(join(host.root, 'proc')).catch(() => []);
  const pids = names.filter((name) => /^\d+$/.test(name));
  const isDriverLoaded = (await lookForPath(host, '/sys/module/vboxdrv')) === true;
  const found = await Promise.all(pids.map((pid) => lookAtProcess(host.root, pid, isDriverLoaded)));
  return found.flatMap((process) => process ?? []).sort((a, b) => a.pid - b.pid);
};

/** Names for a sentence: the machine's, else the program's. */
export const namesOf = (processes: readonly HypervisorProcess[]): string =>
  [...new Set(processes.map(({ machine, program }) => machine ?? program))].join(', ');

/** Processes by that name (at most 15 characters), with the program's file where it can be seen. */
export const processesNamed = async (
  host: HostRoot,
  name: string,
): Promise<readonly { readonly pid: number; readonly exe: string | undefined }[]> => {
  const names = await readdir(join(host.root, 'proc')).catch(() => []);
  const found = await Promise.all(
    names
      .filter((entry) => /^\d+$/.test(entry))
      .map(async (pid) => {
        const folder = join(host.root, 'proc', pid);
        const comm = await readFile(join(folder, 'comm'), 'utf8').catch(() => '');
        if (comm.trim() !== name) return [];
        const exe = await readlink(join(folder, 'exe')).catch(() => undefined);
        return [{ pid: Number(pid), exe }];
      }),
  );
  return found.flat();
};
