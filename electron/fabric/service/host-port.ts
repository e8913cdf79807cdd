// Whether a port of this computer can be taken, found out by taking it for a moment: the programs that take it then only
// say that it did not work.
import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { failure, type AppFailure } from '../../../shared/contract/errors.ts';
import type { FabricForward } from '../protocol.ts';

const anyAddress = '0.0.0.0';

/** The address to listen on, as slirp takes it. */
export const listenAddress = ({ hostAddress }: Pick<FabricForward, 'hostAddress'>): string =>
  hostAddress === '' ? anyAddress : hostAddress;

/** `undefined`: it can be taken. Else the system's word for why not: `EADDRINUSE`. */
const tryPort = (forward: FabricForward): Promise<string | undefined> =>
  new Promise((resolve) => {
    const host = listenAddress(forward);
    const onError = (error: NodeJS.ErrnoException): void => resolve(error.code ?? error.message);
    if (forward.protocol === 'tcp') {
      const server = createServer().once('error', onError);
      server.listen({ port: forward.hostPort, host, exclusive: true }, () => {
        server.close(() => resolve(undefined));
      });
      return;
    }
    const socket = createSocket('udp4').once('error', onError);
    socket.bind({ port: forward.hostPort, exclusive: true, address: host }, () => {
      socket.close(() => resolve(undefined));
    });
  });

const lowestPort = (): number => {
  try {
    return Number(readFileSync('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'utf8'));
  } catch {
    return 1024;
  }
};

/** Why the port cannot be listened on, from the system's word for it. */
export const portFailure = (
  { protocol, hostPort: port, hostAddress }: FabricForward,
  code: string,
): AppFailure => {
  if (code === 'EADDRINUSE')
    return failure('network/port-taken', { protocol, port, by: 'another program' });
  if (code === 'EACCES') return failure('network/port-privileged', { port, lowest: lowestPort() });
  const reason =
    code === 'EADDRNOTAVAIL'
      ? `This computer does not have the address ${hostAddress}.`
      : `The port cannot be opened: ${code}.`;
  return failure('network/bad-forward', { reason });
};

/** Rejects with `network/port-taken`, `network/port-privileged` or `network/bad-forward`. */
export const assertPortFree = async (forward: FabricForward): Promise<void> => {
  if (forward.hostAddress.includes(':'))
    throw failure('network/bad-forward', {
      reason: 'Forwards of NAT networks listen on IPv4 addresses only.',
    });
  const problem = await tryPort(forward);
  if (problem !== undefined) throw portFailure(forward, problem);
};
