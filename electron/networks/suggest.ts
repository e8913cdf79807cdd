// A sensible new network of a kind: a free name, a range nobody uses, a card that can be an uplink. Pure.
import { format } from '../../shared/i18n/format.ts';
import type { NetworkKind } from '../../shared/model/networks.ts';
import {
  formatIpv4,
  formatPrefix,
  overlaps,
  parsePrefix,
  prefixOf,
  type Prefix,
} from './addresses.ts';
import type { NetworkDraft } from './problem.ts';
import type { NetworkFacts } from './validate.ts';

const names = {
  natNetwork: 'network.suggest.natNetwork',
  internal: 'network.suggest.internal',
  hostOnly: 'network.suggest.hostOnly',
  bridged: 'network.suggest.bridged',
} as const;

type Facts = Pick<NetworkFacts, 'networks' | 'used' | 'interfaces'>;

/** /24 ranges inside of a /16, from the given one on. */
const candidates = function* (base: bigint, from: number): Generator<Prefix> {
  for (let index = 0; index < 256; index += 1) {
    yield prefixOf(4, base | (BigInt((from + index) % 256) << 8n), 24);
  }
};

const freeRange = (kind: NetworkKind, { networks, used }: Facts): Prefix => {
  const taken = [
    ...used.map(({ prefix }) => prefix),
    ...networks.flatMap(({ ipv4 }) => (ipv4 ? (parsePrefix(ipv4.subnet) ?? []) : [])),
  ];
  const isFree = (prefix: Prefix): boolean => !taken.some((each) => overlaps(each, prefix));
  // VirtualBox allows host-only networks in 192.168.56.0/21 without a word of the administrator.
  const places =
    kind === 'hostOnly'
      ? [[0xc0a80000n, 56] as const, [0x0a380000n, 0] as const]
      : [[0x0a140000n, 0] as const, [0x0a150000n, 0] as const, [0xac1f0000n, 0] as const];
  for (const [base, from] of places) {
    for (const prefix of candidates(base, from)) if (isFree(prefix)) return prefix;
  }
  return prefixOf(4, 0x0a140000n, 24);
};

export const suggestNetwork = (kind: NetworkKind, facts: Facts): NetworkDraft => {
  const isNameTaken = (name: string): boolean =>
    facts.networks.some((network) => network.name.toLowerCase() === name.toLowerCase());
  let number = 1;
  while (isNameTaken(format(names[kind], { number }))) number += 1;
  const base: NetworkDraft = {
    name: format(names[kind], { number }),
    kind,
    isEnabled: true,
    reservations: [],
    dnsNames: [],
    forwards: [],
    vlans: [],
    mayReachHost: false,
  };
  if (kind === 'bridged') {
    const possible = facts.interfaces.filter(({ refusal }) => !refusal);
    const uplink = possible.find(({ hasCarrier }) => hasCarrier) ?? possible[0];
    return uplink ? { ...base, uplink: uplink.name } : base;
  }
  if (kind === 'internal') return base;
  const range = freeRange(kind, facts);
  const at = (offset: number): string => formatIpv4(range.address + BigInt(offset));
  return {
    ...base,
    ipv4: {
      subnet: formatPrefix(range),
      gateway: at(1),
      ...(kind === 'natNetwork' ? { dhcp: { first: at(100), last: at(199) } } : {}),
    },
  };
};
