// Keeps the roster true: a web service of our own with its events, started again with growing pauses whenever it or
// VirtualBox's server dies; VBoxManage meanwhile. Every new connection reads everything again.
import { setTimeout as sleep } from 'node:timers/promises';
import { failure, isFailure } from '../../../shared/contract/errors.ts';
import type { Logger } from '../../log/logger.ts';
import { createMachineReader, type MachineReader } from './machine-reader.ts';
import { powerOf } from './power-state.ts';
import { createVBoxApi, inParallel, type ApiEvent, type VBoxApi } from './vbox-api.ts';
import type { Poll } from './watch-poll.ts';
import type { Roster } from './watch-roster.ts';
import type { WebService } from './web-service.ts';

export interface WatchTimes {
  /** Between two looks without the web service. */
  readonly pollMs: number;
  /** Before the service is tried again: doubled each time. */
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
}
export const defaultWatchTimes: WatchTimes = {
  pollMs: 2000,
  firstPauseMs: 300,
  longestPauseMs: 30_000,
};

export interface Watch {
  readonly api: () => VBoxApi | undefined;
  /** Resolves when every machine was read once, one way or the other. */
  readonly ready: Promise<void>;
  /** Reads one machine again. Rejects with `vm/not-found`. */
  refresh(id: string): Promise<void>;
  dispose(): Promise<void>;
}

export interface WatchDeps {
  /** `undefined`: this installation has none. */
  readonly open: (() => Promise<WebService>) | undefined;
  readonly roster: Roster;
  readonly poll: Poll;
  readonly log: Logger;
  readonly times?: WatchTimes;
}

/** From so many machines on, names and states are told before the rest is read. */
const manyMachines = 20;

/** Something that is said once, to whoever waits for it. */
const createSignal = (): { readonly given: Promise<void>; readonly give: () => void } => {
  let give = (): void => undefined;
  const given = new Promise<void>((resolve) => (give = resolve));
  return { given, give: () => give() };
};

interface Connection {
  readonly api: VBoxApi;
  readonly reader: MachineReader;
  /** How often a state was reported, by machine. */
  readonly stamps: Map<string, number>;
}

