// Plans for host-only and bridged networks: a Linux bridge and taps made with an authorisation. Pure.
import type { NetworkPlan, PlanStep, PrivilegedRequest } from '../../shared/model/network-plan.ts';
import type { VmId } from '../../shared/model/brand.ts';
import type { Vlan } from '../../shared/model/network.ts';
import type { Network } from '../../shared/model/networks.ts';
import { text, type Text } from '../../shared/model/text.ts';
import { bridgeName, tapName } from './names.ts';
import { planned, plugOf, refused, type PlanHost, type SharedInput } from './plan-parts.ts';
import { vlanText } from './vlan-text.ts';

/** The uplink goes back by itself after it unless the person keeps it. */
const rollbackSeconds = 60;

const privileged = (
  request: PrivilegedRequest,
  undo: PrivilegedRequest | undefined,
  command: readonly string[],
  sentence: Text,
): PlanStep => ({
  kind: 'privileged',
  privilege: 'authorisation',
  request,
  ...(undo ? { undo } : {}),
  command,
  text: sentence,
});

/** `10.20.0.1/24`: this computer's address in a host-only network. */
const hostAddress = ({ kind, ipv4 }: Network): string | undefined =>
  kind === 'hostOnly' && ipv4 ? `${ipv4.gateway}/${ipv4.subnet.split('/')[1] ?? ''}` : undefined;

const createBridge = (network: Network): PlanStep => {
  const bridge = bridgeName(network.id);
  const address = hostAddress(network);
  const argv = ['ip', 'link', 'add', 'name', bridge, 'type', 'bridge'];
  return privileged(
    { verb: 'bridge.create', bridge, ...(address === undefined ? {} : { address }) },
    { verb: 'bridge.remove', bridge },
    [...argv, 'vlan_filtering', '1', 'vlan_default_pvid', '0'],
    address === undefined
      ? text('network.step.bridgeCreate', { bridge })
      : text('network.step.bridgeCreateWithAddress', { bridge, address }),
  );
};

const attachUplink = (bridge: string, uplink: string): PlanStep =>
  privileged(
    { verb: 'uplink.attach', bridge, uplink, rollbackSeconds },
    { verb: 'uplink.detach', bridge, uplink },
    ['ip', 'link', 'set', 'dev', uplink, 'master', bridge],
    text('network.step.uplinkAttach', { uplink, bridge }),
  );

const createTap = (tap: string, bridge: string): PlanStep =>
  privileged(
    { verb: 'tap.create', tap, bridge },
    { verb: 'tap.remove', tap },
    ['ip', 'tuntap', 'add', 'dev', tap, 'mode', 'tap', 'user', '$USER', 'vnet_hdr'],
    text('network.step.tapCreate', { tap, bridge }),
  );

/** The NIC was in another network before. */
const removeTap = (tap: string, bridge: string | undefined): PlanStep =>
  privileged(
    { verb: 'tap.remove', tap },
    bridge === undefined ? undefined : { verb: 'tap.create', tap, bridge },
    ['ip', 'link', 'delete', 'dev', tap],
    text('network.step.tapRemove', { tap }),
  );

/** `former`: what undoing gives back. */
export const setPortVlans = (port: string, vlan: Vlan | undefined, former?: Vlan): PlanStep =>
  privileged(
    { verb: 'port.vlans', port, ...(vlan ? { vlan } : {}) },
    { verb: 'port.vlans', port, ...(former ? { vlan: former } : {}) },
    ['bridge', 'vlan', 'add', 'dev', port, 'vid', vlan ? vidsOf(vlan) : '1', ...suffix(vlan)],
    vlan
      ? text('network.step.portVlans', { port, vlan: vlanText(vlan) })
      : text('network.step.portUntagged', { port }),
  );
const vidsOf = (vlan: Vlan): string =>
  vlan.mode === 'access' ? `${vlan.tag}` : vlan.tags.join(',');
const suffix = (vlan: Vlan | undefined): readonly string[] =>
  vlan?.mode === 'trunk' ? [] : ['pvid', 'untagged'];

