// What VirtualBox's VNC server needs around it: a password, and a guard on the port it would open to everybody.
// What really listens is read from the kernel's socket tables.
import { randomInt } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** The protocol cuts at eight characters, so each comes from all that can be typed, without blank or quotes. */
export const vncPasswordLength = 8;
const alphabet = Array.from({ length: 94 }, (_, index) => String.fromCharCode(33 + index))
  .filter((char) => !`"'\\\``.includes(char))
  .join('');

export const vncPassword = (): string =>
  Array.from({ length: vncPasswordLength }, () => alphabet[randomInt(alphabet.length)]).join('');

export interface HeldPort {
  /** False: somebody else had the port when we asked. Then it is tried again until it is held or released. */
  readonly isHeld: () => boolean;
  readonly release: () => Promise<void>;
}
export type HoldPort = () => Promise<HeldPort>;

/** VirtualBox's VNC server also listens here on every IPv6 address, whatever address it was given. */
export const extraVncPort = 5900;

const retryMs = 10;

const listen = (port: number): Promise<Server | undefined> =>
  new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', () => resolve(undefined));
    server.listen({ host: '::1', port, ipv6Only: true, exclusive: true }, () => resolve(server));
  });

/**
 * Holds [::1]:5900, IPv6 only. While it is held VirtualBox cannot open its extra listener, logs that and goes on.
 * Held until the machine's own VNC port answers; one start at a time. Another user's manager may hold it for a start
 * of its own, which keeps VirtualBox out as well, so it is taken over as soon as that one lets go.
 */
export const holdExtraVncPort = async (port = extraVncPort): Promise<HeldPort> => {
  let server = await listen(port);
  let isReleased = false;
  const keepTrying = async (): Promise<void> => {
    while (!server && !isReleased) {
      await sleep(retryMs);
      server = isReleased ? undefined : await listen(port);
    }
  };
  const trying = keepTrying();
  return {
    isHeld: () => server !== undefined,
    release: async () => {
      isReleased = true;
      await trying;
      await new Promise<void>((done) => (server ? server.close(() => done()) : done()));
      server = undefined;
    },
  };
};

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
