// VLANs on a real Linux bridge that the product's own program makes, inside a Debian host with four NICs. Behind each
// NIC, over a stream socket, is a guest of its own: access 10, access 10, access 20, trunk 10 and 20. A relay carries
// what comes from a NIC through the descriptor of that guest's tap, as the guest's QEMU would: every frame between the
// guests goes through ports of the bridge that have the VLANs that the program set.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PrivilegedRequest } from '../../electron/privileged/requests.ts';
import { startDebianGuest, whyNoDebian } from '../harness/debian/debian-guest.ts';
import { buildLinuxGuest } from '../harness/linux/build-linux.ts';
import { startLinuxGuest, type LinuxGuest } from '../harness/linux/linux-guest.ts';
import { answered, installedFiles, installedHelper, nothing, sending } from './net-helper.ts';

type Vlan = NonNullable<Extract<PrivilegedRequest, { verb: 'port.vlans' }>['vlan']>;
const access = (tag: number): Vlan => ({ mode: 'access', tag });

const bridge = 'pv-br0';
const mia = 1001;
const members = [
  { name: 'a', vlan: access(10) },
  { name: 'b', vlan: access(10) },
  { name: 'c', vlan: access(20) },
  { name: 'd', vlan: { mode: 'trunk', tags: [10, 20] } as Vlan },
].map((member, index) => ({
  ...member,
  nic: `eth${index}`,
  tap: `pv-tap${index}`,
  mac: `52:54:00:00:77:0${index + 1}`,
  /** Its link-local address, the same on each of its interfaces: which one answers is up to the VLANs. */
  address: `fe80::5054:ff:fe00:770${index + 1}`,
}));
type Member = (typeof members)[number];

const guests = new Map<string, LinuxGuest>();
let host: LinuxGuest;
const guest = (name: string): LinuxGuest => {
  const found = guests.get(name);
  if (!found) throw new Error(`no guest ${name}`);
  return found;
};

/** The program is told who asks, as by pkexec. */
const ask = async (...requests: readonly PrivilegedRequest[]) =>
  answered(await host.must(`export PKEXEC_UID=${mia}; ${sending(installedHelper, requests)}`));

const dump = (): Buffer => readFileSync(join(guest('d').qemu.folder, 'trunk.pcap'));

/** Which of the others answer a guest, over that interface. */
const reached = async (from: string, nic: string): Promise<string> => {
  const names: string[] = [];
  for (const { name, address } of members) {
    if (name === from) continue;
    const { exitCode } = await guest(from).run(`ping -6 -c 2 -W 2 -I ${nic} ${address}%${nic}`);
    if (exitCode === 0) names.push(name);
  }
  return names.join(' ');
};

/** An answer may be late, but who is kept apart never gets one. */
const reaches = async (from: string, nic: string, who: string): Promise<void> => {
  await expect.poll(() => reached(from, nic), { timeout: 90_000 }).toBe(who);
};

const startMember = async (
  { name, mac, nic }: Member,
  files: Awaited<ReturnType<typeof buildLinuxGuest>>,
): Promise<void> => {
  const socket = join(host.qemu.folder, nic);
  const started = await startLinuxGuest(files, {
    memoryMiB: 192,
    args: [
      ...['-netdev', `stream,id=n0,server=off,addr.type=unix,addr.path=${socket}`],
      ...['-device', `virtio-net-pci,netdev=n0,mac=${mac}`],
    ],
  });
  guests.set(name, started);
  // The trunk link as it is outside of the host: every byte is kept.
  if (name === 'd') {
    await started.qemu.qmp('object-add', {
      ...{ 'qom-type': 'filter-dump', id: 'dump', netdev: 'n0', queue: 'all' },
      file: join(started.qemu.folder, 'trunk.pcap'),
    });
    await started.must(
      'for tag in 10 20; do ip link add link eth0 name eth0.$tag type vlan id $tag; done',
    );
  }
  await started.must(`ip link set eth0 up`);
  if (name === 'd') await started.must('ip link set eth0.10 up; ip link set eth0.20 up');
};

