// VirtualBox's NAT networks in VBoxManage's words: what is printed of one, and what brings it in step with ours. Pure.
import type { Network, NetworkForward } from '../../../../shared/model/networks.ts';

export interface NatNetworkFacts {
  readonly name: string;
  /** Name of a rule and the whole rule, as `--port-forward-4` takes it. */
  readonly rules: readonly { readonly name: string; readonly rule: string }[];
}

/** `natnetwork list`: blocks separated by blank lines. */
export const parseNatNetworks = (printed: string): readonly NatNetworkFacts[] =>
  printed.split(/\n(?=Name: )/).flatMap((block): NatNetworkFacts[] => {
    const name = /^Name: +(.+)$/m.exec(block)?.[1]?.trim();
    if (name === undefined) return [];
    const rows = block.matchAll(/^\s+((.+?):(?:tcp|udp):\[[^\]]*\]:\d+:\[[^\]]*\]:\d+)$/gm);
    return [{ name, rules: [...rows].map(([, rule = '', of = '']) => ({ name: of, rule })) }];
  });

/** Address of the guest; `undefined`: it has no fixed one. */
export type AddressOf = (to: NetworkForward['to']) => string | undefined;

/** VBoxManage cuts rules at colons. */
const ruleName = (forward: NetworkForward): string => forward.id.replaceAll(':', '_');

const ruleOf = (forward: NetworkForward, guest: string): string => {
  const { protocol, hostAddress, hostPort, guestPort } = forward;
  return `${ruleName(forward)}:${protocol}:[${hostAddress}]:${hostPort}:[${guest}]:${guestPort}`;
};

const onOff = (value: boolean): string => (value ? 'on' : 'off');

/** VirtualBox counts on the first address of a network being its gateway. */
export const firstAddress = (subnet: string): string => {
  const [base = ''] = subnet.split('/');
  const parts = base.split('.').map(Number);
  return [...parts.slice(0, 3), (parts[3] ?? 0) + 1].join('.');
};

/** A reason why VirtualBox cannot have this network, as a sentence. */
export const refusalOf = (network: Network, addressOf: AddressOf): string | undefined => {
  const { ipv4, forwards } = network;
  if (!ipv4) return 'A NAT network of VirtualBox needs an IPv4 range.';
  const gateway = firstAddress(ipv4.subnet);
  if (ipv4.gateway !== gateway) {
    return `VirtualBox’s gateway is always the first address, here ${gateway}.`;
  }
  const lost = forwards.find(({ to }) => addressOf(to) === undefined);
  return lost
    ? `Port ${lost.hostPort} is forwarded to a machine without a reserved address, and VirtualBox forwards to addresses only.`
    : undefined;
};

/** Words of `natnetwork add` or `modify`, whichever it takes. */
export const natNetworkWords = (
  network: Network,
  present: NatNetworkFacts | undefined,
  addressOf: AddressOf,
): readonly string[] => {
  const wanted = network.forwards.flatMap((forward) => {
    const guest = addressOf(forward.to);
    return guest === undefined ? [] : [{ name: ruleName(forward), rule: ruleOf(forward, guest) }];
  });
  const has = (rows: NatNetworkFacts['rules'], rule: string): boolean =>
    rows.some((row) => row.rule === rule);
  const old = present?.rules ?? [];
  const { ipv4, ipv6 } = network;
  return [
    ...['natnetwork', present ? 'modify' : 'add', '--netname', network.id],
    ...['--network', ipv4?.subnet ?? '', network.isEnabled ? '--enable' : '--disable'],
    ...['--dhcp', onOff(ipv4?.dhcp !== undefined), '--ipv6', onOff(ipv6 !== undefined)],
    ...(ipv6 ? ['--ipv6-prefix', ipv6.prefix] : []),
    ...old
      .filter((row) => !has(wanted, row.rule))
      .flatMap(({ name }) => ['--port-forward-4', 'delete', name]),
    ...wanted
      .filter((row) => !has(old, row.rule))
      .flatMap(({ rule }) => ['--port-forward-4', rule]),
  ];
};

export const maskOf = (subnet: string): string => {
  const bits = Number(subnet.split('/')[1]);
  const mask = bits === 0 ? 0 : (0xffffffff << (32 - bits)) >>> 0;
  return [24, 16, 8, 0].map((shift) => (mask >>> shift) & 0xff).join('.');
};

/** What VirtualBox gives its own DHCP server in a NAT network. */
const serverOf = (subnet: string): string => {
  const parts = firstAddress(subnet).split('.').map(Number);
  return [...parts.slice(0, 3), (parts[3] ?? 0) + 2].join('.');
};

/** Words of `dhcpserver add`, with the reservations; `undefined`: no DHCP. */
export const dhcpWords = ({ id, ipv4, reservations }: Network): readonly string[] | undefined => {
  if (!ipv4?.dhcp) return undefined;
  return [
    ...['dhcpserver', 'add', `--network=${id}`, '--enable'],
    ...[`--server-ip=${serverOf(ipv4.subnet)}`, `--netmask=${maskOf(ipv4.subnet)}`],
    ...[`--lower-ip=${ipv4.dhcp.first}`, `--upper-ip=${ipv4.dhcp.last}`],
    ...reservations.flatMap(({ mac, address }) => [
      `--mac-address=${mac}`,
      `--fixed-address=${address}`,
    ]),
  ];
};