/** The card that still has to be put into the bridge. */
const missingUplink = ({ kind, id, uplink }: Network, host: PlanHost): string | undefined => {
  if (kind !== 'bridged') return undefined;
  const bridge = bridgeName(id);
  const card = host.interfaces.find(({ name }) => name === uplink);
  return host.ownBridges.has(bridge) && card?.bridge === bridge ? undefined : (uplink ?? '');
};

/** Why the bridge cannot be made or its uplink not moved; undefined: it can. */
const obstacle = (network: Network, host: PlanHost): NetworkPlan | undefined => {
  const bridge = bridgeName(network.id);
  if (!host.ownBridges.has(bridge)) {
    if (host.interfaceNames.has(bridge)) return refused('network.refused.bridgeClash', { bridge });
    if (network.kind === 'hostOnly' && !network.ipv4) {
      return refused('network.refused.noAddresses', { network: network.name });
    }
  }
  const uplink = missingUplink(network, host);
  if (uplink === undefined) return undefined;
  const card = host.interfaces.find(({ name }) => name === uplink);
  if (!card) return refused('network.refused.uplinkGone', { uplink });
  if (!card.refusal) return undefined;
  return {
    kind: 'refused',
    reason: card.refusal,
    alternative: text('network.refused.uplink.alternative'),
  };
};

const bridgeMade = (network: Network, host: PlanHost): readonly PlanStep[] => {
  const bridge = bridgeName(network.id);
  const uplink = missingUplink(network, host);
  return [
    ...(host.ownBridges.has(bridge) ? [] : [createBridge(network)]),
    ...(uplink === undefined ? [] : [attachUplink(bridge, uplink)]),
  ];
};

/** Whether the bridge of the network is there, its uplink in it. */
export const isSetUp = (network: Network, host: PlanHost): boolean =>
  host.ownBridges.has(bridgeName(network.id)) && missingUplink(network, host) === undefined;

const sameVlan = (a: Vlan | undefined, b: Vlan | undefined): boolean =>
  JSON.stringify(a) === JSON.stringify(b);

export interface TapWish {
  readonly vm: VmId;
  readonly nic: string;
  readonly vlan: Vlan | undefined;
}

/** Steps until the tap is there with its VLANs; none when it is. */
const tapMade = (wish: TapWish, bridge: string, host: PlanHost): readonly PlanStep[] => {
  const tap = tapName(wish.vm, wish.nic);
  const present = host.taps.get(tap);
  const isInPlace = present?.bridge === bridge;
  const former = isInPlace ? present.vlan : undefined;
  return [
    ...(present && !isInPlace ? [removeTap(tap, present.bridge)] : []),
    ...(isInPlace ? [] : [createTap(tap, bridge)]),
    ...(sameVlan(former, wish.vlan) ? [] : [setPortVlans(tap, wish.vlan, former)]),
  ];
};

/** A bridge, its uplink and the taps of the NICs attached to it: one authorisation for all. */
export const planBridge = (
  network: Network,
  wishes: readonly TapWish[],
  host: PlanHost,
): NetworkPlan => {
  const bridge = bridgeName(network.id);
  const refusal = obstacle(network, host);
  if (refusal) return refusal;
  const steps = [
    ...bridgeMade(network, host),
    ...wishes.flatMap((wish) => tapMade(wish, bridge, host)),
  ];
  if (steps.length > 0 && !host.hasHelper) return refused('network.refused.noHelper', {});
  return planned(steps);
};

export const bridgeSteps = (
  network: Network,
  vlan: Vlan | undefined,
  { vm, nic, backend, host }: SharedInput,
): NetworkPlan => {
  if (!plugOf(backend, ['tap'])) return refused('network.refused.noTap', { engine: backend.title });
  const set = planBridge(network, [{ vm, nic: nic.id, vlan }], host);
  if (set.kind === 'refused') return set;
  const bridge = bridgeName(network.id);
  const tap = tapName(vm, nic.id);
  const open: PlanStep = {
    kind: 'openTap',
    privilege: 'none',
    tap,
    text: text('network.step.openTap', { tap, bridge }),
  };
  const limits = nic.bandwidthKbps === undefined ? [] : [text('network.limit.tapBandwidth')];
  return planned([...set.steps, open], limits);
};
