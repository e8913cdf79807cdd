// Whether a port of the host is free, found out by taking it for a moment: VirtualBox accepts a forward whose port it
// cannot have, and says nothing.
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { failure } from '../../../../shared/contract/errors.ts';
import type { PortForward } from '../../../../shared/model/network.ts';

/** `undefined`: it could be taken. Else the system's word for why not: `EADDRINUSE`. */
const tryPort = ({ protocol, hostAddress, hostPort }: PortForward): Promise<string | undefined> =>
  new Promise((resolve) => {
    const where = { port: hostPort, ...(hostAddress === '' ? {} : { host: hostAddress }) };
    const onError = (error: NodeJS.ErrnoException): void => resolve(error.code ?? error.message);
    if (protocol === 'tcp') {
      const server = createServer().once('error', onError);
      const host = where.host ?? '0.0.0.0';
      server.listen({ ...where, host, exclusive: true }, () => {
        server.close(() => resolve(undefined));
      });
      return;
    }
    const socket = createSocket(hostAddress.includes(':') ? 'udp6' : 'udp4').once('error', onError);
    socket.bind({ port: hostPort, exclusive: true, address: where.host ?? '0.0.0.0' }, () => {
      socket.close(() => resolve(undefined));
    });
  });

export const isPortTaken = async (forward: PortForward): Promise<boolean> =>
  (await tryPort(forward)) === 'EADDRINUSE';

/** Rejects with `network/port-taken`, `port-privileged` or `bad-forward`. */
export const assertPortFree = async (forward: PortForward): Promise<void> => {
  const { protocol, hostPort: port, hostAddress } = forward;
  switch (await tryPort(forward)) {
    case undefined:
      return;
    case 'EADDRINUSE':
      throw failure('network/port-taken', { protocol, port, by: 'another program' });
    case 'EACCES':
      throw failure('network/port-privileged', { port, lowest: 1024 });
    default: {
      const reason = `This computer does not have the address ${hostAddress}.`;
      throw failure('network/bad-forward', { reason });
    }
  }
};
