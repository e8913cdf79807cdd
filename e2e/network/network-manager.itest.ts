// A network card that NetworkManager looks after becomes the uplink of a bridge with VLANs, through NetworkManager, and
// comes back: with an address by DHCP and with a fixed one, by undo and by itself.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PrivilegedRequest } from '../../electron/privileged/requests.ts';
import { startDebianGuest, whyNoDebian } from '../harness/debian/debian-guest.ts';
import type { LinuxGuest } from '../harness/linux/linux-guest.ts';
import { answered, installedFiles, installedHelper, nothing, sending } from './net-helper.ts';

const bridge = 'pvb-office';
const tap = 'pvt-one';
const router = '10.0.3.2';
const mia = 1001;

let host: LinuxGuest;

const ask = async (...requests: readonly PrivilegedRequest[]) =>
  answered(
    await host.must(`export PKEXEC_UID=${mia}; ${sending(installedHelper, requests)}`, 150_000),
  );
const status = async () => answered(await host.must(`${installedHelper} status`));
const attach = (rollbackSeconds: number): PrivilegedRequest => ({
  ...{ verb: 'uplink.attach', bridge, uplink: 'eth1' },
  rollbackSeconds,
});

/** The IPv4 addresses of an interface; none where it is not there. */
const addressesOf = async (nic: string): Promise<string> =>
  (await host.run(`ip -br -4 address show dev ${nic}`)).output
    .split(/\s+/)
    .slice(2)
    .join(' ')
    .trim();
const reachesRouter = async (): Promise<void> => {
  await expect
    .poll(async () => (await host.run(`ping -c 1 -W 3 ${router}`)).exitCode, { timeout: 60_000 })
    .toBe(0);
};
/** What NetworkManager says: its active connections, and all that it knows. */
const connections = async (): Promise<readonly string[]> => [
  await host.must('nmcli -t -f NAME,DEVICE,STATE connection show --active | grep -v ^lo: | sort'),
  await host.must('nmcli -t -f NAME connection show | grep -v ^lo$ | sort'),
];
const vlansOf = async (port: string): Promise<unknown> => {
  const rows = JSON.parse(await host.must('bridge -j -compressvlans vlan show')) as readonly {
    readonly ifname: string;
    readonly vlans: unknown;
  }[];
  return rows.find(({ ifname }) => ifname === port)?.vlans;
};
const untagged = { flags: ['PVID', 'Egress Untagged'] };

const isInBridge = async (address: string): Promise<void> => {
  await expect.poll(() => addressesOf(bridge), { timeout: 120_000 }).toBe(address);
  expect(await addressesOf('eth1')).toBe('');
  expect(await host.must(`cat /sys/class/net/${bridge}/bridge/vlan_filtering`)).toBe('1\n');
  expect(await vlansOf('eth1')).toMatchObject([
    { vlan: 1, ...untagged },
    { vlan: 2, vlanEnd: 4094 },
  ]);
  await reachesRouter();
};
const isAsBefore = async (address: string, before: readonly string[]): Promise<void> => {
  await expect.poll(() => addressesOf('eth1'), { timeout: 180_000 }).toBe(address);
  await expect.poll(connections, { timeout: 60_000 }).toEqual(before);
  await reachesRouter();
};

describe.skipIf(whyNoDebian() !== undefined)('a network card of NetworkManager', () => {
  beforeAll(async () => {
    const begun = Date.now();
    host = await startDebianGuest({
      installed: installedFiles(),
      args: [
        ...['-netdev', 'user,id=n0,restrict=on', '-device', 'virtio-net-pci,netdev=n0'],
        ...['-netdev', 'user,id=n1,net=10.0.3.0/24'],
        ...['-device', 'virtio-net-pci,netdev=n1,mac=52:54:00:00:99:02'],
      ],
    });
    console.log(`a host with NetworkManager: ${Date.now() - begun} ms`);
  });
  afterAll(async () => {
    await host?.dispose();
  });

  it.each([
    ['by DHCP', '', '10.0.3.15/24'],
    [
      'of its own',
      `ipv4.method manual ipv4.addresses 10.0.3.77/24 ipv4.gateway ${router}`,
      '10.0.3.77/24',
    ],
  ])(
    'goes into a bridge with VLANs and comes back, with an address %s',
    async (_, words, address) => {
      await host.must(`nmcli connection add type ethernet con-name office ifname eth1 autoconnect no ${words}
      nmcli -w 60 connection up office`);
      await reachesRouter();
      const before = await connections();
      expect(before[0]).toMatch(/^office:eth1:activated$/m);

      const made = await ask(
        { verb: 'bridge.create', bridge },
        attach(300),
        { verb: 'tap.create', tap, bridge },
        { verb: 'port.vlans', port: tap, vlan: { mode: 'access', tag: 10 } },
      );
      expect(made).toMatchObject({ taps: [tap], uplinks: [{ bridge, uplink: 'eth1' }] });
      await isInBridge(address);
      expect(await vlansOf(tap)).toMatchObject([{ vlan: 10, ...untagged }]);
      expect((await ask({ verb: 'confirm', bridge })).awaiting).toEqual([]);

      expect(await ask({ verb: 'undo.all' })).toEqual(nothing);
      await isAsBefore(address, before);
      expect(await host.must('ip -br link')).not.toMatch(/pv[bt]-/);
      await host.must('nmcli connection delete office');
    },
  );

  it('comes back by itself when nobody keeps the change', async () => {
    await host.must(`nmcli connection add type ethernet con-name office ifname eth1
      nmcli -w 60 connection up office`);
    const before = await connections();
    await ask({ verb: 'bridge.create', bridge }, attach(75), { verb: 'tap.create', tap, bridge });
    await isInBridge('10.0.3.15/24');
    await isAsBefore('10.0.3.15/24', before);
    // The bridge stays, with the taps of the machines that are on it.
    await expect
      .poll(status, { timeout: 60_000 })
      .toEqual({ ...nothing, bridges: [bridge], taps: [tap] });
    expect(await host.must(`ip -d link show ${tap}`)).toContain(`master ${bridge}`);
    expect(await host.must(`cat /sys/class/net/${bridge}/bridge/vlan_filtering`)).toBe('1\n');
    expect(await vlansOf(tap)).toMatchObject([{ vlan: 1, ...untagged }]);
    expect(await ask({ verb: 'undo.all' })).toEqual(nothing);
    await expect.poll(connections, { timeout: 60_000 }).toEqual(before);
  });
});
