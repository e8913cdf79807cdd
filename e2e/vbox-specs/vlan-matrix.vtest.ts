// Four machines of two hypervisors at one switch of ours: A (access 10), B (access 10), C (access 20) and T (trunk of
// both). B is VirtualBox in software, the others Linux on QEMU. B's system is its network boot ROM: it asks for an
// address, loads from where it is told, and answers ARP and pings as long as it loads.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  probeMachine,
  type ProbeMachine,
} from '../../electron/drivers/virtualbox/__fixtures__/probe-machine.ts';
import {
  realSession,
  type RealSession,
} from '../../electron/drivers/virtualbox/__fixtures__/session.ts';
import type { NicPlug } from '../../electron/drivers/types.ts';
import type { FabricOwner } from '../../electron/fabric/client.ts';
import { createFabricWorld, type FabricWorld } from '../../electron/fabric/testing/world.ts';
import { toEngineId, toVmId, type VmId } from '../../shared/model/brand.ts';
import type { Vlan } from '../../shared/model/network.ts';
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
  pings,
  startPortGuest,
  trunk,
  trunkModules,
} from '../harness/linux/vlan-guests.ts';
import { framesOf, receiverOf, senderOf, tagOf, untagged } from '../harness/pcap.ts';

const patient = { timeout: 150_000, interval: 300 };
const probe = resolve(import.meta.dirname, '../../out/guests/probe.pxe');

const linux = {
  C: { vlan: access(20), mac: '52:54:00:0a:00:03', setUp: atAccess('10.9.0.3') },
  T: { vlan: trunk, mac: '52:54:00:0a:00:04', setUp: inTrunk('10.9.0.4', '10.9.0.24') },
  A: { vlan: access(10), mac: '52:54:00:0a:00:01', setUp: atAccess('10.9.0.1') },
} as const satisfies Record<string, { vlan: Vlan; mac: string; setUp: string }>;
type LinuxName = keyof typeof linux;
const names = Object.keys(linux) as readonly LinuxName[];
const vms = {
  A: toVmId('0000000a-0000-4000-8000-000000000000'),
  C: toVmId('0000000c-0000-4000-8000-000000000000'),
  T: toVmId('0000000d-0000-4000-8000-000000000000'),
} as const;
const box = { vlan: access(10), mac: '08:00:27:00:0a:02', address: '10.9.0.2' } as const;
/** So slow that the big file lasts for longer than this test. */
const boxKbps = 128;
const bigMiB = 32;

let world: FabricWorld;
let manager: FabricOwner;
let real: RealSession;
let machine: ProbeMachine;
let vm: VmId;
const guests = new Map<LinuxName, LinuxGuest>();
const guest = (name: LinuxName): LinuxGuest => {
  const found = guests.get(name);
  if (!found) throw new Error(`no guest ${name}`);
  return found;
};

const startLinux = async (): Promise<void> => {
  const files = await buildLinuxGuest({
    modules: trunkModules,
    extraFiles: [
      ...(await withLibraries('/usr/sbin/dnsmasq')),
      { kind: 'file', path: 'boot/probe.pxe', from: probe, mode: 0o644 },
    ],
  });
  try {
    for (const name of names) {
      const socket = join(world.folder, name);
      const { mac, vlan } = linux[name];
      guests.set(name, await startPortGuest(files, socket, mac));
      const port = labPort(vms[name], mac, { kind: 'stream', path: socket }, { vlan });
      await manager.call('ensurePort', port);
    }
  } finally {
    await files.dispose();
  }
  for (const name of names) await guest(name).must(linux[name].setUp);
  await guest('A').must(`truncate -s ${bigMiB}M /boot/big`);
  for (const name of ['C', 'T'] as const) await guest(name).must(dnsmasq());
};

const dnsmasq = (...more: readonly string[]): string =>
  [
    'dnsmasq -C /dev/null -x /tmp/pid --user=root --port=0 --enable-tftp --tftp-root=/boot',
    ...more,
  ].join(' ');
/** A, in VLAN 10, tells whoever starts from the network to load `file` from `server`. */
const offer = async (file: string, server: string): Promise<void> => {
  await guest('A').must('while killall dnsmasq 2>/dev/null; do sleep 0.2; done');
  await guest('A').must(
    dnsmasq(
      `--dhcp-range=${box.address},${box.address},255.255.255.0,1h --dhcp-authoritative --no-ping`,
      `--dhcp-leasefile=/tmp/leases --dhcp-option=3 --dhcp-boot=${file},boot,${server}`,
    ),
  );
};

