// Gateway and DHCP range follow the range that is typed.
import { describe, expect, it } from 'vitest';
import { networkBody } from '../../testing/networks.ts';
import { toForm, type NetworkForm } from './draft.ts';
import { withSubnet } from './follow-subnet.ts';

const form = toForm(networkBody('lab'));
const addresses = ({ subnet, gateway, first, last }: NetworkForm) => [subnet, gateway, first, last];

describe('another address range', () => {
  it('takes the gateway and the DHCP range along', () => {
    expect(addresses(withSubnet(form, '10.99.3.0/24'))).toEqual([
      '10.99.3.0/24',
      '10.99.3.1',
      '10.99.3.100',
      '10.99.3.199',
    ]);
    expect(addresses(withSubnet(form, '172.16.0.0/16'))).toEqual([
      '172.16.0.0/16',
      '172.16.0.1',
      '172.16.0.100',
      '172.16.0.199',
    ]);
  });
  it('comes back to what it was', () => {
    const there = withSubnet(form, '192.168.200.0/24');
    expect(addresses(withSubnet(there, '10.20.0.0/24'))).toEqual(addresses(form));
  });
  it.each(['10.9', '10.99.3.0', '10.99.3.0/2', '10.99.300.0/24', '10.99.3.0/29', 'fd00::/64'])(
    'leaves them alone while it is %s',
    (subnet) => {
      expect(withSubnet(form, subnet)).toEqual({ ...form, subnet });
    },
  );
  it('leaves alone what is no address', () => {
    expect(withSubnet({ ...form, gateway: 'x' }, '10.99.3.0/24').gateway).toBe('x');
  });
});
