import { describe, expect, it } from 'vitest';
import { failure } from '../../shared/contract/errors.ts';
import { formatText } from '../../shared/i18n/format.ts';
import { toEngineId } from '../../shared/model/brand.ts';
import { networkPlanSchema, type NetworkPlan } from '../../shared/model/network-plan.ts';
import type { NicAttachment } from '../../shared/model/network.ts';
import { toNetworkId, type Network } from '../../shared/model/networks.ts';
import { text } from '../../shared/model/text.ts';
import { card, natNetwork, nic, plainNetwork, vmId } from './__fixtures__/networks.ts';
import { tapName } from './names.ts';
import { planBridge } from './plan-bridge.ts';
import type { PlanBackend, PlanHost } from './plan-parts.ts';
import { planNic } from './plan.ts';

const engine = toEngineId('one');
const backends: Readonly<Record<'streams' | 'datagrams' | 'native' | 'old', PlanBackend>> = {
  streams: {
    title: 'Streams',
    networking: { engine, native: ['nat'], plugs: ['stream', 'tap', 'passt'] },
  },
  datagrams: {
    title: 'Datagrams',
    networking: { engine, native: ['nat'], plugs: ['datagram', 'tap'], canCloseLoopback: true },
  },
  native: {
    title: 'Native',
    networking: {
      engine,
      native: ['nat', 'natNetwork', 'internal', 'hostOnly', 'bridged'],
      plugs: ['datagram', 'tap'],
      canCloseLoopback: true,
    },
  },
  old: { title: 'Old', networking: undefined },
};
const tap = tapName(vmId(1), 'nic0');

const host: PlanHost = {
  service: { way: 'namespace' },
  interfaces: [
    card('eth0'),
    card('wlp2s0', { kind: 'wifi', refusal: text('network.refused.wifi', { uplink: 'wlp2s0' }) }),
  ],
  interfaceNames: new Set(['lo', 'eth0', 'wlp2s0']),
  ownBridges: new Set(),
  taps: new Map(),
  hasHelper: true,
};
const denied: PlanHost = {
  ...host,
  hasHelper: false,
  service: {
    way: 'gateway',
    because: failure('network/namespace-denied', { reason: 'AppArmor forbids it.' }).error,
  },
};
const setUp: PlanHost = {
  ...host,
  interfaces: [card('eth0', { bridge: 'pvb-office' })],
  interfaceNames: new Set(['lo', 'eth0', 'pvb-office', 'pvb-private', tap]),
  ownBridges: new Set(['pvb-office', 'pvb-private']),
  taps: new Map([[tap, { bridge: 'pvb-office' }]]),
};
const hosts = { host, denied, setUp };

const networks: readonly Network[] = [
  natNetwork(),
  plainNetwork('internal', { id: toNetworkId('inside'), name: 'Inside' }),
  natNetwork({
    id: toNetworkId('private'),
    name: 'Private',
    kind: 'hostOnly',
    ipv4: { subnet: '192.168.60.0/24', gateway: '192.168.60.1' },
  }),
  plainNetwork('bridged', { id: toNetworkId('office'), name: 'Office', uplink: 'eth0' }),
  plainNetwork('internal', { id: toNetworkId('off'), name: 'Off', isEnabled: false }),
];
const access = { mode: 'access', tag: 10 } as const;
const nat: NicAttachment = { kind: 'nat', ipv6: false, forwards: [] };
const at = {
  nat,
  natPasst: { ...nat, stack: 'passt' },
  natOpen: { ...nat, mayReachHost: true },
  none: { kind: 'none' },
  lab: { kind: 'natNetwork', network: 'lab' },
  labVlan: { kind: 'natNetwork', network: 'lab', vlan: access },
  inside: { kind: 'internal', network: 'inside' },
  insideTrunk: {
    kind: 'internal',
    network: 'inside',
    vlan: { mode: 'trunk', tags: [10, 11, 12, 20] },
  },
  hostOnly: { kind: 'hostOnly', network: 'private' },
  office: { kind: 'bridged', uplink: 'eth0' },
  officeVlan: { kind: 'bridged', uplink: 'eth0', vlan: access },
  wifi: { kind: 'bridged', uplink: 'wlp2s0' },
  gone: { kind: 'bridged', uplink: 'eth7' },
  unknown: { kind: 'natNetwork', network: 'nowhere' },
  wrongKind: { kind: 'internal', network: 'lab' },
  off: { kind: 'internal', network: 'off' },
} satisfies Record<string, NicAttachment>;

