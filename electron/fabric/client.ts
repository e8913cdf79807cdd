// The manager's side of the fabric: finds the one that runs, starts one where none does, and starts it again when it
// dies. The fabric is never ended with the manager.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isFailure } from '../../shared/contract/errors.ts';
import type { AppPaths } from '../drivers/types.ts';
import type { Logger } from '../log/logger.ts';
import type { Env } from '../paths.ts';
import { lost, openConnection, type Connection } from './connection.ts';
import { protocolVersion, type FabricClient, type FabricEvent } from './protocol.ts';
import { spawnFabric } from './spawn.ts';

export interface FabricDeps {
  readonly paths: Pick<AppPaths, 'runtime' | 'state'>;
  readonly log: Logger;
  /** argv that runs the role. */
  readonly command: readonly string[];
  /** The fabric's; its folders must be `paths`. */
  readonly env: Env;
}

export interface FabricOwner extends FabricClient {
  /** Connects, and starts the fabric where none runs. Rejects with `network/fabric-lost`. */
  readonly ensureRunning: () => Promise<void>;
  /** Connects if one runs. True: it does. Never starts one. */
  readonly findRunning: () => Promise<boolean>;
  /** It died and runs again: ports are restored, but look again. Returns its undo. */
  readonly onRestart: (listener: () => void) => () => void;
  /** Asks it to end, which it does when no network is left. True: it ends, or none runs. */
  readonly endIfIdle: () => Promise<boolean>;
  /** Lets go of it; it keeps running. */
  readonly dispose: () => Promise<void>;
}

const startLimitMs = 60_000;
const lookEveryMs = 25;
const firstPauseMs = 100;
const longestPauseMs = 10_000;

const errnoOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error ? String(error.code) : undefined;

export const createFabric = (deps: FabricDeps): FabricOwner => {
  const { log, paths } = deps;
  const socketPath = join(paths.runtime, 'fabric.sock');
  const listeners = new Set<(event: FabricEvent) => void>();
  const restartListeners = new Set<() => void>();
  let connection: Connection | undefined;
  let connecting: Promise<void> | undefined;
  /** Who it was: the same one again is no restart. */
  let known: string | undefined;
  let isWanted = false;
  let isDisposed = false;

  const onEvent = (event: FabricEvent): void => {
    for (const listener of listeners) listener(event);
  };

  /** Undefined: nobody there. */
  const tryConnect = async (): Promise<Connection | undefined> => {
    let opened: Connection;
    try {
      opened = await openConnection(socketPath, onEvent, () => closed(opened));
    } catch (error) {
      if (['ENOENT', 'ECONNREFUSED', 'ECONNRESET'].includes(errnoOf(error) ?? '')) return undefined;
      throw lost(String(error));
    }
    const { version, pid, startedAt } = await opened.call('hello', {});
    if (version !== protocolVersion) {
      const { isEnding } = await opened.call('endIfIdle', {});
      opened.close();
      if (isEnding) return undefined;
      throw lost(`A switch of another version (${version}) is running with machines on it.`);
    }
    const who = `${pid} ${startedAt}`;
    const isAnother = known !== undefined && known !== who;
    known = who;
    connection = opened;
    log.info('connected', { pid, isAnother });
    if (isAnother) for (const listener of restartListeners) listener();
    return opened;
  };

  const closed = (which: Connection): void => {
    if (connection !== which) return;
    connection = undefined;
    if (!isWanted || isDisposed) return;
    log.warn('the fabric is gone', {});
    void comeBack();
  };

  const comeBack = async (): Promise<void> => {
    for (let pause = firstPauseMs; isWanted && !isDisposed; pause *= 2) {
      try {
        await ensureRunning();
        return;
      } catch (error) {
        log.error('the fabric does not start', { error: String(error) });
        await sleep(Math.min(pause, longestPauseMs));
      }
    }
  };

  const start = async (): Promise<void> => {
    if (await tryConnect()) return;
    const spawned = spawnFabric({
      command: deps.command,
      env: deps.env,
      logPath: join(paths.state, 'fabric-output.log'),
    });
    log.info('started', { command: deps.command });
    const deadline = performance.now() + startLimitMs;
    while (!isDisposed && performance.now() < deadline) {
      await sleep(lookEveryMs);
      if (await tryConnect()) return;
      const end = spawned.ended();
      if (end === undefined) continue;
      // Another manager's may have been faster.
      if (await tryConnect()) return;
      throw lost(end);
    }
    throw lost(`It did not answer within ${startLimitMs / 1000} s.`);
  };

  const ensureRunning = (): Promise<void> => {
    isWanted = true;
    if (connection?.isOpen()) return Promise.resolve();
    connecting ??= start()
      .catch((error: unknown) => {
        throw isFailure(error) ? error : lost(String(error));
      })
      .finally(() => {
        connecting = undefined;
      });
    return connecting;
  };

  const findRunning = async (): Promise<boolean> => {
    if (connecting) await connecting.catch(() => undefined);
    if (connection?.isOpen()) return true;
    const isThere = (await tryConnect()) !== undefined;
    if (isThere) isWanted = true;
    return isThere;
  };

  const undoOf =
    <T>(set: Set<T>) =>
    (listener: T) => {
      set.add(listener);
      return () => {
        set.delete(listener);
      };
    };

  return {
    call: async (name, args) => {
      if (connecting) await connecting;
      if (!connection?.isOpen() && isWanted && !isDisposed) await ensureRunning();
      if (!connection) throw lost('It is not running.');
      return connection.call(name, args);
    },
    onEvent: undoOf(listeners),
    onRestart: undoOf(restartListeners),
    ensureRunning,
    findRunning,
    endIfIdle: async () => {
      if (!(await findRunning()) || !connection) return true;
      isWanted = false;
      const { isEnding } = await connection.call('endIfIdle', {});
      isWanted = !isEnding;
      return isEnding;
    },
    dispose: async () => {
      isDisposed = true;
      await connecting?.catch(() => undefined);
      connection?.close();
      connection = undefined;
    },
  };
};
