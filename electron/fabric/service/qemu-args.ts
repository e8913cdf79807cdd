// argv of the QEMU without devices that is the gateway through slirp.
import type { ServiceSpec } from '../protocol.ts';
import { addressInPrefix, slirpAddresses } from './addresses.ts';

/** In an option's value a comma is written twice. */
const value = (text: string): string => text.replaceAll(',', ',,');

const noMachine = ['-nodefaults', '-no-user-config', '-display', 'none', '-M', 'none'] as const;

/** Two network back ends plugged into each other; stream format: 4 bytes of length, then the frame. */
const joined = (backend: string, streamPath: string): readonly string[] => [
  ...['-netdev', backend],
  ...['-netdev', 'hubport,id=h1,hubid=0,netdev=b'],
  ...['-netdev', `stream,id=s,server=on,addr.type=unix,addr.path=${value(streamPath)}`],
  ...['-netdev', 'hubport,id=h2,hubid=0,netdev=s'],
];

interface Sockets {
  readonly stream: string;
  readonly qmp: string;
}
const qmpAt = (path: string): readonly string[] => [
  '-qmp',
  `unix:${value(path)},server=on,wait=off`,
];

export const gatewayArgs = (
  spec: Pick<ServiceSpec, 'ipv4' | 'ipv6' | 'networkBoot'>,
  paths: Sockets,
): readonly string[] => {
  const { ipv4, ipv6, networkBoot } = spec;
  const { dns, dhcpStart } = slirpAddresses(ipv4);
  const backend = [
    'user',
    'id=b',
    'ipv4=on',
    `net=${ipv4.subnet}`,
    `host=${ipv4.gateway}`,
    `dns=${dns}`,
    `dhcpstart=${dhcpStart}`,
    // With ipv6=on alone there would be no IPv4.
    ...(ipv6
      ? [
          'ipv6=on',
          `ipv6-prefix=${addressInPrefix(ipv6.prefix, 0)}`,
          'ipv6-prefixlen=64',
          `ipv6-host=${addressInPrefix(ipv6.prefix, 1)}`,
          `ipv6-dns=${addressInPrefix(ipv6.prefix, 3)}`,
        ]
      : ['ipv6=off']),
    ...(networkBoot
      ? [`tftp=${value(networkBoot.folder)}`, `bootfile=${value(networkBoot.file)}`]
      : []),
  ];
  return [...noMachine, ...qmpAt(paths.qmp), ...joined(backend.join(','), paths.stream)];
};
