import type { NetworkInterfaceInfo } from 'node:os';
import { describe, expect, it } from 'vitest';
import type { PrivilegedRequest } from '../../shared/model/network-plan.ts';
import { beforeAndAfter } from './preview.ts';

const address = (cidr: string): NetworkInterfaceInfo => ({
  address: cidr.split('/')[0] ?? '',
  netmask: '',
  family: 'IPv4',
  mac: '52:54:00:12:34:56',
  internal: false,
  cidr,
});
const host = {
  eth0: [address('192.168.1.7/24'), address('fe80::1/64')],
  docker0: [address('172.17.0.1/16')],
};
const create: PrivilegedRequest = { verb: 'bridge.create', bridge: 'pvbr0' };
const attach: PrivilegedRequest = {
  verb: 'uplink.attach',
  bridge: 'pvbr0',
  uplink: 'eth0',
  rollbackSeconds: 60,
};

describe('the preview', () => {
  it('shows how the addresses of a card move to the bridge, and nothing of others', () => {
    const tap: PrivilegedRequest = { verb: 'tap.create', bridge: 'pvbr0', tap: 'pvt0' };
    expect(beforeAndAfter([create, attach, tap], host)).toEqual({
      before: ['eth0 52:54:00:12:34:56 192.168.1.7/24'],
      after: [
        'eth0 52:54:00:12:34:56 master pvbr0',
        'pvbr0 52:54:00:12:34:56 192.168.1.7/24',
        'pvt0 master pvbr0',
      ],
    });
  });

  it('shows the way back as well', () => {
    const there = { pvbr0: [address('192.168.1.7/24')] };
    const back: readonly PrivilegedRequest[] = [
      { verb: 'uplink.detach', bridge: 'pvbr0', uplink: 'eth0' },
      { verb: 'bridge.remove', bridge: 'pvbr0' },
    ];
    expect(beforeAndAfter(back, there)).toEqual({
      before: ['pvbr0 52:54:00:12:34:56 192.168.1.7/24'],
      after: ['eth0 52:54:00:12:34:56 192.168.1.7/24'],
    });
  });
});
