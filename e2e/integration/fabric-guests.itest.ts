// The fabric with four real machines: access 10, access 10, access 20, and a trunk of both with its own VLAN interfaces.
// Started once and used by every test, in order. The machines are never started again, whatever happens to the fabric.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { FabricOwner } from '../../electron/fabric/client.ts';
import type { FabricPort } from '../../electron/fabric/protocol.ts';
import { createFabricWorld, type FabricWorld } from '../../electron/fabric/testing/world.ts';
import { toVmId } from '../../shared/model/brand.ts';
import { buildLinuxGuest } from '../harness/linux/build-linux.ts';
import { withLibraries } from '../harness/linux/host-in-guest.ts';
import type { LinuxGuest } from '../harness/linux/linux-guest.ts';
import {
  access,
  atAccess,
  inTrunk,
  lab,
  labPort,
  pingMatrix,
  pings as pingsFrom,
  startPortGuest,
  trunk,
  trunkModules,
} from '../harness/linux/vlan-guests.ts';
import { framesOf, tagOf, untagged } from '../harness/pcap.ts';

vi.setConfig({ expect: { poll: { timeout: 120_000 } } });

const patient = { timeout: 120_000 };
const machines = [
  { vlan: access(10), setUp: atAccess('10.9.0.1') },
  { vlan: access(10), setUp: atAccess('10.9.0.2') },
  { vlan: access(20), setUp: atAccess('10.9.0.3') },
  { vlan: trunk, setUp: inTrunk('10.9.0.4', '10.9.0.24') },
] as const;
const macOf = (index: number): string => `52:54:00:09:00:0${index + 1}`;
const vmOf = (index: number) => toVmId(`0000000${index + 1}-0000-4000-8000-000000000000`);

let world: FabricWorld;
let manager: FabricOwner;
let guests: readonly LinuxGuest[] = [];

const socketOf = (index: number): string => join(world.folder, `g${index + 1}`);
const portOf = (index: number, change: Partial<FabricPort> = {}): FabricPort =>
  labPort(
    vmOf(index),
    macOf(index),
    { kind: 'stream', path: socketOf(index) },
    { vlan: machines[index]!.vlan, ...change },
  );

/** The first two have a second NIC each, joined directly: what our switch is compared with. */
const directNic = (index: number): readonly string[] => {
  if (index > 1) return [];
  const side = index === 0 ? 'server=on' : 'server=off';
  const path = join(world.folder, 'direct');
  return [
    ...['-netdev', `stream,id=d,${side},addr.type=unix,addr.path=${path}`],
    ...['-device', `virtio-net-pci,netdev=d,mac=52:54:00:09:01:0${index + 1}`],
  ];
};

beforeAll(async () => {
  world = createFabricWorld();
  const files = await buildLinuxGuest({
    modules: trunkModules,
    extraFiles: await withLibraries('/usr/bin/iperf3'),
  });
  const start = (index: number): Promise<LinuxGuest> =>
    startPortGuest(files, socketOf(index), macOf(index), directNic(index));
  // The second one connects to the first.
  guests = [await start(0), ...(await Promise.all([start(1), start(2), start(3)]))];
  await files.dispose();
  manager = world.manager();
  await manager.ensureRunning();
  await manager.call('ensureNetwork', { id: lab });
  for (const index of guests.keys()) await manager.call('ensurePort', portOf(index));
  for (const [index, guest] of guests.entries()) {
    await guest.must(machines[index]!.setUp);
  }
});
afterAll(async () => {
  await Promise.all(guests.map((guest) => guest.dispose()));
  await world.end();
});

const pings = (from: number, address: string, device?: string): Promise<boolean> =>
  pingsFrom(guests[from]!, address, device);
const answers = (from: number, address: string, device?: string) =>
  expect.poll(() => pings(from, address, device), patient).toBe(true);
const look = async (index: number) => {
  const { ports } = await manager.call('look', { network: lab });
  const port = ports.find(({ vm }) => vm === vmOf(index));
  if (!port) throw new Error(`no port of machine ${index}`);
  return port;
};

