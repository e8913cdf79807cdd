// Two Linux guests of our driver on stream plugs joined by a minimal peer, a capture of what they said, saved state with
// a plug, passt, and the addresses that a real guest agent tells.
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createGuestAgent, type GuestAgent } from '../harness/linux/agent.ts';
import { unpackedPackage } from '../harness/linux/debian-package.mjs';
import { withLibraries } from '../harness/linux/host-in-guest.ts';
import { buildLinuxIso, type LinuxIso } from '../harness/linux/linux-iso.ts';
import { toMiB, type VmId } from '../../shared/model/brand.ts';
import type { Nic, NicAttachment } from '../../shared/model/network.ts';
import type { VmDefinition } from '../../shared/model/vm.ts';
import type { DriverSession, NicPlug } from '../../electron/drivers/types.ts';
import { createWorld, freely, tcg, type World } from '../../electron/drivers/qemu/testing/world.ts';

const patiently = { timeout: 60_000, interval: 200 };
let world: World;
let cd: LinuxIso;
/** Without the guest agent: its libraries disturb the static programs' look-up of names. */
let plainCd: LinuxIso;
let folder: string;

beforeAll(async () => {
  const agent = join(await unpackedPackage('qemu-guest-agent'), 'usr/sbin/qemu-ga');
  cd = await buildLinuxIso({
    modules: ['virtio_console'],
    extraFiles: await withLibraries(agent, 'usr/sbin/qemu-ga'),
  });
  plainCd = await buildLinuxIso();
  world = await createWorld();
  folder = join(world.root, 'n');
  mkdirSync(folder);
});
afterAll(async () => {
  await world?.end();
  await cd?.dispose();
  await plainCd?.dispose();
});

const nic = (mac: string, attachment: NicAttachment): Nic => ({
  id: 'nic1',
  model: 'virtio-net-pci',
  mac,
  isCableConnected: true,
  attachment,
});
const linux = (adapter: Nic, name: string, disc = plainCd): VmDefinition =>
  world.define(
    {
      memory: toMiB(256),
      chipset: 'q35',
      machineType: 'q35',
      disks: [],
      cdDrives: [{ id: 'cd1', path: disc.path }],
      bootOrder: ['cd'],
      hasGuestAgent: true,
      nics: [adapter],
    },
    name,
  );
const agentOf = async (session: DriverSession, vm: VmId): Promise<GuestAgent> => {
  const agent = createGuestAgent(await session.console!.open(vm, 'serial'));
  await agent.ready(180_000);
  return agent;
};
const open = (path: string): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect(path, () => resolve(socket)).once('error', reject);
  });
/** A cable between two stream plugs: what one says, the other hears. Returns how to pull it out. */
const join2 = async (a: string, b: string): Promise<() => void> => {
  const [one, other] = await Promise.all([open(a), open(b)]);
  one.pipe(other);
  other.pipe(one);
  return () => {
    one.destroy();
    other.destroy();
  };
};

/** The first machine of the stream plugs, for the last test. */
let streamVm: VmDefinition;
let streamGuest: GuestAgent;

