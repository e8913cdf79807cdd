// Ports of the host: who listens on one (/proc/net), and which are reserved for the administrator.
import { readFileSync } from 'node:fs';
import { failure } from '../../../shared/contract/errors.ts';
import type { PortForward } from '../../../shared/model/network.ts';
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

const lowestFreePort = (): number => {
  try {
    return Number(readFileSync('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'utf8'));
  } catch {
    return 1024;
  }
};

/** Shape of a forward that the user-mode network can do. Never looks at the host. */
export const assertForwardPossible = (forward: PortForward): void => {
  if (!forward.hostAddress.includes(':')) return;
  const reason =
    'Forwards from an IPv6 address of this computer are not possible with user-mode NAT.';
  throw failure('network/bad-forward', { reason });
};

/** Rejects a forward that would fail on this host now. */
export const assertPortFree = (forward: PortForward): void => {
  assertForwardPossible(forward);
  const lowest = lowestFreePort();
  if (forward.hostPort < lowest && process.getuid?.() !== 0) {
    throw failure('network/port-privileged', { port: forward.hostPort, lowest });
  }
  const by = portHolder(forward.protocol, forward.hostAddress, forward.hostPort);
  if (by === undefined) return;
  throw failure('network/port-taken', { protocol: forward.protocol, port: forward.hostPort, by });
};
