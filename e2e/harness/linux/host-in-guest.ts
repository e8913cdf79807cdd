// A whole host inside a test guest: software emulation offers AMD's virtualisation (SVM), Debian's kernel makes
// a real /dev/kvm of it, and QEMU, Node and our core run there. The bed for everything that needs a healthy
// KVM or a kernel of its own, on any machine.
//
//   const host = await startHostInGuest();
//   await host.must('/opt/node /opt/core/headless.mjs kvm-check /opt/resources');
//   await host.dispose();
//
// Network tests add their modules (bridge, 8021q, tun, nf_tables ...), NICs by `args` (for example
// `-netdev stream,...` between several guests) and programs by `programs`.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, posix, resolve } from 'node:path';
import { promisify } from 'node:util';
import { guestPaths, projectRoot } from '../guests.ts';
import { buildLinuxGuest } from './build-linux.ts';
import type { CpioEntry } from './cpio.ts';
import { startLinuxGuest, type LinuxGuest } from './linux-guest.ts';

export interface HostInGuestOptions {
  readonly modules?: readonly string[];
  /** Absolute paths of further programs; their libraries come along. */
  readonly programs?: readonly string[];
  readonly extraFiles?: readonly CpioEntry[];
  /** Shell lines run at start. */
  readonly script?: string;
  /** Further QEMU arguments of the outer guest. */
  readonly args?: readonly string[];
}

/** Where things are inside. */
export const inside = {
  node: '/opt/node',
  core: '/opt/core/headless.mjs',
  resources: '/opt/resources',
} as const;

/** The program and every shared library it is linked to, at the same paths as here. */
export const withLibraries = async (from: string, path = from): Promise<readonly CpioEntry[]> => {
  const { stdout } = await promisify(execFile)('ldd', [from]);
  // \tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f117b81e000)
  const libraries = [...stdout.matchAll(/(?:=> )?(\/\S+) \(0x/g)].map((match) => match[1] ?? '');
  return [
    { kind: 'file', path, from },
    ...libraries.map((library): CpioEntry => ({ kind: 'file', path: library, from: library })),
  ];
};

const folder = async (from: string, path: string): Promise<readonly CpioEntry[]> => {
  const names = await readdir(from, { recursive: true, withFileTypes: true });
  return names
    .filter((entry) => entry.isFile() || entry.isSymbolicLink())
    .map((entry) => {
      const file = join(entry.parentPath, entry.name);
      return {
        kind: 'file',
        path: posix.join(path, file.slice(from.length)),
        from: file,
        mode: 0o644,
      };
    });
};

/** QEMU's accelerator modules and firmware, as far as this host keeps them in files of their own. */
const emulatorFiles = async (): Promise<readonly CpioEntry[]> => {
  const firmware = ['/usr/share/seabios', '/usr/share/qemu'].filter((path) => existsSync(path));
  // UEFI firmware and boot ROMs of NICs are large and not needed here.
  const isSmall = (entry: CpioEntry): boolean => !/edk2|efi-|OVMF|\.img$/.test(entry.path);
  const data = await Promise.all(firmware.map((path) => folder(path, path)));
  const moduleFolder = '/usr/lib/x86_64-linux-gnu/qemu';
  const accelerators = existsSync(moduleFolder)
    ? (await readdir(moduleFolder)).filter((name) => /^accel-.*x86_64\.so$/.test(name))
    : [];
  const modules = await Promise.all(
    accelerators.map((name) => withLibraries(join(moduleFolder, name))),
  );
  return [...data.flat().filter(isSmall), ...modules.flat()];
};

const unique = (entries: readonly CpioEntry[]): readonly CpioEntry[] => [
  ...new Map(entries.map((entry) => [entry.path, entry])).values(),
];

export const startHostInGuest = async (options: HostInGuestOptions = {}): Promise<LinuxGuest> => {
  const programs = [
    '/usr/bin/qemu-system-x86_64',
    '/usr/bin/qemu-img',
    ...(options.programs ?? []),
  ];
  const core = resolve(projectRoot, 'out', 'core');
  const entries = await Promise.all([
    ...programs.map((path) => withLibraries(path)),
    withLibraries(process.execPath, inside.node),
    emulatorFiles(),
    existsSync(core) ? folder(core, posix.dirname(inside.core)) : [],
  ]);
  const files = await buildLinuxGuest({
    modules: ['kvm-amd', ...(options.modules ?? [])],
    extraFiles: unique([
      ...entries.flat(),
      ...Object.values(guestPaths).map((from): CpioEntry => ({
        kind: 'file',
        path: posix.join(inside.resources, 'guests', posix.basename(from)),
        from,
        mode: 0o644,
      })),
      { kind: 'text', path: 'etc/os-release', content: 'ID=debian\nVERSION_ID="12"\n' },
      ...(options.extraFiles ?? []),
    ]),
    ...(options.script === undefined ? {} : { script: options.script }),
  });
  try {
    const guest = await startLinuxGuest(files, {
      memoryMiB: 2048,
      vcpus: 2,
      cpu: 'EPYC,+svm',
      readyTimeoutMs: 120_000,
      args: options.args ?? [],
    });
    // QEMU has read kernel and first file system by now.
    await files.dispose();
    return guest;
  } catch (error) {
    await files.dispose();
    throw error;
  }
};