describe('stream plugs', () => {
  const internal: NicAttachment = { kind: 'internal', network: 'lab' };
  const macs = ['52:54:00:00:00:01', '52:54:00:00:00:02'] as const;
  let guests: readonly GuestAgent[];
  let vms: readonly VmDefinition[];
  let unplug: () => void;
  const plug = (index: number): NicPlug => ({ kind: 'stream', path: join(folder, `p${index}`) });
  const path = (index: number): string => join(folder, `p${index}`);

  beforeAll(async () => {
    vms = macs.map((mac, index) => linux(nic(mac, internal), `Stream ${index}`, cd));
    for (const [index, vm] of vms.entries()) {
      const plugs = new Map([['nic1', plug(index)]]);
      await world.session.start(vm, { ...tcg, plugs }, freely);
    }
    [streamVm] = vms as [VmDefinition];
    unplug = await join2(path(0), path(1));
    guests = await Promise.all(vms.map(({ id }) => agentOf(world.session, id)));
    for (const [index, guest] of guests.entries()) {
      await guest.must(`ip link set eth0 up && ip addr add 10.9.0.${index + 1}/24 dev eth0`);
    }
  });
  const ping = 'ping -c 3 -W 5 10.9.0.2';

  it('carries frames between two machines, and the capture has them', async () => {
    const capture = join(folder, 'frames.pcap');
    const [first] = vms;
    await world.session.capture!.start(first!.id, 'nic1', capture);
    await guests[0]!.must(ping);
    await world.session.capture!.stop(first!.id, 'nic1');
    const bytes = readFileSync(capture);
    expect(bytes.readUInt32LE(0)).toBe(0xa1b2c3d4);
    expect(bytes.includes(Buffer.from([10, 9, 0, 1, 10, 9, 0, 2]))).toBe(true);
    expect(bytes.includes(Buffer.from([10, 9, 0, 2, 10, 9, 0, 1]))).toBe(true);
    const { size, mode } = statSync(capture);
    expect(mode & 0o077).toBe(0);
    await guests[0]!.must(ping);
    expect(statSync(capture).size).toBe(size);
    await world.session.capture!.stop(first!.id, 'nic1');
  });

  it('refuses a capture where it cannot be written', async () => {
    const start = world.session.capture!.start(vms[0]!.id, 'nic1', join(folder, 'no', 'file'));
    await expect(start).rejects.toMatchObject({ error: { code: 'network/capture-failed' } });
  });

  it('takes a switch again that went and came back', async () => {
    unplug();
    expect((await guests[0]!.run(ping)).exitCode).not.toBe(0);
    unplug = await join2(path(0), path(1));
    await expect.poll(async () => (await guests[0]!.run(ping)).exitCode, patiently).toBe(0);
  });

  it('tells what the guest agent in the guest says, and nothing while there is none', async () => {
    expect(await world.session.addresses!(vms[0]!.id)).toEqual([]);
    await guests[0]!.must(
      'port=$(grep -l guest_agent /sys/class/virtio-ports/*/name); port=${port%/name}; mkdir -p /var/run; ' +
        'qemu-ga -d -m virtio-serial -p /dev/${port##*/} >/dev/null 2>&1',
    );
    await expect
      .poll(() => world.session.addresses!(vms[0]!.id), patiently)
      .toEqual([{ nic: 'nic1', address: '10.9.0.1', source: 'guestAgent' }]);
  });

  it('is saved and restored with its plug', async () => {
    const [first] = vms;
    await world.session.savedState!.save(first!, freely);
    unplug();
    await expect(world.session.start(first!, tcg, freely)).rejects.toMatchObject({
      error: { code: 'network/refused' },
    });
    const plugs = new Map([['nic1', plug(0)]]);
    await world.session.start(first!, { ...tcg, plugs }, freely);
    unplug = await join2(path(0), path(1));
    const again = await agentOf(world.session, first!.id);
    await expect.poll(async () => (await again.run(ping)).exitCode, patiently).toBe(0);
    streamGuest = again;
  });
});

it('does not start a machine whose adapter leads nowhere', async () => {
  const vm = linux(nic('52:54:00:00:00:09', { kind: 'natNetwork', network: 'x' }), 'Unplugged');
  await expect(world.session.start(vm, tcg, freely)).rejects.toMatchObject({
    error: { code: 'network/refused', params: { name: 'nic1' } },
  });
  const setPeer = async (): Promise<void> => undefined;
  const plugs = new Map<string, NicPlug>([
    ['nic1', { kind: 'datagram', switchPort: 4000, setPeer }],
  ]);
  await expect(world.session.start(vm, { ...tcg, plugs }, freely)).rejects.toMatchObject({
    error: { code: 'network/refused' },
  });
});

/** passt gives the guest an address of this computer, so it needs one. */
const own = Object.values(networkInterfaces())
  .flat()
  .find((row) => row !== undefined && !row.internal && row.family === 'IPv4')?.address;