describe.skipIf(whyNoDebian() !== undefined)('VLANs on a Linux bridge of a whole host', () => {
  beforeAll(async () => {
    const begun = Date.now();
    host = await startDebianGuest({
      installed: [
        ...installedFiles(),
        {
          kind: 'file',
          path: 'opt/relay.py',
          from: join(import.meta.dirname, 'relay.py'),
          mode: 0o644,
        },
      ],
      args: (folder) =>
        members.flatMap(({ nic }, index) => [
          ...['-netdev', `stream,id=n${index},server=on,addr.type=unix,addr.path=${folder}/${nic}`],
          ...['-device', `virtio-net-pci,netdev=n${index},mac=52:54:00:00:88:0${index + 1}`],
        ]),
    });
    const files = await buildLinuxGuest({ modules: ['8021q'] });
    try {
      for (const member of members) await startMember(member, files);
    } finally {
      await files.dispose();
    }
    console.log(`a host and four guests: ${Date.now() - begun} ms`);
  });
  afterAll(async () => {
    await Promise.all([...guests.values(), host].map((one) => one?.dispose()));
  });

  it('gets its bridge, its taps and the VLANs of each port from the program', async () => {
    const made = await ask(
      { verb: 'bridge.create', bridge },
      ...members.flatMap(({ tap, vlan }): readonly PrivilegedRequest[] => [
        { verb: 'tap.create', tap, bridge },
        { verb: 'port.vlans', port: tap, vlan },
      ]),
    );
    expect(made).toEqual({ ...nothing, bridges: [bridge], taps: members.map(({ tap }) => tap) });
    expect(await host.must(`cat /sys/class/net/${bridge}/bridge/vlan_filtering`)).toBe('1\n');
    const rows = JSON.parse(await host.must('bridge -j vlan show')) as readonly {
      readonly ifname: string;
      readonly vlans: readonly { readonly vlan: number; readonly flags?: readonly string[] }[];
    }[];
    const untagged = { flags: ['PVID', 'Egress Untagged'] };
    expect(Object.fromEntries(rows.map(({ ifname, vlans }) => [ifname, vlans]))).toMatchObject({
      'pv-tap0': [{ vlan: 10, ...untagged }],
      'pv-tap1': [{ vlan: 10, ...untagged }],
      'pv-tap2': [{ vlan: 20, ...untagged }],
      'pv-tap3': [{ vlan: 10 }, { vlan: 20 }],
    });
  });

  it('lets exactly those reach each other that share a VLAN', async () => {
    for (const { nic, tap } of members) {
      await host.must(`sysctl -qw net.ipv6.conf.${nic}.disable_ipv6=1; ip link set ${nic} up
        python3 /opt/relay.py ${nic} ${tap} ${mia} >/run/relay-${tap} 2>&1 &`);
    }
    await expect
      .poll(() => host.must('cat /run/relay-*'), { timeout: 60_000 })
      .toBe('ready\n'.repeat(members.length));
    await reaches('a', 'eth0', 'b d');
    await reaches('b', 'eth0', 'a d');
    await reaches('c', 'eth0', 'd');
    await reaches('d', 'eth0.10', 'a b');
    await reaches('d', 'eth0.20', 'c');
    // Without a tag, the trunk is in no VLAN.
    expect(await reached('d', 'eth0')).toBe('');
  });

  it('carries 802.1Q tags on the trunk, and nothing without one to it', () => {
    const frames = dump();
    const sent = (from: string, tag: number): boolean => {
      const mac = members.find(({ name }) => name === from)?.mac.replaceAll(':', '') ?? '';
      return frames.includes(Buffer.from(`${mac}81000${tag === 10 ? '00a' : '014'}`, 'hex'));
    };
    const frame = [
      ['a', 10],
      ['b', 10],
      ['c', 20],
      ['d', 10],
      ['d', 20],
      ['a', 20],
      ['c', 10],
    ] as const;
    const seen = frame.filter(([from, tag]) => sent(from, tag));
    expect(seen).toEqual(frame.slice(0, 5));
    for (const { mac } of members.slice(0, 3)) {
      const bare = Buffer.from(`${mac.replaceAll(':', '')}86dd`, 'hex');
      expect(frames.includes(bare)).toBe(false);
    }
  });

  it('parts two guests when the VLAN of one changes, live', async () => {
    await ask({ verb: 'port.vlans', port: 'pv-tap1', vlan: access(20) });
    await reaches('b', 'eth0', 'c d');
    await reaches('a', 'eth0', 'd');
  });

  it('leaves nothing behind after undo', async () => {
    expect(await ask({ verb: 'undo.all' })).toEqual(nothing);
    expect(await host.must('ip -br link')).not.toMatch(/pv-/);
  });
});
