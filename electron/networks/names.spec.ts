import { describe, expect, it } from 'vitest';
import { toVmId } from '../../shared/model/brand.ts';
import { interfaceNameSchema } from '../../shared/model/network-plan.ts';
import { toNetworkId } from '../../shared/model/networks.ts';
import { bridgeName, hostnameOf, tapName } from './names.ts';

const vm = toVmId('11111111-2222-4333-8444-555555555555');

describe('names of interfaces', () => {
  it.each(['lab', 'a-long-id-1', 'a-longer-id-than-fits', 'With.Dots_and-Case', 'x'.repeat(32)])(
    'the bridge of %s is a name Linux takes',
    (id) => {
      const name = bridgeName(toNetworkId(id));
      expect(interfaceNameSchema.safeParse(name).success).toBe(true);
      expect(name.startsWith('pvb-')).toBe(true);
      expect(bridgeName(toNetworkId(id))).toBe(name);
    },
  );

  it('a short id can be read in the name', () => {
    expect(bridgeName(toNetworkId('lab'))).toBe('pvb-lab');
  });

  it('each NIC has a tap of its own, always the same', () => {
    expect(tapName(vm, 'nic0')).toMatch(/^pvt[0-9a-f]{8}$/);
    expect(tapName(vm, 'nic0')).toBe(tapName(vm, 'nic0'));
    expect(tapName(vm, 'nic0')).not.toBe(tapName(vm, 'nic1'));
  });
});

describe('host names from names of machines', () => {
  it.each([
    ['Web server 1', 'web-server-1'],
    ['Überwachung', 'uberwachung'],
    ['--x--', 'x'],
    ['機械', undefined],
  ])('%s: %s', (name, expected) => {
    expect(hostnameOf(name)).toBe(expected);
  });
});
