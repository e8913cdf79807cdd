// Judges the address plan of a network and its reservations. Pure.
import { failure } from '../../shared/contract/errors.ts';
import { format } from '../../shared/i18n/format.ts';
import type { MessageKey } from '../../shared/i18n/catalog.en.ts';
import {
  contains,
  formatPrefix,
  hasHostBits,
  isUsableIpv4,
  overlaps,
  parseIpv4,
  parsePrefix,
  type Prefix,
} from './addresses.ts';
import { problem, type NetworkDraft, type Problem } from './problem.ts';

const special = ['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/3'].flatMap(
  (text) => parsePrefix(text) ?? [],
);
const private6 = [parsePrefix('fc00::/7'), parsePrefix('2000::/3')].flatMap((each) => each ?? []);

const badSubnet = (
  field: string,
  subnet: string,
  key: MessageKey,
  params?: Record<string, string>,
): Problem =>
  problem(field, failure('network/bad-subnet', { subnet, reason: format(key, params) }));

const subnetProblem = (subnet: string): Problem | undefined => {
  const field = 'ipv4.subnet';
  const prefix = parsePrefix(subnet);
  if (prefix?.family !== 4) return badSubnet(field, subnet, 'network.reason.tooSmall');
  if (hasHostBits(subnet)) {
    const example = formatPrefix(prefix);
    return badSubnet(field, subnet, 'network.reason.hostBits', { example });
  }
  if (prefix.length < 8 || prefix.length > 29) {
    return badSubnet(field, subnet, 'network.reason.tooSmall');
  }
  return special.some((each) => overlaps(each, prefix))
    ? badSubnet(field, subnet, 'network.reason.notPrivate')
    : undefined;
};

const prefix6Problem = (text: string): Problem | undefined => {
  const prefix = parsePrefix(text);
  if (prefix?.family !== 6 || prefix.length !== 64) {
    return badSubnet('ipv6.prefix', text, 'network.reason.prefix6');
  }
  if (hasHostBits(text)) {
    const example = formatPrefix(prefix);
    return badSubnet('ipv6.prefix', text, 'network.reason.hostBits', { example });
  }
  return private6.some((each) => contains(each, prefix.address))
    ? undefined
    : badSubnet('ipv6.prefix', text, 'network.reason.notPrivate');
};

const dhcpProblem = ({ ipv4 }: NetworkDraft, prefix: Prefix): Problem | undefined => {
  if (!ipv4?.dhcp) return undefined;
  const { first, last } = ipv4.dhcp;
  const from = parseIpv4(first);
  const to = parseIpv4(last);
  const isGood =
    from !== undefined &&
    to !== undefined &&
    from <= to &&
    isUsableIpv4(prefix, from) &&
    isUsableIpv4(prefix, to);
  const params = { first, last, subnet: formatPrefix(prefix) };
  return isGood ? undefined : problem('ipv4.dhcp', failure('network/bad-range', params));
};

/** Subnet, gateway, DHCP range and IPv6 prefix, each by itself. */
export const addressPlanProblem = (draft: NetworkDraft): Problem | undefined => {
  const { ipv4, ipv6, kind } = draft;
  if (!ipv4) {
    if (kind !== 'natNetwork' && kind !== 'hostOnly') return undefined;
    return badSubnet('ipv4.subnet', draft.name, 'network.reason.missing');
  }
  const wrong = subnetProblem(ipv4.subnet);
  if (wrong) return wrong;
  const prefix = parsePrefix(ipv4.subnet);
  const gateway = parseIpv4(ipv4.gateway);
  if (!prefix || gateway === undefined || !isUsableIpv4(prefix, gateway)) {
    const params = { gateway: ipv4.gateway, subnet: ipv4.subnet };
    return problem('ipv4.gateway', failure('network/bad-gateway', params));
  }
  // No hypervisor and no bridge of ours runs a server there.
  if (ipv4.dhcp && kind !== 'natNetwork') {
    return problem('ipv4.dhcp', failure('network/no-dhcp', { name: draft.name }));
  }
  return dhcpProblem(draft, prefix) ?? (ipv6 ? prefix6Problem(ipv6.prefix) : undefined);
};

const label = /^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;

export const reservationProblem = ({
  name: network,
  kind,
  ipv4,
  reservations,
}: NetworkDraft): Problem | undefined => {
  if (reservations.length > 0 && kind !== 'natNetwork') {
    return problem('reservations.0', failure('network/no-dhcp', { name: network }));
  }
  const prefix = ipv4 ? parsePrefix(ipv4.subnet) : undefined;
  const macs = new Set<string>();
  const addresses = new Set<string>();
  const names = new Set<string>();
  for (const [index, { mac, address, name }] of reservations.entries()) {
    const wrong = (key: MessageKey, params?: Record<string, string>): Problem =>
      problem(
        `reservations.${index}`,
        failure('network/bad-reservation', { mac, address, reason: format(key, params) }),
      );
    const value = parseIpv4(address);
    if (!prefix || value === undefined || !isUsableIpv4(prefix, value)) {
      return wrong('network.reason.reservationOutside', { subnet: ipv4?.subnet ?? '-' });
    }
    if (value === parseIpv4(ipv4?.gateway ?? '')) return wrong('network.reason.reservationGateway');
    if (macs.has(mac)) return wrong('network.reason.macTwice');
    if (addresses.has(address)) return wrong('network.reason.reservationTwice');
    if (name !== undefined && !label.test(name)) return wrong('network.reason.label');
    if (name !== undefined && names.has(name.toLowerCase())) {
      return wrong('network.reason.nameTwice');
    }
    macs.add(mac);
    addresses.add(address);
    if (name !== undefined) names.add(name.toLowerCase());
  }
  return undefined;
};
