import { describe, expect, it } from 'vitest';
import { text } from '../../shared/model/text.ts';
import { toNetworkId, type Network, type NetworkKind } from '../../shared/model/networks.ts';
import { card } from './__fixtures__/networks.ts';
import { parsePrefix } from './addresses.ts';
import { suggestNetwork } from './suggest.ts';
import { networkProblem, type NetworkFacts } from './validate.ts';

const facts = (networks: readonly Network[]): NetworkFacts => ({
  networks,
  machines: [],
  used: [parsePrefix('10.20.1.0/24'), parsePrefix('192.168.56.0/24')].flatMap((prefix) =>
    prefix ? [{ prefix, by: 'route' as const, name: 'eth0' }] : [],
  ),
  interfaces: [
    card('wlp2s0', { kind: 'wifi', refusal: text('network.refused.wifi', { uplink: 'wlp2s0' }) }),
    card('enp1s0', { hasCarrier: false }),
    card('enp2s0'),
  ],
  interfaceNames: new Set(),
  ownBridges: new Set(),
  powerOf: () => 'off',
  lowestPort: 1024,
  holderOf: () => undefined,
});

describe('a new network', () => {
  it.each<NetworkKind>(['natNetwork', 'internal', 'hostOnly', 'bridged'])(
    'of kind %s has no problem, however many there are',
    (kind) => {
      const networks: Network[] = [];
      for (let index = 0; index < 5; index += 1) {
        const draft = suggestNetwork(kind, facts(networks));
        const id = toNetworkId(`n${index}`);
        expect(networkProblem(draft, id, facts(networks))).toBeUndefined();
        networks.push({ ...draft, id });
      }
      expect(new Set(networks.map(({ name }) => name)).size).toBe(5);
    },
  );

  it('keeps away from ranges in use and takes a card with a cable', () => {
    const [nat, hostOnly, bridged] = (['natNetwork', 'hostOnly', 'bridged'] as const).map((kind) =>
      suggestNetwork(kind, facts([])),
    );
    expect(nat?.ipv4).toEqual({
      subnet: '10.20.0.0/24',
      gateway: '10.20.0.1',
      dhcp: { first: '10.20.0.100', last: '10.20.0.199' },
    });
    expect(hostOnly?.ipv4?.subnet).toBe('192.168.57.0/24');
    expect(bridged?.uplink).toBe('enp2s0');
  });
});
