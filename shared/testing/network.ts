// A NAT network for specs: 10.20.0.0/24 with DHCP, nothing else in it.
import { toNetworkId, type Network } from '../model/networks.ts';

export const testNetwork = (change: Partial<Network> = {}): Network => ({
  id: toNetworkId('lab'),
  name: 'lab',
  kind: 'natNetwork',
  isEnabled: true,
  ipv4: {
    subnet: '10.20.0.0/24',
    gateway: '10.20.0.1',
    dhcp: { first: '10.20.0.100', last: '10.20.0.199' },
  },
  reservations: [],
  dnsNames: [],
  forwards: [],
  vlans: [],
  mayReachHost: false,
  ...change,
});
