// What dnsmasq is told, as text: its configuration, who has which address and name, further names; and its leases read.
import { toEpochMs } from '../../../shared/model/brand.ts';
import type { Lease, NetworkId } from '../../../shared/model/networks.ts';
import type { ServiceSpec } from '../protocol.ts';
import { addressInPrefix, netmaskOf, toAddress, toSubnet } from './addresses.ts';
import { toLabel } from './labels.ts';

export interface DnsmasqFiles {
  readonly hosts: string;
  readonly names: string;
  readonly leases: string;
}

/** Inside double quotes dnsmasq takes commas and spaces as they are. Line ends have no way to be written. */
const quoted = (value: string): string => {
  if (/[\r\n]/.test(value)) throw new Error(`a line end in ${JSON.stringify(value)}`);
  return `"${value.replaceAll(/[\\"]/g, String.raw`\$&`)}"`;
};

/** The domain that machines get, so that their resolvers ask for short names at all. */
export const domainOf = (id: NetworkId): string => {
  const label = toLabel(id);
  return `${label ?? 'network'}.internal`;
};

/** Throws where a path has a line end in it. */
export const dnsmasqConfig = (
  spec: Pick<ServiceSpec, 'ipv4' | 'ipv6' | 'networkBoot'>,
  id: NetworkId,
  where: DnsmasqFiles & { readonly interface: string; readonly upstreamDns: string },
): string => {
  const { ipv4, ipv6, networkBoot } = spec;
  const subnet = toSubnet(ipv4.subnet);
  const domain = domainOf(id);
  const mask = netmaskOf(subnet);
  const lines = [
    `interface=${where.interface}`,
    'except-interface=lo',
    'bind-interfaces',
    'no-hosts',
    'no-resolv',
    `server=${where.upstreamDns}`,
    'bogus-priv',
    `domain=${domain}`,
    `local=/${domain}/`,
    'expand-hosts',
    `addn-hosts=${quoted(where.names)}`,
    'log-facility=-',
    `dhcp-leasefile=${quoted(where.leases)}`,
  ];
  if (ipv4.dhcp) {
    lines.push(
      `dhcp-range=${ipv4.dhcp.first},${ipv4.dhcp.last},${mask},${toAddress(subnet.last)},12h`,
      `dhcp-hostsfile=${quoted(where.hosts)}`,
      'dhcp-authoritative',
      `dhcp-option=option:router,${ipv4.gateway}`,
      `dhcp-option=option:dns-server,${ipv4.gateway}`,
    );
  }
  if (ipv6) {
    // ra-names: names of machines with both, from their lease and their MAC.
    lines.push('enable-ra', `dhcp-range=${addressInPrefix(ipv6.prefix, 0)},ra-stateless,ra-names`);
  }
  if (networkBoot) {
    lines.push(
      'enable-tftp',
      `tftp-root=${quoted(networkBoot.folder)}`,
      `dhcp-boot=${quoted(networkBoot.file)}`,
    );
  }
  return `${lines.join('\n')}\n`;
};

export interface Host {
  readonly mac: string;
  readonly hostname: string;
}

/** One line per MAC: its address, its name or both. A reservation's own name comes first. */
export const dhcpHosts = (
  reservations: ServiceSpec['reservations'],
  hosts: readonly Host[],
): string => {
  const nameOf = new Map(hosts.map(({ mac, hostname }) => [mac, hostname]));
  const reserved = reservations.map(({ mac, address, name }) => {
    const label = toLabel(name ?? '') ?? toLabel(nameOf.get(mac) ?? '');
    return [mac, address, ...(label === undefined ? [] : [label])].join(',');
  });
  const taken = new Set(reservations.map(({ mac }) => mac));
  const named = hosts.flatMap(({ mac, hostname }) => {
    const label = toLabel(hostname);
    return taken.has(mac) || label === undefined ? [] : [`${mac},${label}`];
  });
  return [...reserved, ...named, ''].join('\n');
};

/** Like /etc/hosts. Names that are none are left out. */
export const dnsNames = (names: ServiceSpec['dnsNames']): string =>
  names
    .filter(({ name }) => /^[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9])?$/.test(name))
    .map(({ name, address }) => `${address} ${name}\n`)
    .join('');

/** One row of dnsmasq's lease file. */
export const leaseRow = ({ until = toEpochMs(0), mac, address, hostname = '*' }: Lease): string =>
  `${Math.floor(until / 1000)} ${mac} ${address} ${hostname} *\n`;

/** `1700000000 52:54:00:00:00:01 10.20.0.50 web 01:52:…`; 0 never ends. IPv6 rows follow a `duid` line. */
export const parseLeases = (text: string): readonly Lease[] => {
  const rows = text.split('\n');
  const end = rows.findIndex((row) => row.startsWith('duid '));
  return rows.slice(0, end < 0 ? undefined : end).flatMap((row) => {
    const [until = '', mac = '', address = '', hostname = '*'] = row.split(' ');
    if (!/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(mac)) return [];
    return {
      mac,
      address,
      ...(hostname === '*' ? {} : { hostname }),
      ...(until === '0' ? {} : { until: toEpochMs(Number(until) * 1000) }),
    };
  });
};
