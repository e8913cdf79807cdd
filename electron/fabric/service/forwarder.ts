// TCP forwards into a namespace: this process listens and hands every connection to the program in the namespace
// (inside.py), which connects it to the machine. The kernel's TCP carries both halves, none of slirp's does.
import { createServer } from 'node:net';
import type { FabricForward } from '../protocol.ts';
import type { Child } from './children.ts';
import { listenAddress, portFailure } from './host-port.ts';

/**
 * `targetOf` is asked for every connection; those without a target are refused. Resolves with what ends the forward:
 * connections that run stay. Rejects with `network/port-taken`, `network/port-privileged` or `network/bad-forward`.
 */
export const forwardInto = async (
  inside: Child,
  forward: FabricForward,
  targetOf: () => string | undefined,
): Promise<() => void> => {
  const server = createServer({ pauseOnConnect: true }, (socket) => {
    socket.on('error', () => undefined);
    const address = targetOf();
    if (address === undefined) socket.resetAndDestroy();
    else inside.pass({ address, port: forward.guestPort }, socket);
  });
  const where = { port: forward.hostPort, host: listenAddress(forward), exclusive: true };
  await new Promise<void>((resolve, reject) => {
    server.once('error', ({ code, message }: NodeJS.ErrnoException) =>
      reject(portFailure(forward, code ?? message)),
    );
    server.listen(where, resolve);
  });
  server.on('error', () => undefined);
  return () => void server.close();
};
