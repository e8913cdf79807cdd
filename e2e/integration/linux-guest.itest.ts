// The Linux test guest itself: starts, obeys, reaches the network. Other tests stand on it.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildLinuxGuest, type LinuxGuestFiles } from '../harness/linux/build-linux.ts';
import { createGuestAgent } from '../harness/linux/agent.ts';
import { buildLinuxIso } from '../harness/linux/linux-iso.ts';
import { startRawQemu } from '../harness/raw-qemu.ts';
import { startLinuxGuest, type LinuxGuest } from '../harness/linux/linux-guest.ts';

let files: LinuxGuestFiles | undefined;
let guest: LinuxGuest;
let server: Server;
let port: number;

beforeAll(async () => {
  server = createServer((_request, response) => response.end('hello from the host\n'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
  files = await buildLinuxGuest();
  guest = await startLinuxGuest(files, {
    args: ['-netdev', 'user,id=n0', '-device', 'virtio-net-pci,netdev=n0'],
  });
});
afterAll(async () => {
  await guest?.dispose();
  await files?.dispose();
  server?.close();
});

describe('Linux test guest', () => {
  it('runs commands and reports their output and exit code', async () => {
    expect(await guest.must('echo one; echo two >&2')).toBe('one\ntwo\n');
    expect(await guest.run('exit 7')).toEqual({ output: '', exitCode: 7 });
    await expect(guest.must('ls /no-such')).rejects.toThrow('exit code 1');
    const kernel = await guest.must('uname -sr');
    expect(kernel).toMatch(/^Linux \d+\.\d+.*cloud-amd64\n$/);
  });

  it('reaches the host through NAT', async () => {
    await guest.must('ip link set eth0 up && udhcpc -i eth0 -n -q -t 20');
    expect(await guest.must('ip -4 addr show eth0')).toContain('10.0.2.15');
    expect(await guest.must(`wget -qO- http://10.0.2.2:${port}/`)).toBe('hello from the host\n');
  });

  it('carries a lot of output unharmed', async () => {
    const output = await guest.must('seq 1 5000');
    expect(output.split('\n')).toHaveLength(5001);
    expect(output.endsWith('4999\n5000\n')).toBe(true);
  });
});

describe('Linux test guest on a CD', () => {
  it('boots by itself and obeys on its only serial port', async () => {
    const cd = await buildLinuxIso();
    const qemu = startRawQemu(
      (folder) => [
        ...['-M', 'q35', '-accel', 'tcg', '-m', '256', '-cdrom', cd.path, '-device', 'VGA'],
        ...['-serial', `unix:${folder}/com,server=on,wait=off`],
        ...['-netdev', 'user,id=n0', '-device', 'virtio-net-pci,netdev=n0'],
      ],
      { hasSerial: false },
    );
    try {
      const agent = createGuestAgent(await qemu.connect('com'));
      await agent.ready();
      await agent.must('ip link set eth0 up && udhcpc -i eth0 -n -q -t 20');
      const page = await agent.must(`wget -qO- http://10.0.2.2:${port}/`);
      expect(page).toBe('hello from the host\n');
      await agent.run('(sleep 0.2; poweroff -f) >/dev/null 2>&1 &');
      expect(await qemu.exited).toBe(0);
    } finally {
      await qemu.dispose();
      await cd.dispose();
    }
  });
});
