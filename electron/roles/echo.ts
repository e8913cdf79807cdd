// The echo role: a unix socket that sends every line back. It proves that code runs without a window, without a
// display and without Node on the machine. `--once` ends after the first visitor left; `--idle=SECONDS` ends
// when nobody was connected for that long.
import { rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Role } from './role.ts';

const exitCodes = { ended: 0, wrongArgument: 2, alreadyRuns: 4 } as const;

interface EchoOptions {
  readonly isOnce: boolean;
  readonly idleMs: number | undefined;
}

const parseOptions = (args: readonly string[]): EchoOptions | undefined => {
  let isOnce = false;
  let idleMs: number | undefined;
  for (const arg of args) {
    if (arg === '--once') isOnce = true;
    else if (arg.startsWith('--idle=')) {
      const seconds = Number(arg.slice('--idle='.length));
      if (!(seconds > 0 && seconds <= 86_400)) return undefined;
      idleMs = seconds * 1000;
    }
  }
  return { isOnce, idleMs };
};

/** True when somebody answers on the socket; a leftover of a killed process does not. */
const answers = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });

const listen = (server: Server, path: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => resolve());
  });

export const echo: Role = async ({ args, runtimeDir, print, log, signal }) => {
  const options = parseOptions(args);
  if (!options) {
    print('--idle needs a number of seconds');
    return exitCodes.wrongArgument;
  }
  const path = join(runtimeDir, 'role-echo.sock');
  if (await answers(path)) {
    print(`already running: ${path}`);
    return exitCodes.alreadyRuns;
  }
  rmSync(path, { force: true });
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  let visitors = 0;
  let idle: NodeJS.Timeout | undefined;
  const watchIdle = (): void => {
    clearTimeout(idle);
    if (options.idleMs !== undefined && visitors === 0) {
      idle = setTimeout(() => end(), options.idleMs);
    }
  };
  const server = createServer((socket) => {
    visitors += 1;
    watchIdle();
    const lines = createInterface({ input: socket });
    lines.on('line', (line) => socket.write(`${line}\n`));
    // A visitor who resets the connection has left like any other.
    socket.on('error', (error) => log.info('visitor', { error: error.message }));
    socket.on('close', () => {
      visitors -= 1;
      if (options.isOnce) end();
      watchIdle();
    });
  });
  signal.addEventListener('abort', () => end(), { once: true });
  await listen(server, path);
  print(`listening ${path}`);
  watchIdle();
  if (!signal.aborted) await ended;
  clearTimeout(idle);
  server.close();
  rmSync(path, { force: true });
  return exitCodes.ended;
};
