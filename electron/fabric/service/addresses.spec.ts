import { describe, expect, it } from 'vitest';
import {
  addressInPrefix,
  eui64Address,
  netmaskOf,
  outerNetwork,
  slirpAddresses,
  toAddress,
  toNumber,
  toSubnet,
} from './addresses.ts';

describe('IPv4', () => {
  it('goes to a number and back, also in the upper half', () => {
    for (const address of ['0.0.0.0', '10.20.0.1', '192.168.255.254', '255.255.255.255'])
      expect(toAddress(toNumber(address))).toBe(address);
  });

  it.each([
    ['10.20.0.0/24', '10.20.0.0', '10.20.0.255', '255.255.255.0'],
    ['172.16.0.0/12', '172.16.0.0', '172.31.255.255', '255.240.0.0'],
    ['192.168.7.128/25', '192.168.7.128', '192.168.7.255', '255.255.255.128'],
    // Host bits are ignored.
    ['10.20.0.77/30', '10.20.0.76', '10.20.0.79', '255.255.255.252'],
  ])('knows the ends and the mask of %s', (cidr, first, last, mask) => {
    const subnet = toSubnet(cidr);
    expect([toAddress(subnet.first), toAddress(subnet.last)]).toEqual([first, last]);
    expect(netmaskOf(subnet)).toBe(mask);
  });
});

describe('addresses of the way out', () => {
  it('stay clear of the network', () => {
    expect(outerNetwork('10.20.0.0/24').cidr).toBe('198.18.127.0/24');
    expect(outerNetwork('198.18.0.0/16')).toEqual({
      cidr: '198.19.127.0/24',
      host: '198.19.127.2',
      dns: '198.19.127.3',
      own: '198.19.127.100',
    });
    expect(outerNetwork('198.18.0.0/15').cidr).toBe('203.0.113.0/24');
  });

  it.each([
    // gateway, first, last -> name server, where DHCP begins
    ['10.0.2.2', '10.0.2.15', '10.0.2.30', '10.0.2.3', '10.0.2.15'],
    ['10.0.2.3', '10.0.2.15', '10.0.2.30', '10.0.2.2', '10.0.2.15'],
    ['10.0.2.1', '10.0.2.2', '10.0.2.100', '10.0.2.254', '10.0.2.2'],
    ['10.0.2.254', '10.0.2.2', '10.0.2.253', '10.0.2.1', '10.0.2.2'],
  ])('are free in slirp: gateway %s, from %s to %s', (gateway, first, last, dns, dhcpStart) => {
    const plan = { subnet: '10.0.2.0/24', gateway, dhcp: { first, last } };
    expect(slirpAddresses(plan)).toEqual({ dns, dhcpStart });
  });

  it('has somewhere for slirp’s DHCP to begin where the plan has none', () => {
    const plan = { subnet: '10.0.2.0/24', gateway: '10.0.2.1' };
    expect(slirpAddresses(plan)).toEqual({ dns: '10.0.2.3', dhcpStart: '10.0.2.239' });
  });
});

describe('IPv6', () => {
  it.each([
    ['fd12:3456:789a:1::/64', 'fd12:3456:789a:1::1'],
    ['fd12::/64', 'fd12:0:0:0::1'],
    ['fd12:1:2:3:0:0:0:0/64', 'fd12:1:2:3::1'],
  ])('makes an address in %s', (prefix, address) => {
    expect(addressInPrefix(prefix, 1)).toBe(address);
  });

  it('knows what a MAC becomes', () => {
    // RFC 4291, appendix A: the universal bit is inverted, ff:fe is put in the middle.
    expect(eui64Address('fd12:3456:789a:1::/64', '52:54:00:aa:00:01')).toBe(
      'fd12:3456:789a:1:5054:ff:feaa:1',
    );
  });
});