describe.runIf(own !== undefined)('passt', () => {
  it('gives an address, leads out and in, and ends with the machine', async () => {
    const much = Buffer.alloc(32 * 1024 * 1024);
    const server = createServer(({ url }, response) =>
      response.end(url === '/much' ? much : 'from the server\n'),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const probe = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => probe.once('listening', resolve));
    const { port: hostPort } = probe.address() as AddressInfo;
    await new Promise((resolve) => probe.close(resolve));
    const vm = linux(
      nic('52:54:00:00:00:05', {
        kind: 'nat',
        stack: 'passt',
        ipv6: false,
        mayReachHost: true,
        forwards: [
          { id: 'f', protocol: 'tcp', hostAddress: '127.0.0.1', hostPort, guestPort: 7000 },
        ],
      }),
      'Passt',
    );
    const plugs = new Map<string, NicPlug>([
      ['nic1', { kind: 'passt', path: join(folder, 'passt') }],
    ]);
    await world.session.start(vm, { ...tcg, plugs }, freely);
    const guest = await agentOf(world.session, vm.id);
    await guest.must('ip link set eth0 up && udhcpc -i eth0 -n -q -t 20');
    expect(await guest.must('ip -4 addr show eth0')).toContain(`${own}/`);
    const gateway = (await guest.must("ip route | awk '/^default/{print $3}'")).trim();
    const fetch = `timeout 60 wget -qO- http://${gateway}:${port}/`;
    expect(await guest.must(fetch)).toBe('from the server\n');
    await guest.must('echo hello >/tmp/index.html; httpd -p 7000 -h /tmp');
    // More than the connection to QEMU holds at once.
    expect(await guest.must(`wget -qO- http://${gateway}:${port}/much | wc -c`)).toBe(
      `${much.length}\n`,
    );
    const inside = async (): Promise<string> =>
      (await globalThis.fetch(`http://127.0.0.1:${hostPort}/index.html`)).text();
    await expect.poll(inside, patiently).toBe('hello\n');

    const pidFile = join(world.ctx.paths.state, 'vms', vm.id, 'passt-nic1.pid');
    const pid = Number(readFileSync(pidFile, 'utf8'));
    await world.session.powerOff(vm.id);
    await expect
      .poll(() => {
        try {
          return process.kill(pid, 0);
        } catch {
          return false;
        }
      }, patiently)
      .toBe(false);
    server.close();
  });

  it('does not lead to this computer’s loopback unless it may', async () => {
    const server = createServer((_request, response) => response.end('secret\n'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const vm = linux(
      nic('52:54:00:00:00:06', { kind: 'nat', stack: 'passt', ipv6: false, forwards: [] }),
      'Passt apart',
    );
    const plugs = new Map<string, NicPlug>([
      ['nic1', { kind: 'passt', path: join(folder, 'apart') }],
    ]);
    await world.session.start(vm, { ...tcg, plugs }, freely);
    const guest = await agentOf(world.session, vm.id);
    await guest.must('ip link set eth0 up && udhcpc -i eth0 -n -q -t 20');
    const gateway = (await guest.must("ip route | awk '/^default/{print $3}'")).trim();
    const answer = await guest.run(`timeout 10 wget -O- http://${gateway}:${port}/ 2>&1`);
    // The real gateway refuses or says nothing.
    expect(answer.output).toMatch(/^Connecting to/);
    expect(answer.output).not.toContain('secret');
    expect([1, 143]).toContain(answer.exitCode);
    server.close();
  });
});

it('goes on in the hands of another manager, with its plug', async () => {
  await world.session.dispose();
  const other = await world.reopen();
  await other.session.adopt([streamVm]);
  expect(other.powerOf(streamVm.id)).toBe('running');
  const capture = join(folder, 'again.pcap');
  await other.session.capture!.start(streamVm.id, 'nic1', capture);
  await streamGuest.must('ping -c 3 -W 20 10.9.0.2');
  await other.session.capture!.stop(streamVm.id, 'nic1');
  expect(statSync(capture).size).toBeGreaterThan(100);
  await other.session.dispose();
});
