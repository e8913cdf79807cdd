// Judges a network before it is stored: the first problem with the field it is in. Pure; facts are handed in.
import { failure, type AppFailure } from '../../shared/contract/errors.ts';
import { format } from '../../shared/i18n/format.ts';
import type { MessageKey } from '../../shared/i18n/catalog.en.ts';
import type { HostInterface, Network, NetworkId } from '../../shared/model/networks.ts';
import type { VmDefinition } from '../../shared/model/vm.ts';
import { formatPrefix, overlaps, parsePrefix, type Prefix } from './addresses.ts';
import type { UsedSubnet } from './host-addresses.ts';
import { bridgeName } from './names.ts';
import { problem, type NetworkDraft, type Problem } from './problem.ts';
import { addressPlanProblem, reservationProblem } from './validate-addresses.ts';
import { isVlanTag } from './vlan-text.ts';
import { forwardProblem, type ListenerFacts } from './validate-forwards.ts';

export interface NetworkFacts extends ListenerFacts {
  /** All that are stored. */
  readonly networks: readonly Network[];
  readonly machines: readonly VmDefinition[];
  /** Ranges that are in use outside of our networks. */
  readonly used: readonly UsedSubnet[];
  readonly interfaces: readonly HostInterface[];
  /** All interfaces, also ours. */
  readonly interfaceNames: ReadonlySet<string>;
  /** Bridges that we made. */
  readonly ownBridges: ReadonlySet<string>;
}

const say = (key: MessageKey, params?: Record<string, string | number>): string =>
  format(key, params);

const nameIssue = (name: string, others: readonly Network[]): AppFailure | undefined => {
  const folded = (text: string): string => text.normalize('NFC').trim().toLocaleLowerCase('en');
  if (/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u.test(name)) {
    return failure('network/bad-name', { name, reason: say('network.reason.control') });
  }
  if (others.some((other) => folded(other.name) === folded(name))) {
    return failure('network/name-taken', { name });
  }
  return undefined;
};

/** What a range overlaps with, in words. */
const overlapWith = (
  prefix: Prefix,
  others: readonly Network[],
  used: readonly UsedSubnet[],
): string | undefined => {
  for (const other of others) {
    for (const text of [other.ipv4?.subnet, other.ipv6?.prefix]) {
      const taken = text === undefined ? undefined : parsePrefix(text);
      if (taken && overlaps(taken, prefix)) {
        return say('network.used.network', { name: other.name });
      }
    }
  }
  const found = used.find((each) => overlaps(each.prefix, prefix));
  return found ? say(`network.used.${found.by}`, { name: found.name }) : undefined;
};

const overlapProblem = (
  draft: NetworkDraft,
  former: Network | undefined,
  others: readonly Network[],
  facts: NetworkFacts,
): Problem | undefined => {
  const ranges = [
    ['ipv4.subnet', draft.ipv4?.subnet, former?.ipv4?.subnet],
    ['ipv6.prefix', draft.ipv6?.prefix, former?.ipv6?.prefix],
  ] as const;
  for (const [field, subnet, before] of ranges) {
    const prefix = subnet === undefined ? undefined : parsePrefix(subnet);
    // What was good when it was made stays editable, wherever this computer is now.
    if (!prefix || subnet === before) continue;
    const other = overlapWith(prefix, others, facts.used);
    if (other !== undefined) {
      const params = { subnet: formatPrefix(prefix), other };
      return problem(field, failure('network/subnet-overlaps', params));
    }
  }
  return undefined;
};

const uplinkProblem = (
  draft: NetworkDraft,
  former: Network | undefined,
  { interfaces }: NetworkFacts,
): Problem | undefined => {
  if (draft.kind !== 'bridged') return undefined;
  const { uplink } = draft;
  if (uplink === undefined) {
    const reason = say('network.reason.noUplink');
    return problem('uplink', failure('network/bad-name', { name: draft.name, reason }));
  }
  if (!/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,14}$/.test(uplink)) {
    const reason = say('network.reason.interfaceName');
    return problem('uplink', failure('network/bad-name', { name: uplink, reason }));
  }
  if (uplink === former?.uplink) return undefined;
  const found = interfaces.find(({ name }) => name === uplink);
  if (!found) return problem('uplink', failure('network/uplink-gone', { uplink }));
  if (!found.refusal) return undefined;
  const reason = say(found.refusal.key, found.refusal.params);
  return problem('uplink', failure('network/uplink-refused', { uplink, reason }));
};

const bridgeProblem = (
  draft: NetworkDraft,
  id: NetworkId,
  former: Network | undefined,
  others: readonly Network[],
  facts: NetworkFacts,
): Problem | undefined => {
  if ((draft.kind !== 'bridged' && draft.kind !== 'hostOnly') || former) return undefined;
  const bridge = bridgeName(id);
  const isForeign = facts.interfaceNames.has(bridge) && !facts.ownBridges.has(bridge);
  const isDouble = others.some((other) => bridgeName(other.id) === bridge);
  return isForeign || isDouble
    ? problem('name', failure('network/bridge-clash', { bridge }))
    : undefined;
};

const label = /^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;
const isDnsName = (name: string): boolean => name.split('.').every((part) => label.test(part));

const dnsProblem = ({ dnsNames }: NetworkDraft): Problem | undefined => {
  const seen = new Set<string>();
  for (const [index, { name }] of dnsNames.entries()) {
    const field = `dnsNames.${index}`;
    const wrong = (key: MessageKey): Problem =>
      problem(field, failure('network/bad-name', { name, reason: say(key) }));
    if (!isDnsName(name)) return wrong('network.reason.label');
    if (seen.has(name.toLowerCase())) return wrong('network.reason.nameTwice');
    seen.add(name.toLowerCase());
  }
  return undefined;
};

const vlanNamesProblem = ({ vlans }: NetworkDraft): Problem | undefined => {
  const seen = new Set<number>();
  for (const [index, { tag, name }] of vlans.entries()) {
    const field = `vlans.${index}`;
    if (!isVlanTag(tag)) return problem(field, failure('network/bad-vlan', { tag: `${tag}` }));
    if (seen.has(tag)) {
      const reason = say('network.reason.vlanTwice');
      return problem(
        field,
        failure('network/bad-name', { name: name === '' ? `${tag}` : name, reason }),
      );
    }
    seen.add(tag);
  }
  return undefined;
};

const bootProblem = ({ networkBoot }: NetworkDraft): Problem | undefined => {
  if (!networkBoot) return undefined;
  const { folder, file } = networkBoot;
  const isBelow = !file.startsWith('/') && !file.split('/').includes('..');
  if (folder.startsWith('/') && isBelow) return undefined;
  const reason = say('network.reason.bootFile');
  return problem('networkBoot', failure('network/bad-name', { name: file, reason }));
};

/** The first problem of a network; `id`: the one it has or will get. */
export const networkProblem = (
  draft: NetworkDraft,
  id: NetworkId,
  facts: NetworkFacts,
): Problem | undefined => {
  const former = facts.networks.find((network) => network.id === id);
  const others = facts.networks.filter((network) => network.id !== id);
  const badName = nameIssue(draft.name, others);
  return (
    (badName && problem('name', badName)) ??
    addressPlanProblem(draft) ??
    overlapProblem(draft, former, others, facts) ??
    uplinkProblem(draft, former, facts) ??
    bridgeProblem(draft, id, former, others, facts) ??
    reservationProblem(draft) ??
    dnsProblem(draft) ??
    vlanNamesProblem(draft) ??
    forwardProblem(draft, id, former, facts) ??
    bootProblem(draft)
  );
};
