// A private X server for one machine: VirtualBox's only program that starts without its kernel driver insists on a
// display. Only who has the cookie gets in, nothing listens on TCP. It ends with its last client, so with the
// machine, and it outlives the manager.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { createConnection, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { failure } from '../../../shared/contract/errors.ts';
import { cleanDescriptors } from '../../process/clean-start.ts';

export interface XServer {
  readonly pid: number;
  /** For the program that is to use it. */
  readonly env: Readonly<Record<string, string>>;
  /** Lets go of it: from now on it ends with its last client. */
  release(): void;
  /** Ends it, in case no program uses it. */
  end(): void;
}

const readyLimitMs = 20_000;
const cookieName = 'MIT-MAGIC-COOKIE-1';
/** Family 65535: whatever the display's address is. */
const anyFamily = Buffer.from([0xff, 0xff]);

const counted = (bytes: Buffer): Buffer => {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
};

/** One entry of an Xauthority file: family, address, display, name of the scheme, data. */
export const authorityEntry = (cookie: Buffer): Buffer =>
  Buffer.concat([
    anyFamily,
    ...[Buffer.alloc(0), Buffer.alloc(0), Buffer.from(cookieName), cookie].map(counted),
  ]);

const padded = (bytes: Buffer): Buffer =>
  Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);

/** What a client says first: little endian, protocol 11.0, and with what it proves itself. */
export const greeting = (cookie: Buffer): Buffer => {
  const name = Buffer.from(cookie.length > 0 ? cookieName : '');
  const head = Buffer.alloc(12);
  head.write('l', 'latin1');
  head.writeUInt16LE(11, 2);
  head.writeUInt16LE(name.length, 6);
  head.writeUInt16LE(cookie.length, 8);
  return Buffer.concat([head, padded(name), padded(cookie)]);
};

/**
 * A client of our own, so that the server does not end between two short visits of the machine's program.
 * Resolves to the first byte of the answer too: 1 = let in, 0 = refused.
 */
export const visit = (
  display: string,
  cookie: Buffer,
): Promise<{ readonly socket: Socket; readonly answer: number | undefined }> =>
  new Promise((resolve, reject) => {
    const socket = createConnection(`/tmp/.X11-unix/X${display.slice(1)}`);
    socket.once('error', reject);
    socket.once('connect', () => socket.write(greeting(cookie)));
    socket.once('data', (data) => {
      // The server may end before us.
      socket.on('error', () => undefined).resume();
      resolve({ socket, answer: data[0] });
    });
  });

/** `folder`: the machine's own run-time folder. Rejects with `process/not-found` where there is no Xvfb. */
export const startXServer = async (
  folder: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<XServer> => {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const authority = join(folder, 'xauthority');
  const cookie = randomBytes(16);
  await writeFile(authority, authorityEntry(cookie), { mode: 0o600 });
  const args = ['-displayfd', '3', '-nolisten', 'tcp', '-auth', authority, '-terminate'];
  const [file = 'Xvfb', ...rest] = [
    ...cleanDescriptors(3),
    'Xvfb',
    ...args,
    ...['-screen', '0', '1280x1024x24'],
  ];
  const child = spawn(file, rest, {
    env: { ...env },
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const end = (): void => {
    child.kill('SIGTERM');
  };
  const display = await new Promise<string>((resolve, reject) => {
    const fail = (stderr: string): void => {
      end();
      reject(failure('process/failed', { command: 'Xvfb', exit: 'no display', stderr }));
    };
    const timer = setTimeout(() => fail('it named no display in time'), readyLimitMs);
    child.once('error', () => {
      clearTimeout(timer);
      reject(failure('process/not-found', { command: 'Xvfb' }));
    });
    child.once('exit', (code) => {
      clearTimeout(timer);
      if (code === 127) reject(failure('process/not-found', { command: 'Xvfb' }));
      else fail(`it ended with code ${String(code)}`);
    });
    let said = '';
    (child.stdio[3] as Readable).setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk;
      const number = /^(\d+)\n/.exec(said)?.[1];
      if (number === undefined) return;
      clearTimeout(timer);
      resolve(`:${number}`);
    });
  });
  (child.stdio[3] as Readable).destroy();
  child.unref();
  const { socket } = await visit(display, cookie).catch((error: unknown) => {
    end();
    throw error;
  });
  socket.unref();
  return {
    pid: child.pid ?? 0,
    env: { DISPLAY: display, XAUTHORITY: authority },
    release: () => socket.destroy(),
    end: () => {
      socket.destroy();
      end();
    },
  };
};
