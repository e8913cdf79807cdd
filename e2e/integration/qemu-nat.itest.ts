// A Linux guest started by our driver: out through NAT to a server on the host's loopback, and back in through a
// forward that is added while it runs.
import { createServer, type Server } from 'node:http';
import { connect, createServer as createTcpServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createGuestAgent, type GuestAgent } from '../harness/linux/agent.ts';
import { buildLinuxIso } from '../harness/linux/linux-iso.ts';
import { toMiB } from '../../shared/model/brand.ts';
import type { PortForward } from '../../shared/model/network.ts';
import type { VmDefinition } from '../../shared/model/vm.ts';
import { createWorld, freely, tcg, type World } from '../../electron/drivers/qemu/testing/world.ts';

let world: World;
let definition: VmDefinition;
let guest: GuestAgent;
let server: Server;
let port: number;
let cd: Awaited<ReturnType<typeof buildLinuxIso>>;

beforeAll(async () => {
  server = createServer((request, response) => response.end(`hello ${request.url}\n`));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
  cd = await buildLinuxIso();
  world = await createWorld();
  definition = world.define({
    memory: toMiB(256),
    chipset: 'q35',
    machineType: 'q35',
    disks: [],
    cdDrives: [{ id: 'cd1', path: cd.path }],
    bootOrder: ['cd'],
    nics: [
      {
        id: 'nic1',
        model: 'virtio-net-pci',
        mac: '52:54:00:12:34:56',
        isCableConnected: true,
        attachment: { kind: 'nat', ipv6: true, forwards: [] },
      },
    ],
  });
  await world.session.start(definition, tcg, freely);
  guest = createGuestAgent(await world.session.console!.open(definition.id, 'serial'));
  await guest.ready(120_000);
  await guest.must('ip link set eth0 up && udhcpc -i eth0 -n -q -t 20');
});
afterAll(async () => {
  await world?.end();
  await cd?.dispose();
  server?.close();
});

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const probe = createTcpServer().listen(0, '127.0.0.1', () => {
      const { port: free } = probe.address() as AddressInfo;
      probe.close(() => resolve(free));
    });
  });

/** Sends a line to the host's side of the forward and resolves with all that comes back. */
const talk = (hostPort: number, line: string): Promise<string> =>
  new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(hostPort, '127.0.0.1', () => socket.write(line));
    socket.setTimeout(60_000, () => socket.destroy(new Error(`silence after “${text}”`)));
    socket.setEncoding('utf8').on('data', (chunk) => (text += String(chunk)));
    socket.on('end', () => resolve(text)).on('error', reject);
  });

describe('NAT of a guest of ours', () => {
  it('reaches a server on the loopback of the host through the gateway', async () => {
    expect(await guest.must('ip -4 addr show eth0')).toContain('10.0.2.15');
    expect(await guest.must('cat /sys/class/net/eth0/address')).toBe('52:54:00:12:34:56\n');
    const answer = await guest.must(`wget -qO- http://10.0.2.2:${port}/from-guest`);
    expect(answer).toBe('hello /from-guest\n');
  });

  it('carries data both ways through a forward added while it runs, and no more when it is removed', async () => {
    const hostPort = await freePort();
    const forward: PortForward = {
      id: 'f1',
      protocol: 'tcp',
      hostAddress: '127.0.0.1',
      hostPort,
      guestPort: 7000,
    };
    await expect(talk(hostPort, 'too early\n')).rejects.toThrow('ECONNREFUSED');
    await world.session.live!.addForward(definition.id, 'nic1', forward);
    const reply = 'read line; echo "guest got: $line"';
    await guest.must(`printf '%s\\n' '#!/bin/sh' '${reply}' >/tmp/reply; chmod +x /tmp/reply`);
    await guest.must('nc -l -p 7000 -e /tmp/reply >/dev/null 2>&1 &');
    await guest.must('until netstat -ltn | grep -q :7000; do sleep 0.1; done');
    expect(await talk(hostPort, 'hello guest\n')).toBe('guest got: hello guest\n');
    await world.session.live!.removeForward(definition.id, 'nic1', forward);
    await expect(talk(hostPort, 'too late\n')).rejects.toThrow('ECONNREFUSED');
  });

  it('is cut by the cable and comes back with it', async () => {
    const carrier = (): Promise<string> => guest.must('cat /sys/class/net/eth0/carrier');
    expect(await carrier()).toBe('1\n');
    await world.session.live!.setCable(definition.id, 'nic1', false);
    await expect.poll(carrier).toBe('0\n');
    await world.session.live!.setCable(definition.id, 'nic1', true);
    await expect.poll(carrier).toBe('1\n');
  });
});
