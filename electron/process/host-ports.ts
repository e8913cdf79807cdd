// Ports of this computer: who listens on one (/proc/net), and which are reserved for the administrator.
import { readFileSync } from 'node:fs';
import { failure } from '../../shared/contract/errors.ts';
import { describeProcess, holderOfSocket } from './processes.ts';

const readLines = (path: string): readonly string[] => {
  try {
    return readFileSync(path, 'utf8').split('\n').slice(1);
  } catch {
    return [];
  }
};

/** /proc/net writes an IPv4 address as one hexadecimal word in host byte order: 0100007F = 127.0.0.1. */
const hexOfIpv4 = (address: string): string =>
  address
    .split('.')
    .reverse()
    .map((part) => Number(part).toString(16).padStart(2, '0').toUpperCase())
    .join('');

/** A socket row: `sl local rem st tx:rx tr:when retrnsmt uid timeout inode ...`. State 0A = listening. */
interface SocketRow {
  readonly address: string;
  readonly port: number;
  readonly inode: string;
}
export const parseSocketRows = (lines: readonly string[], isTcp: boolean): readonly SocketRow[] =>
  lines.flatMap((line) => {
    const fields = line.trim().split(/\s+/);
    const [address, port] = (fields[1] ?? '').split(':');
    if (address === undefined || port === undefined) return [];
    if (isTcp && fields[3] !== '0A') return [];
    return [{ address, port: Number.parseInt(port, 16), inode: fields[9] ?? '' }];
  });

const isAny = (address: string): boolean => /^0+$/.test(address);

/** Who holds the port on an address that clashes with `hostAddress` (empty = every address). */
export const portHolder = (
  protocol: 'tcp' | 'udp',
  hostAddress: string,
  port: number,
): string | undefined => {
  const isTcp = protocol === 'tcp';
  const wanted =
    hostAddress === '' || hostAddress === '0.0.0.0' ? undefined : hexOfIpv4(hostAddress);
  const row = [`/proc/net/${protocol}`, `/proc/net/${protocol}6`]
    .flatMap((path) => parseSocketRows(readLines(path), isTcp))
    .filter((entry) => entry.port === port)
    .find(
      ({ address }) =>
        wanted === undefined ||
        isAny(address) ||
        address === wanted ||
        // IPv4 address mapped into IPv6.
        (address.length === 32 && address.endsWith(wanted)),
    );
  if (!row) return undefined;
  const pid = holderOfSocket(row.inode);
  return pid === undefined ? 'a program of another user' : describeProcess(pid);
};

/** Ports below it need administrator rights. */
export const lowestFreePort = (): number => {
  try {
    return Number(readFileSync('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'utf8'));
  } catch {
    return 1024;
  }
};

export interface Listener {
  readonly protocol: 'tcp' | 'udp';
  readonly hostAddress: string;
  readonly hostPort: number;
}

/** Throws `network/port-privileged` or `network/port-taken` for what cannot be listened on now. */
export const assertListenable = ({ protocol, hostAddress, hostPort }: Listener): void => {
  const lowest = lowestFreePort();
  if (hostPort < lowest && process.getuid?.() !== 0) {
    throw failure('network/port-privileged', { port: hostPort, lowest });
  }
  const by = portHolder(protocol, hostAddress, hostPort);
  if (by !== undefined) throw failure('network/port-taken', { protocol, port: hostPort, by });
};
