import { describe, expect, it } from 'vitest';
import { text } from '../../shared/model/text.ts';
import type { Vlan } from '../../shared/model/network.ts';
import { toNetworkId, type Network } from '../../shared/model/networks.ts';
import { card, machine, natNetwork, nic, plainNetwork, vmId } from './__fixtures__/networks.ts';
import { parsePrefix } from './addresses.ts';
import type { UsedSubnet } from './host-addresses.ts';
import { networkProblem, type NetworkFacts } from './validate.ts';
import { nicProblem, vlanProblem } from './validate-nic.ts';

const used = (subnet: string, by: UsedSubnet['by'], name: string): UsedSubnet => {
  const prefix = parsePrefix(subnet);
  if (!prefix) throw new Error(subnet);
  return { prefix, by, name };
};
const facts: NetworkFacts = {
  networks: [],
  machines: [],
  used: [
    used('192.0.2.0/24', 'route', 'eth0'),
    used('172.17.0.0/16', 'docker', 'docker0'),
    used('192.168.122.0/24', 'libvirt', 'default'),
    used('fd00::/64', 'route', 'eth0'),
  ],
  interfaces: [
    card('eth0'),
    card('wlp2s0', { kind: 'wifi', refusal: text('network.refused.wifi', { uplink: 'wlp2s0' }) }),
  ],
  interfaceNames: new Set(['lo', 'eth0', 'wlp2s0', 'pvb-taken', 'pvb-own']),
  ownBridges: new Set(['pvb-own']),
  powerOf: () => 'off',
  lowestPort: 1024,
  holderOf: ({ hostPort }) => (hostPort === 5900 ? 'sshd (process 1)' : undefined),
};
const judge = (
  network: Network,
  change: Partial<NetworkFacts> = {},
): readonly [string, string] | undefined => {
  const found = networkProblem(network, network.id, { ...facts, ...change });
  return found && [found.error.error.code, found.field];
};
const forward = (
  change: Partial<Network['forwards'][number]> = {},
): Network['forwards'][number] => ({
  id: 'f1',
  protocol: 'tcp',
  hostAddress: '127.0.0.1',
  hostPort: 2222,
  to: { kind: 'address', address: '10.20.0.50' },
  guestPort: 22,
  ...change,
});
const plan = (subnet: string, gateway: string): Partial<Network> => ({ ipv4: { subnet, gateway } });
const dhcp = (first: string, last: string): Partial<Network> => ({
  ipv4: { subnet: '10.20.0.0/24', gateway: '10.20.0.1', dhcp: { first, last } },
});
const mac = (last: string): string => `52:54:00:00:00:${last}`;

