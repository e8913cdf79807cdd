// TCP forwards into a namespace: this process listens and hands every connection to a small program in the namespace
// (forwarder.py), which connects it to the machine. The kernel's TCP carries both halves, none of slirp's does.
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { FabricForward } from '../protocol.ts';
import type { Child, Children } from './children.ts';
import type { ServiceFolder } from './folder.ts';
import program from './forwarder.py?raw';
import { listenAddress, portFailure } from './host-port.ts';

export interface Forwarder {
  /**
   * `targetOf` is asked for every connection; those without a target are refused. Resolves with what ends the forward:
   * connections that run stay. Rejects like `assertPortFree`.
   */
  readonly open: (
    forward: FabricForward,
    targetOf: () => string | undefined,
  ) => Promise<() => void>;
}

export interface ForwarderOptions {
  readonly children: Children;
  readonly folder: ServiceFolder;
  /** argv prefix that runs a program in the namespace. */
  readonly enter: readonly string[];
  /** Absolute path. */
  readonly python: string;
  /** To be watched over: without it no connection gets through. */
  readonly onStarted: (child: Child) => void;
}

/** The program starts with the first forward. */
export const createForwarder = (options: ForwarderOptions): Forwarder => {
  let child: Child | undefined;
  const start = (): Child => {
    const path = options.folder.file('forwarder.py');
    writeFileSync(path, program, { mode: 0o600 });
    const started = options.children.start({
      name: 'forwarder',
      enter: options.enter,
      // -I: neither the environment nor the folder says what it imports.
      argv: [options.python, '-I', path],
      hasChannel: true,
    });
    options.onStarted(started);
    return started;
  };
  return {
    open: async (forward, targetOf) => {
      const server = createServer({ pauseOnConnect: true }, (socket) => {
        socket.on('error', () => undefined);
        const address = targetOf();
        if (address === undefined) socket.resetAndDestroy();
        else child?.pass({ address, port: forward.guestPort }, socket);
      });
      await new Promise<void>((resolve, reject) => {
        server.once('error', ({ code, message }: NodeJS.ErrnoException) =>
          reject(portFailure(forward, code ?? message)),
        );
        server.listen(
          { port: forward.hostPort, host: listenAddress(forward), exclusive: true },
          resolve,
        );
      });
      server.on('error', () => undefined);
      child ??= start();
      return () => void server.close();
    },
  };
};
