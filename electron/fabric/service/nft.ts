// The rules of a NAT network's namespace as text for `nft -f -`: one transaction that replaces all of them, so it serves
// the start and every change of a forward or a lease.
import type { ServiceSpec } from '../protocol.ts';
import { outerNetwork, outerNetwork6 } from './addresses.ts';

/** Interface names inside the namespace. */
export const inner = 'gw0';
export const outer = 'tap0';

/** From a port of slirp's side to a machine. */
export interface Translation {
  readonly protocol: 'tcp' | 'udp';
  readonly outerPort: number;
  readonly address: string;
  readonly port: number;
}

const servicePorts = { tcp: '53', udp: '{ 53, 67, 69 }' } as const;

/** Machines reach this computer's loopback under the gateway's address, but for what dnsmasq serves there. */
const hostRules = (gateway: string, host: string): readonly string[] =>
  (['tcp', 'udp'] as const).map(
    (protocol) =>
      `iifname "${inner}" ip daddr ${gateway} ${protocol} dport != ${servicePorts[protocol]} dnat to ${host}`,
  );

const table = (
  family: 'ip' | 'ip6',
  chains: Readonly<Record<string, readonly string[]>>,
): readonly string[] => [
  // Made first, so that removing it cannot fail.
  `table ${family} network {`,
  '}',
  `delete table ${family} network`,
  `table ${family} network {`,
  ...Object.entries(chains).flatMap(([name, rules]) => [
    `  chain ${name} {`,
    ...rules.map((rule) => `    ${rule}`),
    '  }',
  ]),
  '}',
];

export const nftRules = (
  spec: Pick<ServiceSpec, 'ipv4' | 'ipv6' | 'mayReachHost'>,
  translations: readonly Translation[],
): string => {
  const { cidr, host } = outerNetwork(spec.ipv4.subnet);
  const forwards = translations.map(
    ({ protocol, outerPort, address, port }) =>
      `iifname "${outer}" ${protocol} dport ${outerPort} dnat to ${address}:${port}`,
  );
  const toHost = spec.mayReachHost ? hostRules(spec.ipv4.gateway, host) : [];
  const masquerade = (where: string): string => `oifname "${outer}" ${where} masquerade`;
  const lines = [
    ...table('ip', {
      before: ['type nat hook prerouting priority -100; policy accept;', ...toHost, ...forwards],
      // Only dnsmasq asks slirp's own addresses for something: behind them are this computer's loopback and resolver.
      between: [
        'type filter hook forward priority 0; policy accept;',
        ...(spec.mayReachHost ? [`ct status dnat accept`] : []),
        `iifname "${inner}" ip daddr ${cidr} ct state new,invalid drop`,
      ],
      after: [
        'type nat hook postrouting priority 100; policy accept;',
        masquerade(`ip saddr ${spec.ipv4.subnet}`),
      ],
    }),
    ...(spec.ipv6
      ? table('ip6', {
          between: [
            'type filter hook forward priority 0; policy accept;',
            `iifname "${inner}" ip6 daddr ${outerNetwork6.cidr} ct state new,invalid drop`,
          ],
          after: [
            'type nat hook postrouting priority 100; policy accept;',
            masquerade(`ip6 saddr ${spec.ipv6.prefix}`),
          ],
        })
      : []),
  ];
  return `${lines.join('\n')}\n`;
};