describe('a network before it is stored', () => {
  it('a sensible one has no problem', () => {
    expect(judge(natNetwork({ ipv6: { prefix: 'fd12:3456:789a:1::/64' } }))).toBeUndefined();
    expect(judge(plainNetwork('internal'))).toBeUndefined();
    expect(judge(plainNetwork('bridged', { uplink: 'eth0' }))).toBeUndefined();
  });

  it.each<[string, Partial<Network>, string, string]>([
    ['host bits', plan('10.20.0.1/24', '10.20.0.2'), 'network/bad-subnet', 'ipv4.subnet'],
    ['too small', plan('10.20.0.0/30', '10.20.0.1'), 'network/bad-subnet', 'ipv4.subnet'],
    ['too large', plan('10.0.0.0/7', '10.20.0.1'), 'network/bad-subnet', 'ipv4.subnet'],
    ['loopback', plan('127.1.0.0/24', '127.1.0.1'), 'network/bad-subnet', 'ipv4.subnet'],
    [
      'DHCP where nobody serves it',
      { ...dhcp('10.20.0.100', '10.20.0.120'), kind: 'hostOnly' },
      'network/no-dhcp',
      'ipv4.dhcp',
    ],
    [
      'DHCP of an internal network',
      { ...dhcp('10.20.0.100', '10.20.0.120'), kind: 'internal' },
      'network/no-dhcp',
      'ipv4.dhcp',
    ],
    [
      'a reservation where nobody serves it',
      {
        ...plan('10.20.0.0/24', '10.20.0.1'),
        kind: 'hostOnly',
        reservations: [{ mac: mac('01'), address: '10.20.0.50' }],
      },
      'network/no-dhcp',
      'reservations.0',
    ],
    ['gateway outside', plan('10.20.0.0/24', '10.21.0.1'), 'network/bad-gateway', 'ipv4.gateway'],
    ['gateway = network', plan('10.20.0.0/24', '10.20.0.0'), 'network/bad-gateway', 'ipv4.gateway'],
    [
      'gateway = broadcast',
      plan('10.20.0.0/24', '10.20.0.255'),
      'network/bad-gateway',
      'ipv4.gateway',
    ],
    ['DHCP outside', dhcp('10.20.0.10', '10.20.1.20'), 'network/bad-range', 'ipv4.dhcp'],
    ['DHCP backwards', dhcp('10.20.0.20', '10.20.0.10'), 'network/bad-range', 'ipv4.dhcp'],
    ['IPv6 not /64', { ipv6: { prefix: 'fd00:9::/48' } }, 'network/bad-subnet', 'ipv6.prefix'],
    ['IPv6 link-local', { ipv6: { prefix: 'fe80::/64' } }, 'network/bad-subnet', 'ipv6.prefix'],
    ['a route', plan('192.0.2.128/25', '192.0.2.129'), 'network/subnet-overlaps', 'ipv4.subnet'],
    ['Docker', plan('172.17.5.0/24', '172.17.5.1'), 'network/subnet-overlaps', 'ipv4.subnet'],
    ['libvirt', plan('192.168.0.0/16', '192.168.0.1'), 'network/subnet-overlaps', 'ipv4.subnet'],
    ['an IPv6 route', { ipv6: { prefix: 'fd00::/64' } }, 'network/subnet-overlaps', 'ipv6.prefix'],
    ['a control character', { name: 'a\u0007b' }, 'network/bad-name', 'name'],
    [
      'a reservation outside',
      { reservations: [{ mac: mac('01'), address: '10.21.0.5' }] },
      'network/bad-reservation',
      'reservations.0',
    ],
    [
      'the gateway reserved',
      { reservations: [{ mac: mac('01'), address: '10.20.0.1' }] },
      'network/bad-reservation',
      'reservations.0',
    ],
    [
      'a MAC reserved twice',
      {
        reservations: [
          { mac: mac('01'), address: '10.20.0.5' },
          { mac: mac('01'), address: '10.20.0.6' },
        ],
      },
      'network/bad-reservation',
      'reservations.1',
    ],
    [
      'an address reserved twice',
      {
        reservations: [
          { mac: mac('01'), address: '10.20.0.5' },
          { mac: mac('02'), address: '10.20.0.5' },
        ],
      },
      'network/bad-reservation',
      'reservations.1',
    ],
    [
      'a reservation with a name that is none',
      { reservations: [{ mac: mac('01'), address: '10.20.0.5', name: 'a b' }] },
      'network/bad-reservation',
      'reservations.0',
    ],
    [
      'a name that is none',
      { dnsNames: [{ name: 'not_a_name', address: '10.20.0.5' }] },
      'network/bad-name',
      'dnsNames.0',
    ],
    [
      'a name twice',
      {
        dnsNames: [
          { name: 'web.lab', address: '10.20.0.5' },
          { name: 'WEB.lab', address: '10.20.0.6' },
        ],
      },
      'network/bad-name',
      'dnsNames.1',
    ],
    ['VLAN 0', { vlans: [{ tag: 0, name: '' }] }, 'network/bad-vlan', 'vlans.0'],
    ['VLAN 4095', { vlans: [{ tag: 4095, name: '' }] }, 'network/bad-vlan', 'vlans.0'],
    ['port 0', { forwards: [forward({ hostPort: 0 })] }, 'network/bad-forward', 'forwards.0'],
    [
      'port 70000',
      { forwards: [forward({ hostPort: 70_000 })] },
      'network/bad-forward',
      'forwards.0',
    ],
    ['port 80', { forwards: [forward({ hostPort: 80 })] }, 'network/port-privileged', 'forwards.0'],
    [
      'a taken port',
      { forwards: [forward({ hostPort: 5900 })] },
      'network/port-taken',
      'forwards.0',
    ],
    [
      'a forward twice',
      { forwards: [forward(), forward({ id: 'f2', hostAddress: '' })] },
      'network/forward-exists',
      'forwards.1',
    ],
    [
      'a forward to outside',
      { forwards: [forward({ to: { kind: 'address', address: '10.21.0.5' } })] },
      'network/bad-forward',
      'forwards.0',
    ],
    [
      'a forward to a machine that is not here',
      { forwards: [forward({ to: { kind: 'nic', vm: vmId(1), nic: 'nic0' } })] },
      'network/bad-forward',
      'forwards.0',
    ],
    [
      'a boot file above its folder',
      { networkBoot: { folder: '/srv/tftp', file: '../etc/passwd' } },
      'network/bad-name',
      'networkBoot',
    ],
  ])('refuses %s', (_, change, code, field) => {
    expect(judge(natNetwork(change))).toEqual([code, field]);
  });

  it('says with what a range overlaps', () => {
    const found = networkProblem(
      natNetwork(plan('172.17.0.0/24', '172.17.0.1')),
      toNetworkId('x'),
      facts,
    );
    expect(found?.error.error.params['other']).toBe('a network of Docker (docker0)');
    const other = natNetwork({ id: toNetworkId('other'), name: 'Office' });
    const second = networkProblem(natNetwork(), toNetworkId('lab'), {
      ...facts,
      networks: [other],
    });
    expect(second?.error.error.params['other']).toBe('the network Office');
  });

  it('a range that was good when it was made stays editable', () => {
    const stored = natNetwork(plan('192.0.2.0/25', '192.0.2.1'));
    expect(judge({ ...stored, mayReachHost: true }, { networks: [stored] })).toBeUndefined();
  });

  it('a name is there once, however it is written', () => {
    const other = natNetwork({ id: toNetworkId('other'), name: ' LAB' });
    expect(judge(natNetwork(plan('10.30.0.0/24', '10.30.0.1')), { networks: [other] })).toEqual([
      'network/name-taken',
      'name',
    ]);
  });

  it('a bridged network needs a card that is there and can be one', () => {
    const bridged = (uplink?: string): Network =>
      plainNetwork('bridged', uplink === undefined ? {} : { uplink });
    expect(judge(bridged())?.[0]).toBe('network/bad-name');
    expect(judge(bridged('eth7'))?.[0]).toBe('network/uplink-gone');
    expect(judge(bridged('wlp2s0'))?.[0]).toBe('network/uplink-refused');
    expect(judge(bridged('a-name-too-long-for-linux'))?.[0]).toBe('network/bad-name');
    // Unplugged after it was stored: everything else of it can still be changed.
    expect(judge(bridged('eth7'), { networks: [bridged('eth7')] })).toBeUndefined();
  });

  it('an interface of somebody else under the name of our bridge is a clash', () => {
    const bridged = (id: string): Network =>
      plainNetwork('bridged', { id: toNetworkId(id), uplink: 'eth0' });
    expect(judge(bridged('taken'))).toEqual(['network/bridge-clash', 'name']);
    expect(judge(bridged('own'))).toBeUndefined();
  });

  it('a port of another network or of a running machine is taken, by name', () => {
    const other = natNetwork({
      ...plan('10.30.0.0/24', '10.30.0.1'),
      id: toNetworkId('other'),
      name: 'Office',
      forwards: [forward({ to: { kind: 'address', address: '10.30.0.9' } })],
    });
    const wanted = natNetwork({ forwards: [forward()] });
    expect(judge(wanted, { networks: [other] })?.[0]).toBe('network/port-taken');
    const attachment = {
      kind: 'nat' as const,
      ipv6: false,
      forwards: [
        { id: 'x', protocol: 'tcp' as const, hostAddress: '', hostPort: 2222, guestPort: 22 },
      ],
    };
    const machines = [machine(vmId(1), 'web', [nic(attachment)])];
    expect(judge(wanted, { machines })).toBeUndefined();
    expect(judge(wanted, { machines, powerOf: () => 'running' })?.[0]).toBe('network/port-taken');
    // Its own listener, from before the edit.
    expect(judge(wanted, { networks: [wanted], holderOf: () => 'ourselves' })).toBeUndefined();
  });
});

