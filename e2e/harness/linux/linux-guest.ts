// A running Linux test guest on plain QEMU, started with its kernel directly. The agent listens on the second
// serial port; the first one is the kernel's console and is shown when something fails.
//
//   const files = await buildLinuxGuest({ modules: ['tun'] });
//   const guest = await startLinuxGuest(files, { args: ['-netdev', 'user,id=n', ...] });
//   await guest.must('udhcpc -i eth0 -n -q && wget -qO- http://10.0.2.2:8080/');
//   await guest.dispose();
import { join } from 'node:path';
import { startRawQemu, type RawQemu } from '../raw-qemu.ts';
import { createGuestAgent, type GuestAgent } from './agent.ts';
import type { LinuxGuestFiles } from './build-linux.ts';

export interface LinuxGuest extends GuestAgent {
  readonly qemu: RawQemu;
  readonly dispose: () => Promise<void>;
}

export interface StartOptions {
  readonly memoryMiB?: number;
  readonly vcpus?: number;
  readonly cpu?: string;
  /** Further arguments: network devices, disks. `folder` is this run's own, for sockets. */
  readonly args?: readonly string[] | ((folder: string) => readonly string[]);
  readonly readyTimeoutMs?: number;
  /** An argv that takes QEMU somewhere else first, into a namespace. */
  readonly prefix?: readonly string[];
}

export const argsIn = (folder: string, args: StartOptions['args'] = []): readonly string[] =>
  typeof args === 'function' ? args(folder) : args;

export const startLinuxGuest = async (
  files: LinuxGuestFiles,
  options: StartOptions = {},
): Promise<LinuxGuest> => {
  const args = (folder: string): readonly string[] => [
    ...['-M', 'q35', '-accel', 'tcg', '-cpu', options.cpu ?? 'qemu64'],
    ...['-m', `${options.memoryMiB ?? 256}`, '-smp', `${options.vcpus ?? 1}`, '-no-reboot'],
    ...['-kernel', files.kernel, '-initrd', files.initrd],
    ...['-append', `console=ttyS0 ${files.append('ttyS1')}`],
    ...['-serial', `unix:${join(folder, 'agent')},server=on,wait=off`],
    ...argsIn(folder, options.args),
  ];
  const qemu = startRawQemu(args, { prefix: options.prefix ?? [] });
  const socket = await qemu.connect('agent');
  const agent = createGuestAgent(socket);
  try {
    await agent.ready(options.readyTimeoutMs);
  } catch (error) {
    await qemu.dispose();
    throw new Error(`${String(error)}\n${qemu.serial().slice(-3000)}\n${qemu.stderr()}`, {
      cause: error,
    });
  }
  return {
    ...agent,
    qemu,
    dispose: async () => {
      socket.destroy();
      await qemu.dispose();
    },
  };
};