const startBox = async (): Promise<void> => {
  const card = ['--nictype1', 'Am79C973', '--macaddress1', box.mac.replaceAll(':', '')];
  const words = ['--boot1', 'net', '--nic1', 'intnet', '--intnet1', lab];
  machine = await probeMachine(real.real, 'box', [...card, ...words], null);
  vm = toVmId(machine.id);
  const definition = await vi.waitFor(() => {
    const found = real.definitionOf(vm);
    if (found?.config.nics[0]?.attachment.kind !== 'internal') throw new Error('not reported');
    return found;
  }, patient);
  const ensure = (peer: object) =>
    manager.call(
      'ensurePort',
      labPort(
        vm,
        box.mac,
        { kind: 'datagram', ...peer },
        { vlan: box.vlan, bandwidthKbps: boxKbps },
      ),
    );
  const { switchPort = 0 } = await ensure({});
  const setPeer = async (peerPort: number): Promise<void> => {
    await ensure({ switchPort, peerPort });
  };
  const plugs = new Map<string, NicPlug>([['nic0', { kind: 'datagram', switchPort, setPeer }]]);
  const ctx = { signal: new AbortController().signal, progress: () => undefined };
  await real.session.start(definition, { engine: toEngineId('software'), plugs }, ctx);
};

beforeAll(async () => {
  world = createFabricWorld();
  manager = world.manager();
  await manager.ensureRunning();
  await manager.call('ensureNetwork', { id: lab });
  await startLinux();
  await offer('nothing', '10.9.0.1');
  real = await realSession();
  await startBox();
}, 400_000);
afterAll(async () => {
  await Promise.all([...guests.values()].map((one) => one.dispose()));
  await real?.dispose();
  await world?.end();
}, 120_000);

let captures = 0;
interface Wires {
  /** As they are on that machine's wire. */
  readonly frames: (wire: LinuxName) => readonly Buffer[];
  /** What B sent. */
  readonly ofBox: (wire: LinuxName) => readonly Buffer[];
  readonly stop: () => Promise<void>;
}
/** A's wire is watched last and let go of first: what is seen there has to be seen on the others, if it gets there. */
const watch = async (): Promise<Wires> => {
  captures += 1;
  const path = (name: LinuxName): string => join(world.folder, `${name}-${captures}.pcap`);
  for (const name of names)
    await manager.call('startCapture', { vm: vms[name], nic: 'nic0', path: path(name) });
  const frames: Wires['frames'] = (wire) => framesOf(readFileSync(path(wire)));
  return {
    frames,
    ofBox: (wire) => frames(wire).filter((frame) => senderOf(frame) === box.mac),
    stop: async () => {
      for (const name of [...names].reverse())
        await manager.call('stopCapture', { vm: vms[name], nic: 'nic0' });
    },
  };
};

/** A request to everybody: who has that address? */
const asksFor =
  (address: string) =>
  (frame: Buffer): boolean => {
    const plain = untagged(frame);
    return (
      plain.readUInt32BE(12) === 0x0806_0001 &&
      plain.readUInt16BE(20) === 1 &&
      [...plain.subarray(38, 42)].join('.') === address
    );
  };

const targets = [
  { name: 'T, VLAN 10', wire: 'T', tag: 10, address: '10.9.0.4', file: 'probe.pxe' },
  { name: 'T, VLAN 20', wire: 'T', tag: 20, address: '10.9.0.24', file: 'probe.pxe' },
  { name: 'C', wire: 'C', tag: undefined, address: '10.9.0.3', file: 'probe.pxe' },
  { name: 'A', wire: 'A', tag: undefined, address: '10.9.0.1', file: 'big' },
] as const;
const reachable: readonly string[] = ['T, VLAN 10', 'A'];
const timesReady = (): number => machine.serial().match(/^READY\r$/gm)?.length ?? 0;

