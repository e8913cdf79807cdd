// A running Debian guest with systemd, polkit, NetworkManager and Python: a host to ask for root rights on. Users:
// root, ada (may administer) and mia (may not); the password of each is the name. eth1 is NetworkManager's.
//
//   const guest = await startDebianGuest({ args: ['-netdev', ..., '-device', 'virtio-net-pci,netdev=n0'] });
//   await guest.must('systemctl is-active polkit');   // as root, on the second serial port
//   const mia = await logIn(guest, 'mia');       // a person on the first one, with a terminal
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { projectRoot } from '../guests.ts';
import { buildLinuxGuest } from '../linux/build-linux.ts';
import type { CpioEntry } from '../linux/cpio.ts';
import {
  argsIn,
  startLinuxGuest,
  type LinuxGuest,
  type StartOptions,
} from '../linux/linux-guest.ts';

/** The disk that provision.mjs makes. Opened for reading only; what the guest writes is gone with it. */
const debianDisk = resolve(projectRoot, '.cache', 'debian-guest', 'root.ext4');

/** Why no such guest can be started here, or undefined. */
export const whyNoDebian = (): string | undefined =>
  existsSync(debianDisk) ? undefined : 'the disk of the Debian guest is made by root only';

/** What a host for networks needs of the kernel. */
export const networkModules = ['bridge', '8021q', 'tun', 'veth', 'br_netfilter'] as const;

export interface DebianGuestOptions {
  readonly modules?: readonly string[];
  /** Put where their paths say, owned by root. */
  readonly installed?: readonly CpioEntry[];
  readonly memoryMiB?: number;
  /** Further QEMU arguments: NICs become eth0, eth1 ... in their order. `folder` is for sockets. */
  readonly args?: StartOptions['args'];
}

// The first file system hands over to the disk, with the agent and what the test brings.
const handOver = `mkdir -p /disk
mount -t ext4 /dev/vda /disk
cp /agent /disk/etc/pv-agent
[ -d /installed ] && cp -a /installed/. /disk/
umount /dev/pts /dev/shm
for one in proc sys dev run tmp; do mount --move /$one /disk/$one; done
exec switch_root /disk /sbin/init`;

export const startDebianGuest = async (options: DebianGuestOptions = {}): Promise<LinuxGuest> => {
  const files = await buildLinuxGuest({
    modules: ['kvm-amd', ...networkModules, ...(options.modules ?? [])],
    extraFiles: (options.installed ?? []).map((entry) => ({
      ...entry,
      path: join('installed', entry.path),
    })),
    script: handOver,
  });
  try {
    return await startLinuxGuest(
      { ...files, append: (port) => `${files.append(port)} net.ifnames=0 systemd.show_status=0` },
      {
        memoryMiB: options.memoryMiB ?? 1024,
        vcpus: 2,
        cpu: 'EPYC,+svm',
        readyTimeoutMs: 240_000,
        args: (folder) => [
          ...['-drive', `file=${debianDisk},format=raw,if=virtio,snapshot=on`],
          ...['-device', 'virtio-rng-pci'],
          ...argsIn(folder, options.args),
        ],
      },
    );
  } finally {
    // QEMU has read kernel and first file system by now.
    await files.dispose();
  }
};

/** A person at the guest's console. */
export interface Person {
  readonly type: (line: string) => void;
  /** Resolves to what came up to and with the pattern, since the last time that something was waited for. */
  readonly sees: (pattern: RegExp, timeoutMs?: number) => Promise<string>;
}

/** Resolves when the console shows nothing of what is typed. What was typed before is thrown away: passwords have to wait. */
export const showsNothing = async (guest: LinuxGuest): Promise<void> => {
  await guest.must('until stty -F /dev/ttyS0 -a | grep -q -e " -echo "; do sleep 0.1; done');
};

/** Logs `user` in on the guest's console; the shell's prompt ends in "$ ". Once per guest. */
export const logIn = async (guest: LinuxGuest, user: string): Promise<Person> => {
  const { qemu } = guest;
  let seen = 0;
  const type: Person['type'] = (line) => qemu.write(`${line}\r`);
  const sees: Person['sees'] = async (pattern, timeoutMs = 120_000) => {
    const from = seen;
    const match = await qemu.waitFor(pattern, timeoutMs, from);
    seen = from + match.index + match[0].length;
    return qemu.serial().slice(from, seen);
  };
  type('');
  await sees(/login: /);
  type(user);
  await sees(/Password: /);
  await showsNothing(guest);
  type(user);
  await sees(/[$#] $/m);
  return { type, sees };
};