const plan = (
  attachment: NicAttachment,
  backend: PlanBackend,
  where: PlanHost,
  bandwidthKbps?: number,
): NetworkPlan =>
  planNic({
    vm: vmId(1),
    nic: nic(attachment, bandwidthKbps === undefined ? {} : { bandwidthKbps }),
    networks,
    backend,
    host: where,
  });

/** `switch service:namespace port:stream | limit`, or `refused: key`. */
const brief = (made: NetworkPlan): string => {
  if (made.kind === 'refused')
    return `refused: ${made.reason.key.slice('network.refused.'.length)}`;
  const steps = made.steps.map((step) => {
    switch (step.kind) {
      case 'native':
        return `native:${step.attachment}`;
      case 'service':
        return `service:${step.way}`;
      case 'port':
        return `port:${step.plug}${step.vlan ? `:${step.vlan.mode}` : ''}`;
      case 'privileged':
        return step.request.verb;
      default:
        return step.kind;
    }
  });
  const limits = made.limits.map(({ key }) => key.slice('network.limit.'.length));
  return [steps.join(' '), ...limits].join(' | ');
};

const rows: readonly (readonly [
  keyof typeof at,
  keyof typeof backends,
  keyof typeof hosts,
  string,
])[] = [
  ['nat', 'streams', 'host', 'native:nat | hostReach'],
  ['natOpen', 'streams', 'host', 'native:nat'],
  ['nat', 'datagrams', 'denied', 'native:nat'],
  ['nat', 'native', 'host', 'native:nat'],
  ['nat', 'old', 'host', 'native:nat | hostReach'],
  ['natPasst', 'streams', 'host', 'passt'],
  ['natPasst', 'datagrams', 'host', 'native:nat | passtNot'],
  ['none', 'old', 'denied', 'native:none'],
  ['lab', 'streams', 'host', 'switch service:namespace port:stream'],
  ['lab', 'streams', 'denied', 'switch service:gateway port:stream | gatewayNames'],
  ['lab', 'datagrams', 'host', 'switch service:namespace port:datagram | datagram'],
  ['lab', 'native', 'host', 'native:natNetwork | nativeAlone | hostReach'],
  ['lab', 'old', 'host', 'refused: noPlug'],
  ['labVlan', 'streams', 'host', 'switch service:namespace port:stream:access | vlanApart'],
  ['labVlan', 'native', 'host', 'refused: nativeVlan'],
  ['inside', 'streams', 'denied', 'switch port:stream'],
  ['inside', 'native', 'host', 'native:internal | nativeAlone'],
  ['insideTrunk', 'datagrams', 'host', 'switch port:datagram:trunk | datagram'],
  ['hostOnly', 'streams', 'host', 'bridge.create tap.create openTap'],
  ['hostOnly', 'streams', 'denied', 'refused: noHelper'],
  ['hostOnly', 'native', 'host', 'native:hostOnly | nativeAlone'],
  ['hostOnly', 'old', 'host', 'refused: noTap'],
  // The tap of this NIC is in the office's bridge.
  ['hostOnly', 'streams', 'setUp', 'tap.remove tap.create openTap'],
  ['office', 'streams', 'host', 'bridge.create uplink.attach tap.create openTap'],
  ['office', 'datagrams', 'setUp', 'openTap'],
  ['office', 'native', 'host', 'native:bridged'],
  ['officeVlan', 'native', 'host', 'bridge.create uplink.attach tap.create port.vlans openTap'],
  ['officeVlan', 'streams', 'setUp', 'port.vlans openTap'],
  ['office', 'streams', 'denied', 'refused: noHelper'],
  ['office', 'old', 'host', 'refused: noTap'],
  ['wifi', 'streams', 'host', 'refused: wifi'],
  ['gone', 'streams', 'host', 'refused: uplinkGone'],
  ['unknown', 'streams', 'host', 'refused: unknown'],
  ['unknown', 'native', 'host', 'native:natNetwork | nativeAlone | hostReach'],
  ['wrongKind', 'streams', 'host', 'refused: kind'],
  ['off', 'streams', 'host', 'refused: disabled'],
];

