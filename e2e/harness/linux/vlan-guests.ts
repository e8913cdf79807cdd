// Linux guests at ports of the fabric, in VLANs: one subnet for all of them, so that only the VLAN keeps machines apart.
import type { VmId } from '../../../shared/model/brand.ts';
import type { Vlan } from '../../../shared/model/network.ts';
import { toNetworkId } from '../../../shared/model/networks.ts';
import type { Endpoint, FabricPort } from '../../../electron/fabric/protocol.ts';
import type { LinuxGuestFiles } from './build-linux.ts';
import { startLinuxGuest, type LinuxGuest } from './linux-guest.ts';

export const lab = toNetworkId('lab');
export const access = (tag: number): Vlan => ({ mode: 'access', tag });
export const trunk: Vlan = { mode: 'trunk', tags: [10, 20] };

/** A machine's only port, in `lab`. */
export const labPort = (
  vm: VmId,
  mac: string,
  endpoint: Endpoint,
  change: Partial<FabricPort> = {},
): FabricPort => ({
  network: lab,
  vm,
  nic: 'nic0',
  mac,
  endpoint,
  isCableConnected: true,
  ...change,
});

/** Modules that `inTrunk` needs. */
export const trunkModules = ['8021q'] as const;
export const atAccess = (address: string): string =>
  `ip link set eth0 up && ip addr add ${address}/24 dev eth0`;
/** The kernel must be told to speak for an address on its interface only. */
export const inTrunk = (in10: string, in20: string): string =>
  [
    'ip link set eth0 up',
    'echo 1 >/proc/sys/net/ipv4/conf/all/arp_ignore',
    'ip link add link eth0 name eth0.10 type vlan id 10',
    'ip link add link eth0 name eth0.20 type vlan id 20',
    `ip addr add ${in10}/24 dev eth0.10`,
    `ip addr add ${in20}/24 dev eth0.20`,
    'ip link set eth0.10 up',
    'ip link set eth0.20 up',
    `ip route add 10.9.0.0/24 dev eth0.20 src ${in20} table 20`,
    `ip rule add from ${in20} lookup 20`,
  ].join(' && ');

/** A guest whose eth0 the fabric reaches at `socket`. */
export const startPortGuest = (
  files: LinuxGuestFiles,
  socket: string,
  mac: string,
  more: readonly string[] = [],
): Promise<LinuxGuest> =>
  startLinuxGuest(files, {
    memoryMiB: 192,
    readyTimeoutMs: 120_000,
    args: [
      ...['-netdev', `stream,id=n,server=on,addr.type=unix,addr.path=${socket}`],
      ...['-device', `virtio-net-pci,netdev=n,mac=${mac}`],
      ...more,
    ],
  });

/** Whether anything at all comes back, in about 5 seconds. */
export const pings = async (
  guest: LinuxGuest,
  address: string,
  device?: string,
): Promise<boolean> => {
  const through = device === undefined ? '' : `-I ${device}`;
  const { exitCode } = await guest.run(`ping -c 3 -W 3 ${through} ${address}`, 60_000);
  return exitCode === 0;
};

/** A guest, or one of its interfaces. */
export interface Vantage {
  readonly name: string;
  readonly guest: LinuxGuest;
  readonly device?: string;
  /** Not asked: what it is itself. */
  readonly own: readonly string[];
}

/** Who gets an answer from whom: `name -> address`. Asked twice: an answer may be late, and who is kept apart gets none. */
export const pingMatrix = async (
  vantages: readonly Vantage[],
  addresses: readonly string[],
): Promise<Readonly<Record<string, boolean>>> => {
  const rows = await Promise.all(
    vantages.map(async ({ name, guest, device, own }) => {
      const row: [string, boolean][] = [];
      for (const to of addresses.filter((address) => !own.includes(address)))
        row.push([
          `${name} -> ${to}`,
          (await pings(guest, to, device)) || (await pings(guest, to, device)),
        ]);
      return row;
    }),
  );
  return Object.fromEntries(rows.flat());
};