describe('four machines and two VLANs', () => {
  it('reach exactly who is in their VLAN', async () => {
    await answers(0, '10.9.0.2');
    await answers(0, '10.9.0.4');
    await answers(2, '10.9.0.24');
    const [one, two, three, four] = guests as [LinuxGuest, LinuxGuest, LinuxGuest, LinuxGuest];
    const own = ['10.9.0.4', '10.9.0.24'];
    const matrix = await pingMatrix(
      [
        { name: '1', guest: one, own: ['10.9.0.1'] },
        { name: '2', guest: two, own: ['10.9.0.2'] },
        { name: '3', guest: three, own: ['10.9.0.3'] },
        { name: '4, VLAN 10', guest: four, device: 'eth0.10', own },
        { name: '4, VLAN 20', guest: four, device: 'eth0.20', own },
      ],
      ['10.9.0.1', '10.9.0.2', '10.9.0.3', ...own],
    );
    expect(matrix).toEqual({
      '1 -> 10.9.0.2': true,
      '1 -> 10.9.0.3': false,
      '1 -> 10.9.0.4': true,
      '1 -> 10.9.0.24': false,
      '2 -> 10.9.0.1': true,
      '2 -> 10.9.0.3': false,
      '2 -> 10.9.0.4': true,
      '2 -> 10.9.0.24': false,
      '3 -> 10.9.0.1': false,
      '3 -> 10.9.0.2': false,
      '3 -> 10.9.0.4': false,
      '3 -> 10.9.0.24': true,
      '4, VLAN 10 -> 10.9.0.1': true,
      '4, VLAN 20 -> 10.9.0.1': false,
      '4, VLAN 10 -> 10.9.0.2': true,
      '4, VLAN 20 -> 10.9.0.2': false,
      '4, VLAN 10 -> 10.9.0.3': false,
      '4, VLAN 20 -> 10.9.0.3': true,
    });
  });

  it('show 802.1Q tags on the trunk’s cable and none on an access port’s', async () => {
    const files = [0, 3].map((index) => ({ index, path: join(world.folder, `${index}.pcap`) }));
    for (const { index, path } of files) {
      await manager.call('startCapture', { vm: vmOf(index), nic: 'nic0', path });
    }
    await answers(0, '10.9.0.4');
    for (const { index } of files) {
      await manager.call('stopCapture', { vm: vmOf(index), nic: 'nic0' });
    }
    const [plain = [], tagged = []] = files.map(({ path }) => framesOf(readFileSync(path)));
    // Their kernels may look for neighbours and routers meanwhile, also of other VLANs.
    const isEcho = (frame: Buffer): boolean => {
      const bare = untagged(frame);
      return bare.readUInt16BE(12) === 0x0800 && bare[14 + 9] === 1;
    };
    const [sent, carried] = [plain.filter(isEcho), tagged.filter(isEcho)];
    expect(new Set(carried.map(tagOf))).toEqual(new Set([10]));
    expect(new Set(plain.map(tagOf))).toEqual(new Set([undefined]));
    // Requests and answers; the other end sees the same ones without their tags.
    expect(sent.length).toBeGreaterThanOrEqual(2);
    const bytes = (frame: Buffer): string => untagged(frame).toString('hex');
    expect(carried.map(bytes)).toEqual(sent.map(bytes));
  });

  it('count what passes and what is refused', async () => {
    const before = (await look(0)).counters;
    await guests[0]!.must('ping -c 5 -i 0.2 -s 1000 -W 30 10.9.0.2', 120_000);
    const after = (await look(0)).counters;
    expect(after.rxFrames - before.rxFrames).toBeGreaterThanOrEqual(5);
    expect(after.rxBytes - before.rxBytes).toBeGreaterThanOrEqual(5 * 1042);
    expect(after.txBytes - before.txBytes).toBeGreaterThanOrEqual(5 * 1042);
    // A tag at an access port.
    const refused = (await look(2)).counters.dropped;
    await guests[2]!.must(
      'ip link add link eth0 name hop type vlan id 10 && ip addr add 10.9.1.3/24 dev hop && ip link set hop up',
    );
    await guests[2]!.run('ping -c 2 -W 1 10.9.1.1', 60_000);
    expect((await look(2)).counters.dropped).toBeGreaterThan(refused);
    await guests[2]!.must('ip link del hop');
  });

  it('lose each other with the cable, and find each other when it is back', async () => {
    const second = world.manager();
    await second.ensureRunning();
    await second.call('ensurePort', portOf(1, { isCableConnected: false }));
    expect(await pings(0, '10.9.0.2')).toBe(false);
    await answers(0, '10.9.0.4');
    await second.call('ensurePort', portOf(1));
    await answers(0, '10.9.0.2');
    await second.dispose();
    // What one manager did the other one sees.
    expect((await manager.call('list', {})).ports).toContainEqual(portOf(1));
  });

  it('reach each other again after the fabric was killed, without being started again', async () => {
    let hasRestarted = false;
    const undo = manager.onRestart(() => (hasRestarted = true));
    await world.kill();
    await expect.poll(() => hasRestarted).toBe(true);
    undo();
    await answers(0, '10.9.0.2');
    await answers(3, '10.9.0.3', 'eth0.20');
    expect(await pings(0, '10.9.0.3')).toBe(false);
    expect(await pings(3, '10.9.0.1', 'eth0.20')).toBe(false);
    for (const guest of guests) {
      expect(Number((await guest.must('cut -d. -f1 /proc/uptime')).trim())).toBeGreaterThan(10);
    }
  });
});

