// The fabric's socket: JSON lines, several managers at once. Requests are checked, answered with their id, and events
// go to everybody.
import { randomUUID } from 'node:crypto';
import { chmodSync, closeSync, openSync, rmSync, statSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { failure, isFailure, type AppError } from '../../shared/contract/errors.ts';
import type { Logger } from '../log/logger.ts';
import type { FabricHandlers } from './fabric.ts';
import { readMessages, sendMessage } from './lines.ts';
import { fabricCalls, requestSchema, type FabricCall, type FabricEvent } from './protocol.ts';

export interface ControlServer {
  readonly emit: (event: FabricEvent) => void;
  readonly close: () => void;
}

/** True when somebody answers on the socket; a leftover of a killed process does not. */
const isAnswered = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });

/** Left by a process that was killed in those milliseconds. */
const staleAfterMs = 10_000;

/** Two that start at once must not both find nobody: one looks and listens, then the other looks. */
const alone = async <T>(path: string, work: () => Promise<T>): Promise<T> => {
  const lock = `${path}.lock`;
  for (;;) {
    try {
      closeSync(openSync(lock, 'wx', 0o600));
      break;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      const since = statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
      if (Date.now() - since > staleAfterMs) rmSync(lock, { force: true });
      await sleep(10);
    }
  }
  try {
    return await work();
  } finally {
    rmSync(lock, { force: true });
  }
};

/** False: another process listens there. */
const listenAlone = (server: Server, path: string): Promise<boolean> =>
  alone(path, async () => {
    if (await isAnswered(path)) return false;
    rmSync(path, { force: true });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(path, () => resolve());
    });
    chmodSync(path, 0o600);
    return true;
  });

const isCall = (name: string): name is FabricCall => Object.hasOwn(fabricCalls, name);

/**
 * `path`: in an owner-only folder; a leftover there is replaced. Resolves when it listens, with undefined when another
 * process does. Calls wait for `ready`.
 */
export const startControlServer = async (
  path: string,
  handlers: FabricHandlers,
  ready: Promise<void>,
  log: Logger,
): Promise<ControlServer | undefined> => {
  const visitors = new Set<Socket>();

  const errorOf = (call: string, error: unknown): AppError => {
    if (isFailure(error)) return error.error;
    const reference = randomUUID();
    log.error('call failed', { call, reference, error: String(error) });
    return failure('internal/unexpected', { reference }, { cause: error }).error;
  };

  const perform = <C extends FabricCall>(name: C, given: unknown): Promise<unknown> => {
    const args = fabricCalls[name].args.safeParse(given);
    if (!args.success) {
      const reason = args.error.message;
      return Promise.reject(failure('ipc/rejected', { channel: `fabric.${name}`, reason }));
    }
    // The table ties a call's arguments to its handler; TypeScript cannot follow that through an index.
    const handler = handlers[name] as (args: unknown) => Promise<unknown>;
    return handler(args.data);
  };

  const answer = async (socket: Socket, message: unknown): Promise<void> => {
    const request = requestSchema.safeParse(message);
    if (!request.success) {
      socket.destroy();
      return;
    }
    const { id, call, args } = request.data;
    try {
      if (!isCall(call)) {
        throw failure('ipc/rejected', { channel: `fabric.${call}`, reason: 'no such call' });
      }
      await ready;
      sendMessage(socket, { id, result: await perform(call, args) });
    } catch (error) {
      sendMessage(socket, { id, error: errorOf(call, error) });
    }
  };

  const server = createServer((socket) => {
    visitors.add(socket);
    readMessages(socket, (message) => void answer(socket, message));
    // A manager that was killed has left like any other.
    socket.on('error', () => undefined);
    socket.on('close', () => visitors.delete(socket));
  });
  if (!(await listenAlone(server, path))) return undefined;
  return {
    emit: (event) => {
      for (const socket of visitors) sendMessage(socket, event);
    },
    close: () => {
      server.close();
      for (const socket of visitors) socket.end();
    },
  };
};
