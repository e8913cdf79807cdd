// Arithmetic of the service end's addresses: which ones the two ways take for themselves besides what the plan says.
import { createHash } from 'node:crypto';
import type { NetworkId } from '../../../shared/model/networks.ts';
import type { ServiceSpec } from '../protocol.ts';

export const toNumber = (address: string): number =>
  address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);

export const toAddress = (number: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');

export interface Subnet {
  readonly first: number;
  readonly last: number;
  readonly prefixLength: number;
}

/** `10.20.0.0/24`: its first and last address as numbers, host bits ignored. */
export const toSubnet = (cidr: string): Subnet => {
  const [address = '', length = '32'] = cidr.split('/');
  const size = 2 ** (32 - Number(length));
  const first = Math.floor(toNumber(address) / size) * size;
  return { first, last: first + size - 1, prefixLength: Number(length) };
};

export const netmaskOf = ({ prefixLength }: Subnet): string =>
  toAddress(2 ** 32 - 2 ** (32 - prefixLength));

const overlap = (a: Subnet, b: Subnet): boolean => a.first <= b.last && b.first <= a.last;

/** Reserved for tests of equipment (RFC 2544), so that no host of the user's is hidden behind it. */
const outerChoices = ['198.18.127.0/24', '198.19.127.0/24'] as const;

/** What slirp4netns calls its own on the other side of the address translation; never inside `subnet`. */
export const outerNetwork = (subnet: string) => {
  const inner = toSubnet(subnet);
  const cidr = outerChoices.find((choice) => !overlap(inner, toSubnet(choice))) ?? '203.0.113.0/24';
  const { first } = toSubnet(cidr);
  return {
    cidr,
    /** Leads to this computer's loopback where that is allowed. */
    host: toAddress(first + 2),
    dns: toAddress(first + 3),
    own: toAddress(first + 100),
  } as const;
};

/** slirp's own IPv6 network; it cannot be chosen in slirp4netns. */
export const outerNetwork6 = { cidr: 'fd00::/64', host: 'fd00::2', own: 'fd00::100' } as const;

/** slirp's DHCP gives out this many addresses from its start on. */
export const slirpLeases = 16;

/**
 * The address of slirp's name server, and where its DHCP starts. Without a DHCP range of the plan it starts at the end
 * of the subnet, and the caller keeps DHCP from being asked.
 */
export const slirpAddresses = (
  plan: ServiceSpec['ipv4'],
): { readonly dns: string; readonly dhcpStart: string } => {
  const { first, last } = toSubnet(plan.subnet);
  const gateway = toNumber(plan.gateway);
  const from = plan.dhcp ? toNumber(plan.dhcp.first) : last - slirpLeases;
  const to = plan.dhcp ? toNumber(plan.dhcp.last) : last - 1;
  const isFree = (address: number): boolean =>
    address > first && address < last && address !== gateway && (address < from || address > to);
  const candidates = [first + 3, first + 2, last - 1];
  for (let address = first + 1; address < last && candidates.length < 600; address += 1)
    candidates.push(address);
  const dns = candidates.find(isFree) ?? (from === gateway + 1 ? to : gateway + 1);
  return { dns: toAddress(dns), dhcpStart: toAddress(from) };
};

/** `fd12:3456:789a:1::/64` and 1 become `fd12:3456:789a:1::1`. */
export const addressInPrefix = (prefix: string, host: number): string => {
  const [network = ''] = prefix.split('/');
  const [head = '', rest] = network.split('::');
  const groups = head.split(':').filter((group) => group !== '');
  const behind = (rest ?? '').split(':').filter((group) => group !== '');
  const filled =
    rest === undefined
      ? groups
      : [...groups, ...Array<string>(8 - groups.length - behind.length).fill('0'), ...behind];
  // A /64: the host's part is the last four groups.
  return `${filled.slice(0, 4).join(':')}::${host.toString(16)}`;
};

/** The address made of a MAC by stateless configuration (EUI-64) in a /64. */
export const eui64Address = (prefix: string, mac: string): string => {
  const bytes = mac.split(':').map((part) => Number.parseInt(part, 16));
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = bytes;
  const word = (high: number, low: number): string => ((high << 8) | low).toString(16);
  const host = [word(a ^ 2, b), word(c, 0xff), word(0xfe, d), word(e, f)];
  return `${addressInPrefix(prefix, 0).replace(/::0$/, '')}:${host.join(':')}`;
};

/** The same after every new start, since machines remember it. Locally administered, never one of a machine's. */
export const gatewayMac = (id: NetworkId): string =>
  ['02', ...(createHash('sha256').update(id).digest('hex').slice(0, 10).match(/../g) ?? [])].join(
    ':',
  );
