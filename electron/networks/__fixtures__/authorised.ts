// Plans of NICs on bridges of a host, for specs of what the compatibility table says: with one cabled and one Wi-Fi card.
import type { NetworkPlan } from '../../../shared/model/network-plan.ts';
import { vlanOf, type NicAttachment } from '../../../shared/model/network.ts';
import { toNetworkId } from '../../../shared/model/networks.ts';
import { bridgeName, tapName } from '../names.ts';
import type { NetworkingRow, PlanHost } from '../plan-parts.ts';
import { planNic } from '../plan.ts';
import { uplinkRefusal } from '../uplinks.ts';
import { card, natNetwork, nic, plainNetwork, vmId } from './networks.ts';

const uplinks = ['eth0', 'wlan0'] as const;
const refusal = uplinkRefusal(
  {
    name: 'wlan0',
    kind: 'wifi',
    devType: 'wlan',
    isTap: false,
    master: undefined,
    isOpenVSwitch: false,
    manager: 'none',
  },
  { networkManager: true },
);
const bare: PlanHost = {
  service: { way: 'namespace' },
  interfaces: [card('eth0'), card('wlan0', { kind: 'wifi', ...(refusal ? { refusal } : {}) })],
  interfaceNames: new Set(['lo', ...uplinks]),
  ownBridges: new Set(),
  taps: new Map(),
  hasHelper: true,
};

/** The host-only network `private`, and a bridged one per card, called as it. */
export const planOnBridge = (
  networking: NetworkingRow,
  attachment: NicAttachment,
  host: Partial<PlanHost> = {},
): NetworkPlan =>
  planNic({
    vm: vmId(1),
    nic: nic(attachment),
    networks: [
      natNetwork({ id: toNetworkId('private'), kind: 'hostOnly' }),
      ...uplinks.map((uplink) => plainNetwork('bridged', { id: toNetworkId(uplink), uplink })),
    ],
    backend: { title: 'The hypervisor', networking },
    host: { ...bare, ...host },
  });

const stepsOf = (plan: NetworkPlan): readonly string[] =>
  plan.kind === 'plan'
    ? plan.steps.map((step) => (step.kind === 'privileged' ? step.request.verb : step.kind))
    : ['refused'];

/** Steps on a host where nothing is set up, where all of it is, and where the helper is not installed. */
export const bridgeSteps = (
  networking: NetworkingRow,
  attachment: NicAttachment,
): Readonly<Record<'before' | 'after' | 'withoutHelper', readonly string[]>> => {
  const network = attachment.kind === 'bridged' ? attachment.uplink : 'private';
  const bridge = bridgeName(toNetworkId(network));
  const vlan = vlanOf(attachment);
  const tap = [tapName(vmId(1), 'nic0'), { bridge, ...(vlan ? { vlan } : {}) }] as const;
  return {
    before: stepsOf(planOnBridge(networking, attachment)),
    after: stepsOf(
      planOnBridge(networking, attachment, {
        ownBridges: new Set([bridge]),
        taps: new Map([tap]),
        interfaces: [card('eth0', { bridge })],
      }),
    ),
    withoutHelper: stepsOf(planOnBridge(networking, attachment, { hasHelper: false })),
  };
};

/** Attachments of the rows that an authorisation brings. */
export const authorisedRows: Readonly<Record<string, NicAttachment>> = {
  'net.host-only': { kind: 'hostOnly', network: 'private' },
  'net.bridged': { kind: 'bridged', uplink: 'eth0' },
  'net.vlan-access': { kind: 'bridged', uplink: 'eth0', vlan: { mode: 'access', tag: 10 } },
  'net.vlan-trunk': {
    kind: 'bridged',
    uplink: 'eth0',
    vlan: { mode: 'trunk', tags: [10, 20], native: 30 },
  },
  'net.tap': { kind: 'hostOnly', network: 'private' },
  // A port of a Linux bridge takes any address.
  'net.promiscuous': { kind: 'bridged', uplink: 'eth0' },
};