describe('a NIC before it is plugged in', () => {
  const attachment = { kind: 'internal' as const, network: 'lab' };

  it('its MAC address is nobody else’s', () => {
    const machines = [
      machine(vmId(1), 'one', [nic(attachment)]),
      machine(vmId(2), 'two', [nic(attachment, { mac: mac('02') })]),
    ];
    expect(nicProblem(nic(attachment), vmId(1), machines)).toBeUndefined();
    expect(nicProblem(nic(attachment, { id: 'nic1' }), vmId(1), machines)?.field).toBe('mac');
    const taken = nicProblem(nic(attachment, { mac: mac('02') }), vmId(1), machines);
    expect(taken?.error.error).toMatchObject({
      code: 'network/duplicate-mac',
      params: { other: 'two' },
    });
  });

  it.each<[Vlan, string | undefined]>([
    [{ mode: 'access', tag: 1 }, undefined],
    [{ mode: 'access', tag: 4094 }, undefined],
    [{ mode: 'access', tag: 0 }, 'network/bad-vlan'],
    [{ mode: 'access', tag: 4095 }, 'network/bad-vlan'],
    [{ mode: 'trunk', tags: [10, 20] }, undefined],
    [{ mode: 'trunk', tags: [10, 4095] }, 'network/bad-vlan'],
    [{ mode: 'trunk', tags: [10], native: 0 }, 'network/bad-vlan'],
    [{ mode: 'trunk', tags: [] }, 'network/empty-trunk'],
  ])('%o: %s', (vlan, code) => {
    expect(vlanProblem(vlan)?.error.error.code).toBe(code);
    expect(nicProblem(nic({ ...attachment, vlan }), vmId(1), [])?.error.error.code).toBe(code);
  });
});
