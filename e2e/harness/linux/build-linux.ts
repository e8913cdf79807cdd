// Puts a Linux test guest together: Debian's cloud kernel and a first file system of busybox, chosen kernel
// modules, an agent on a serial port, and whatever files a test adds. Nothing of it is kept in the repository.
import { execFile } from 'node:child_process';
import { createWriteStream, existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { agentScript } from './agent.ts';
import { writeCpio, type CpioEntry } from './cpio.ts';
import { unpackedPackage } from './debian-package.mjs';
import { debianKernel } from './kernel.ts';

export interface LinuxGuestOptions {
  /** Kernel modules loaded at start, with all they depend on. */
  readonly modules?: readonly string[];
  /** Added to the guest's file system. */
  readonly extraFiles?: readonly CpioEntry[];
  /** Shell lines run as root before the agent starts. */
  readonly script?: string;
}

export interface LinuxGuestFiles {
  readonly kernel: string;
  readonly initrd: string;
  /** Kernel command line; `pv.agent=` names the serial port of the agent. */
  readonly append: (agentPort: string) => string;
  readonly dispose: () => Promise<void>;
}

/** Modules that every guest needs to see virtio devices. */
export const virtioModules = ['virtio_pci', 'virtio_net', 'virtio_blk', 'af_packet'] as const;

const initScript = (moduleFiles: readonly string[], script: string): string => `#!/bin/sh
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TMPDIR=/tmp
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mkdir -p /dev/pts /dev/shm /tmp /run /root /var/tmp
mount -t devpts pts /dev/pts
mount -t tmpfs tmp /tmp
mount -t tmpfs run /run
mount -t tmpfs shm /dev/shm
${moduleFiles.map((file) => `insmod /modules/${file}`).join('\n')}
ip link set lo up
hostname guest
${script}
for word in $(cat /proc/cmdline); do
  case "$word" in pv.agent=*) port=\${word#pv.agent=} ;; esac
done
[ -n "$port" ] && setsid sh /agent "$port" &
# The first process must stay.
while :; do sleep 1000; done
`;

/** Answers a DHCP lease the way udhcpc asks for it. */
const leaseScript = `#!/bin/sh
[ "$1" = bound ] || [ "$1" = renew ] || exit 0
ip addr flush dev $interface
ip addr add $ip/\${mask:-24} dev $interface
[ -n "$router" ] && ip route add default via \${router%% *} dev $interface
[ -n "$dns" ] && for one in $dns; do echo "nameserver $one"; done >/etc/resolv.conf
exit 0
`;

/** Debian's static busybox: one file, whatever the host has. */
export const staticBusybox = async (): Promise<string> => {
  const folder = await unpackedPackage('busybox-static');
  const found = ['bin/busybox', 'usr/bin/busybox']
    .map((path) => join(folder, path))
    .find((path) => existsSync(path));
  if (found === undefined) throw new Error(`no busybox in ${folder}`);
  return found;
};

const applets = async (busybox: string): Promise<readonly string[]> => {
  const { stdout } = await promisify(execFile)(busybox, ['--list']);
  return stdout.split('\n').filter((name) => name !== '' && name !== 'busybox');
};

export const buildLinuxGuest = async (
  options: LinuxGuestOptions = {},
): Promise<LinuxGuestFiles> => {
  const kernel = await debianKernel();
  const busybox = await staticBusybox();
  const moduleFiles = await kernel.modules([...virtioModules, ...(options.modules ?? [])]);
  const names = moduleFiles.map((file) => basename(file));
  const folder = await mkdtemp(join(tmpdir(), 'pvl-'));
  const initrd = join(folder, 'initrd');
  const entries: readonly CpioEntry[] = [
    ...['dev', 'proc', 'sys', 'run', 'tmp', 'root', 'etc'].map((path): CpioEntry => ({
      kind: 'folder',
      path,
    })),
    { kind: 'file', path: 'bin/busybox', from: busybox },
    ...(await applets(busybox)).map((name): CpioEntry => ({
      kind: 'link',
      path: `bin/${name}`,
      to: '/bin/busybox',
    })),
    ...moduleFiles.map((from): CpioEntry => ({
      kind: 'file',
      path: `modules/${basename(from)}`,
      from,
    })),
    { kind: 'text', path: 'init', content: initScript(names, options.script ?? ''), mode: 0o755 },
    { kind: 'text', path: 'agent', content: agentScript, mode: 0o755 },
    {
      kind: 'text',
      path: 'etc/udhcpc/default.script',
      content: leaseScript,
      mode: 0o755,
    },
    { kind: 'text', path: 'etc/passwd', content: 'root:x:0:0:root:/root:/bin/sh\n' },
    { kind: 'text', path: 'etc/group', content: 'root:x:0:\n' },
    ...(options.extraFiles ?? []),
  ];
  await mkdir(folder, { recursive: true });
  await writeCpio(createWriteStream(initrd), entries);
  return {
    kernel: kernel.image,
    initrd,
    // On a busy machine the check of the timer fails by chance, and the kernel gives up.
    append: (agentPort) =>
      `quiet loglevel=1 panic=-1 random.trust_cpu=on tsc=reliable no_timer_check pv.agent=${agentPort}`,
    dispose: () => rm(folder, { recursive: true, force: true }),
  };
};