describe('four machines of two hypervisors and two VLANs', { timeout: 500_000 }, () => {
  it('VirtualBox reaches who is in its VLAN, and is heard there only', async () => {
    const row: Record<string, boolean> = {};
    for (const { name, wire, tag, address, file } of targets) {
      const wires = await watch();
      const before = timesReady();
      const sentTo = (): number =>
        wires
          .ofBox(wire)
          .filter((frame) => receiverOf(frame) === linux[wire].mac && tagOf(frame) === tag).length;
      const asked = (): number => wires.ofBox('A').filter(asksFor(address)).length;
      await offer(file, address);
      await real.session.reset(vm);
      // Request, and every acknowledgement of a block; or a question that nobody answers.
      if (reachable.includes(name)) await expect.poll(sentTo, patient).toBeGreaterThan(5);
      else await expect.poll(asked, patient).toBeGreaterThan(2);
      const isReady = name === 'T, VLAN 10';
      if (isReady) await expect.poll(timesReady, patient).toBe(before + 1);
      await wires.stop();
      row[name] = sentTo() > 0;
      expect(timesReady()).toBe(isReady ? before + 1 : before);
      // Its calls to everybody are heard by all of VLAN 10 as they should be, and by nobody else.
      const calls = (heard: LinuxName): readonly Buffer[] =>
        wires.ofBox(heard).filter((frame) => receiverOf(frame) === 'ff:ff:ff:ff:ff:ff');
      const atAccess10 = calls('A').map((frame) => frame.toString('hex'));
      expect(atAccess10.length).toBeGreaterThan(1);
      const inTrunk10 = calls('T').map((frame) => untagged(frame).toString('hex'));
      expect(inTrunk10).toEqual(expect.arrayContaining(atAccess10));
      expect(new Set(wires.ofBox('T').map(tagOf))).toEqual(new Set([10]));
      expect(new Set(wires.ofBox('A').map(tagOf))).toEqual(new Set([undefined]));
      expect(wires.ofBox('C')).toEqual([]);
    }
    expect(row).toEqual({ 'T, VLAN 10': true, 'T, VLAN 20': false, C: false, A: true });
  });

  it('the others reach exactly who is in their VLAN', async () => {
    await expect.poll(() => pings(guest('A'), box.address), patient).toBe(true);
    await expect.poll(() => pings(guest('T'), box.address, 'eth0.10'), patient).toBe(true);
    await expect.poll(() => pings(guest('C'), '10.9.0.24'), patient).toBe(true);
    const own = ['10.9.0.4', '10.9.0.24'];
    const wires = await watch();
    const matrix = await pingMatrix(
      [
        { name: 'A', guest: guest('A'), own: ['10.9.0.1'] },
        { name: 'C', guest: guest('C'), own: ['10.9.0.3'] },
        { name: 'T, VLAN 10', guest: guest('T'), device: 'eth0.10', own },
        { name: 'T, VLAN 20', guest: guest('T'), device: 'eth0.20', own },
      ],
      ['10.9.0.1', box.address, '10.9.0.3', ...own],
    );
    await wires.stop();
    expect(matrix).toEqual({
      'A -> 10.9.0.2': true,
      'A -> 10.9.0.3': false,
      'A -> 10.9.0.4': true,
      'A -> 10.9.0.24': false,
      'C -> 10.9.0.1': false,
      'C -> 10.9.0.2': false,
      'C -> 10.9.0.4': false,
      'C -> 10.9.0.24': true,
      'T, VLAN 10 -> 10.9.0.1': true,
      'T, VLAN 20 -> 10.9.0.1': false,
      'T, VLAN 10 -> 10.9.0.2': true,
      'T, VLAN 20 -> 10.9.0.2': false,
      'T, VLAN 10 -> 10.9.0.3': false,
      'T, VLAN 20 -> 10.9.0.3': true,
    });
    // On the trunk's wire everything has its VLAN's tag: type 0x8100, then the VLAN. On the others there is none.
    const heard = (wire: LinuxName, from: string): readonly string[] => [
      ...new Set(
        wires
          .frames(wire)
          .filter((frame) => senderOf(frame) === from)
          .map((frame) => (tagOf(frame) === undefined ? 'plain' : frame.toString('hex', 12, 16))),
      ),
    ];
    expect(heard('T', linux.A.mac)).toEqual(['8100000a']);
    expect(heard('T', box.mac)).toEqual(['8100000a']);
    expect(heard('T', linux.C.mac)).toEqual(['81000014']);
    expect(heard('A', box.mac)).toEqual(['plain']);
    expect(heard('A', linux.T.mac)).toEqual(['plain']);
    expect(heard('C', linux.T.mac)).toEqual(['plain']);
    for (const [wire, stranger] of [
      ['A', linux.C.mac],
      ['C', linux.A.mac],
      ['C', box.mac],
    ] as const)
      expect(heard(wire, stranger)).toEqual([]);
  });

  it('and again after the switch was killed, without being started again', async () => {
    const restarted = new Promise<void>((done) => manager.onRestart(done));
    await world.kill();
    await restarted;
    await expect.poll(() => pings(guest('A'), box.address), patient).toBe(true);
    await expect.poll(() => pings(guest('T'), box.address, 'eth0.10'), patient).toBe(true);
    await expect.poll(() => pings(guest('C'), '10.9.0.24'), patient).toBe(true);
    expect(await pings(guest('C'), box.address)).toBe(false);
    expect(await pings(guest('T'), box.address, 'eth0.20')).toBe(false);
  });
});
