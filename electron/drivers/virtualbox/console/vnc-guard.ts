// What VirtualBox's VNC server needs around it: a password, a free port, and a guard on the port it would open to
// everybody. What really listens is read from the kernel's socket tables.
import { randomInt } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';

/** The protocol cuts at eight characters, so each comes from all that can be typed, without blank or quotes. */
export const vncPasswordLength = 8;
const alphabet = Array.from({ length: 94 }, (_, index) => String.fromCharCode(33 + index))
  .filter((char) => !`"'\\\``.includes(char))
  .join('');

export const vncPassword = (): string =>
  Array.from({ length: vncPasswordLength }, () => alphabet[randomInt(alphabet.length)]).join('');

export interface HeldPort {
  /** False: somebody else has the port, so VirtualBox's extra listener may be open to the network. */
  readonly isHeld: boolean;
  readonly release: () => Promise<void>;
}
export type HoldPort = () => Promise<HeldPort>;

/** VirtualBox's VNC server also listens here on every IPv6 address, whatever address it was given. */
export const extraVncPort = 5900;

/**
 * Holds [::1]:5900, IPv6 only. While it is held VirtualBox cannot open its extra listener, logs that and goes on.
 * Held until the machine's own VNC port answers; one start at a time.
 */
export const holdExtraVncPort = (port = extraVncPort): Promise<HeldPort> =>
  new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', () => resolve({ isHeld: false, release: () => Promise.resolve() }));
    server.listen({ host: '::1', port, ipv6Only: true, exclusive: true }, () =>
      resolve({
        isHeld: true,
        release: () =>
          new Promise((done) => {
            server.close(() => done());
          }),
      }),
    );
  });

export const freeLoopbackPort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      server.close(() => resolve(port));
    });
  });

export interface Listener {
  /** In the kernel's hexadecimal, for example `0100007F`; 32 digits for IPv6. */
  readonly address: string;
  readonly port: number;
  readonly uid: number;
  readonly inode: string;
}

const listening = '0A';

/** Rows of /proc/net/tcp or tcp6 that listen. */
export const parseListeners = (table: string): readonly Listener[] =>
  table.split('\n').flatMap((line) => {
    const [, local = '', , state, , , , uid, , inode = ''] = line.trim().split(/\s+/);
    const [address = '', port = ''] = local.split(':');
    if (state !== listening || port === '') return [];
    return [{ address, port: Number.parseInt(port, 16), uid: Number(uid), inode }];
  });

export const listenersOn = async (port: number): Promise<readonly Listener[]> => {
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map((name) => readFile(`/proc/net/${name}`, 'utf8').catch(() => '')),
  );
  return tables.flatMap(parseListeners).filter((row) => row.port === port);
};

/** Listens on every address, not on loopback alone. */
export const isOpenToAll = ({ address }: Listener): boolean => /^0+$/.test(address);