describe('what plugging a NIC in takes', () => {
  it.each(rows)('%s on %s, %s: %s', (attachment, backend, where, expected) => {
    const made = plan(at[attachment], backends[backend], hosts[where]);
    expect(brief(made)).toBe(expected);
    // Every plan is data of the contract, and every sentence of it can be read.
    expect(networkPlanSchema.safeParse(made).error).toBeUndefined();
    const sentences =
      made.kind === 'plan'
        ? [...made.steps.map((step) => step.text), ...made.limits]
        : [made.reason, made.alternative].flatMap((each) => each ?? []);
    for (const sentence of sentences) expect(formatText(sentence)).toMatch(/^\S.*[.]$/);
    if (made.kind === 'refused') expect(made.alternative).toBeDefined();
  });

  it('says VLANs in words', () => {
    const made = plan(at.insideTrunk, backends.streams, host);
    const port = made.kind === 'plan' ? made.steps.at(-1) : undefined;
    expect(port && formatText(port.text)).toContain('VLANs 10-12, 20, tagged');
  });

  it('tells where a bandwidth limit is not kept', () => {
    expect(brief(plan(at.lab, backends.streams, host, 1000))).toBe(
      'switch service:namespace port:stream',
    );
    expect(brief(plan(at.office, backends.streams, setUp, 1000))).toBe('openTap | tapBandwidth');
    expect(brief(plan(at.nat, backends.native, host, 1000))).toBe('native:nat | nativeBandwidth');
  });

  it('a bridge under our name that we did not make stays as it is', () => {
    const clash: PlanHost = { ...host, interfaceNames: new Set(['eth0', 'pvb-office']) };
    expect(brief(plan(at.office, backends.streams, clash))).toBe('refused: bridgeClash');
  });
});

describe('setting a network up', () => {
  const office = networks.find(({ kind }) => kind === 'bridged');
  if (!office) throw new Error('no bridged network');

  it('makes the bridge and the taps of all its NICs with one authorisation, each step with its undo', () => {
    const wishes = [1, 2].map((digit) => ({ vm: vmId(digit), nic: 'nic0', vlan: access }));
    const made = planBridge(office, wishes, host);
    expect(brief(made)).toBe(
      'bridge.create uplink.attach tap.create port.vlans tap.create port.vlans',
    );
    if (made.kind !== 'plan') return;
    expect(made.steps.every((step) => step.kind === 'privileged' && step.undo)).toBe(true);
    expect(made.steps[1]).toMatchObject({
      request: { verb: 'uplink.attach', uplink: 'eth0', bridge: 'pvb-office', rollbackSeconds: 60 },
      undo: { verb: 'uplink.detach' },
    });
  });

  it('puts an uplink that went back into the bridge again', () => {
    expect(brief(planBridge(office, [], { ...setUp, interfaces: host.interfaces }))).toBe(
      'uplink.attach',
    );
  });

  it('has nothing to do where all is there, even without the helper', () => {
    expect(brief(planBridge(office, [], { ...setUp, hasHelper: false }))).toBe('');
  });
});
