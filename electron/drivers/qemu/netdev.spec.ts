// What NICs are plugged into: QEMU's and passt's arguments, the plugs a start needs, and what a guest agent told.
import { describe, expect, it } from 'vitest';
import { isFailure } from '../../../shared/contract/errors.ts';
import type { Nic, NicAttachment } from '../../../shared/model/network.ts';
import type { NicPlug } from '../types.ts';
import { parseInterfaces } from './guest-agent.ts';
import { netdevValue, plugsFor, socketsOf } from './netdev.ts';
import { passtArgs } from './passt.ts';

const nic = (attachment: NicAttachment, id = 'nic1'): Nic => ({
  id,
  model: 'virtio-net-pci',
  mac: '52:54:00:00:00:01',
  isCableConnected: true,
  attachment,
});
const forward = (protocol: 'tcp' | 'udp', hostAddress: string) => ({
  id: protocol,
  protocol,
  hostAddress,
  hostPort: 8022,
  guestPort: 22,
});
const nat: NicAttachment = { kind: 'nat', ipv6: true, forwards: [forward('tcp', '127.0.0.1')] };
const passt: NicAttachment = { ...nat, stack: 'passt' };
const lab: NicAttachment = { kind: 'internal', network: 'lab' };
const uplink: NicAttachment = { kind: 'bridged', uplink: 'enp5s0' };

describe('-netdev', () => {
  it.each([
    [nat, undefined, 'user,id=net-nic1,ipv4=on,ipv6=on,hostfwd=tcp:127.0.0.1:8022-:22'],
    [
      lab,
      { kind: 'stream', path: '/r/a,b' },
      'stream,id=net-nic1,server=on,addr.type=unix,addr.path=/r/a,,b',
    ],
    [
      passt,
      { kind: 'passt', path: '/r/p' },
      'stream,id=net-nic1,server=off,addr.type=unix,addr.path=/r/p',
    ],
    [uplink, { kind: 'tap', name: 'pvt0' }, 'tap,id=net-nic1,ifname=pvt0,script=no,downscript=no'],
    [{ kind: 'none' }, undefined, undefined],
  ] as const)('%j on %j', (attachment, plug, value) => {
    expect(netdevValue(nic(attachment), plug)).toBe(value);
  });
});

describe('the plugs of a start', () => {
  const stream: NicPlug = { kind: 'stream', path: '/r/1' };
  const refusal = (attachment: NicAttachment, given?: NicPlug): unknown => {
    try {
      return plugsFor({ nics: [nic(attachment)] }, given && new Map([['nic1', given]]));
    } catch (error) {
      return isFailure(error) ? error.error.code : error;
    }
  };

  it('are those of its NICs, and QEMU’s own NAT needs none', () => {
    const plugs = plugsFor(
      { nics: [nic(nat), nic(lab, 'nic2'), nic(uplink, 'nic3'), nic({ kind: 'none' }, 'nic4')] },
      new Map<string, NicPlug>([
        ['nic2', stream],
        ['nic3', { kind: 'tap', name: 'pvt0' }],
        ['nic9', stream],
      ]),
    );
    expect(plugs).toEqual({ nic2: stream, nic3: { kind: 'tap', name: 'pvt0' } });
    expect(socketsOf(plugs)).toEqual(['/r/1']);
  });

  it('are refused where one is missing or is none for QEMU', () => {
    for (const attachment of [lab, uplink, passt, { kind: 'other', name: 'VDE' } as const]) {
      expect(refusal(attachment)).toBe('network/refused');
    }
    const setPeer = async (): Promise<void> => undefined;
    expect(refusal(lab, { kind: 'datagram', switchPort: 4000, setPeer })).toBe('network/refused');
  });
});

describe('passt', () => {
  const argv = (more: Partial<Extract<NicAttachment, { kind: 'nat' }>>): string =>
    passtArgs(nic({ ...passt, ...more }), '/r/p', '/s/pid')
      .join(' ')
      .replace(' --runas 0:0', '');

  it('keeps the guest from this computer’s loopback unless it may, and is told the forwards', () => {
    expect(argv({})).toBe(
      '--foreground --one-off --socket /r/p --pid /s/pid --no-map-gw -t 127.0.0.1/8022:22',
    );
    expect(argv({ mayReachHost: true, ipv6: false, forwards: [forward('udp', '')] })).toBe(
      '--foreground --one-off --socket /r/p --pid /s/pid --ipv4-only -u 8022:22',
    );
  });
});

describe('a guest agent’s interfaces', () => {
  const row = (mac: string, ...addresses: readonly string[]): object => ({
    name: 'eth0',
    'hardware-address': mac,
    'ip-addresses': addresses.map((address) => ({
      'ip-address': address,
      'ip-address-type': address.includes(':') ? 'ipv6' : 'ipv4',
      prefix: 24,
    })),
  });

  it('become addresses of NICs, without those that reach nobody', () => {
    const told = parseInterfaces(
      [
        row('00:00:00:00:00:00', '127.0.0.1', '::1'),
        row('52:54:00:00:00:01', '10.0.2.15', 'fe80::5054:ff:fe00:1', 'fec0::15'),
        row('02:42:00:00:00:09', '172.17.0.1'),
        { name: 'down0' },
      ],
      [nic(nat)],
    );
    expect(told).toEqual([
      { nic: 'nic1', address: '10.0.2.15', source: 'guestAgent' },
      { nic: 'nic1', address: 'fec0::15', source: 'guestAgent' },
      { address: '172.17.0.1', source: 'guestAgent' },
    ]);
  });

  it('that are no such thing are nothing', () => {
    for (const value of [undefined, null, 5, 'text', [{ x: 1 }], { return: [] }]) {
      expect(parseInterfaces(value, [])).toEqual([]);
    }
  });
});