export const createWatch = (deps: WatchDeps): Watch => {
  const { open, roster, poll, log, times = defaultWatchTimes } = deps;
  const stop = new AbortController();
  let connection: Connection | undefined;
  const settled = createSignal();
  let isSettled = false;
  const settle = (): void => {
    isSettled = true;
    settled.give();
  };

  const readOne = async ({ reader, stamps }: Connection, id: string): Promise<void> => {
    const stamp = stamps.get(id);
    try {
      const reading = await reader.read(id);
      await roster.apply(reading, stamps.get(id) !== stamp);
    } catch (error) {
      if (isFailure(error, 'vm/not-found')) {
        reader.forget(id);
        roster.remove(id);
      }
      throw error;
    }
  };

  /** Changes come in bursts: one reading runs, at most one waits. */
  const running = new Map<string, Promise<void>>();
  const waiting = new Map<string, Promise<void>>();
  const read = (id: string): Promise<void> => {
    const now = connection;
    if (!now) return poll.refresh(id);
    const begin = (): Promise<void> => {
      const mine = readOne(now, id).finally(() => running.delete(id));
      running.set(id, mine);
      return mine;
    };
    const current = running.get(id);
    if (!current) return begin();
    const next = waiting.get(id);
    if (next) return next;
    const after = current
      .catch(() => undefined)
      .then(() => {
        waiting.delete(id);
        return begin();
      });
    waiting.set(id, after);
    return after;
  };
  const readSoon = (id: string): void => {
    read(id).catch((error: unknown) => {
      if (isFailure(error, 'vm/not-found')) return;
      log.info('machine not read', { machine: id, error: String(error) });
    });
  };

  const onEvent = (event: ApiEvent): void => {
    const { id } = event;
    switch (event.kind) {
      case 'state':
        connection?.stamps.set(id, (connection.stamps.get(id) ?? 0) + 1);
        // Whether an end was a crash is seen from more than the state.
        if (roster.get(id) === undefined || powerOf(event.state) === 'crashed') readSoon(id);
        else roster.setState(id, event.state, 0);
        break;
      case 'registered':
        if (event.isRegistered) readSoon(id);
        else {
          connection?.reader.forget(id);
          roster.remove(id);
        }
        break;
      case 'changed':
        readSoon(id);
        break;
    }
  };

  const readAll = async (current: Connection): Promise<void> => {
    const listed = await current.api.machines();
    const ids = new Set(listed.map((row) => row.id));
    for (const id of roster.ids()) if (!ids.has(id)) roster.remove(id);
    if (listed.length >= manyMachines) {
      for (const row of listed) {
        if (row.isAccessible) roster.announce(row.id, row.name, row.state);
      }
    }
    await inParallel(listed, async ({ id }) => {
      await read(id).catch((error: unknown) => {
        if (isFailure(error, 'virtualbox/web-service')) throw error;
        log.warn('machine not read', { machine: id, error: String(error) });
      });
    });
  };

  /** Serves until the service or VirtualBox's server dies (rejects) or we are done (resolves). */
  const serve = async (service: WebService): Promise<void> => {
    const api = createVBoxApi(service);
    const current: Connection = { api, reader: createMachineReader(api), stamps: new Map() };
    const registered = createSignal();
    const died = service.ended.then(() => {
      throw failure('virtualbox/web-service', { reason: 'It ended by itself.' });
    });
    const listening = api.listen(onEvent, stop.signal, () => registered.give());
    const over = Promise.race([died, listening]);
    over.catch(() => undefined);
    await Promise.race([registered.given, over]);
    connection = current;
    await Promise.race([readAll(current), over]);
    settle();
    await over;
  };

  const pollFor = async (pauseMs: number): Promise<void> => {
    const deadline = performance.now() + pauseMs;
    // A short pause is over before anybody misses a change, but somebody may wait for the first look.
    let isLooking = pauseMs > times.pollMs / 2 || !isSettled;
    do {
      if (isLooking) {
        await poll.look().then(settle, (error: unknown) => {
          log.warn('VirtualBox was not looked at', { error: String(error) });
        });
      }
      isLooking = true;
      const rest = Math.min(times.pollMs, deadline - performance.now());
      if (rest > 0) await sleep(rest, undefined, { signal: stop.signal }).catch(() => undefined);
    } while (!stop.signal.aborted && performance.now() < deadline);
  };

  const run = async (): Promise<void> => {
    let failures = 0;
    while (!stop.signal.aborted) {
      let service: WebService | undefined;
      const startedAt = performance.now();
      try {
        if (open) {
          service = await open();
          await serve(service);
        }
      } catch (error) {
        log.warn('VirtualBox’s web service is gone', { error: String(error) });
      } finally {
        connection = undefined;
        running.clear();
        waiting.clear();
        void service?.stop();
      }
      if (stop.signal.aborted) break;
      // Having lasted, it starts with short pauses again.
      failures = performance.now() - startedAt > times.longestPauseMs ? 1 : failures + 1;
      const pause = Math.min(times.longestPauseMs, times.firstPauseMs * 2 ** (failures - 1));
      await pollFor(open ? pause : times.longestPauseMs);
    }
  };
  const done = run();

  return {
    api: () => connection?.api,
    ready: settled.given,
    refresh: async (id) => {
      try {
        await read(id);
      } catch (error) {
        // The service may be about to end; VBoxManage is asked instead.
        if (!isFailure(error, 'virtualbox/web-service')) throw error;
        await poll.refresh(id);
      }
    },
    dispose: async () => {
      stop.abort();
      settle();
      await done;
    },
  };
};