let iperfPort = 5200;
/** Mbit/s of one TCP connection from the first machine to the second. */
const throughput = async (address: string, seconds: number): Promise<number> => {
  const [one, two] = guests;
  // A port of its own: the server of the turn before may still be ending.
  iperfPort += 1;
  await two!.must(`(iperf3 -s -1 -p ${iperfPort} >/dev/null 2>&1 &)`);
  await two!.must(`until netstat -ltn | grep -q :${iperfPort}; do sleep 0.1; done`);
  const text = await one!.must(`iperf3 -J -p ${iperfPort} -c ${address} -t ${seconds}`, 120_000);
  const report = JSON.parse(text) as { end: { sum_received?: { bits_per_second: number } } };
  if (!report.end.sum_received) throw new Error(text.slice(-2000));
  return report.end.sum_received.bits_per_second / 1e6;
};

describe('how fast it is', () => {
  it('a bandwidth limit is kept in both directions', async () => {
    await manager.call('ensurePort', portOf(0, { bandwidthKbps: 8000 }));
    const out = await throughput('10.9.0.2', 5);
    await manager.call('ensurePort', portOf(0));
    await manager.call('ensurePort', portOf(1, { bandwidthKbps: 8000 }));
    const into = await throughput('10.9.0.2', 5);
    await manager.call('ensurePort', portOf(1));
    for (const mbit of [out, into]) {
      expect(mbit).toBeLessThan(10);
      expect(mbit).toBeGreaterThan(2);
    }
  });

  it('is not far behind two machines joined directly', { timeout: 300_000 }, async () => {
    await guests[0]!.must('ip addr add 10.8.0.1/24 dev eth1 && ip link set eth1 up');
    await guests[1]!.must('ip addr add 10.8.0.2/24 dev eth1 && ip link set eth1 up');
    // Neighbours on this computer disturb single runs: taken in turns, the best of each counts.
    const best = { ours: 0, direct: 0 };
    for (let round = 0; round < 8; round += 1) {
      if (round >= 3 && best.ours / best.direct > 0.6) break;
      best.ours = Math.max(best.ours, await throughput('10.9.0.2', 4));
      best.direct = Math.max(best.direct, await throughput('10.8.0.2', 4));
    }
    const { ours, direct } = best;
    console.log(`switch ${ours.toFixed(0)} Mbit/s, joined directly ${direct.toFixed(0)} Mbit/s`);
    // The goal is 0.6, and the benchmark tells how far it is met; on a busy machine a test can only see a collapse.
    expect(ours / direct).toBeGreaterThan(0.4);
  });
});
