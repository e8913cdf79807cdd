// What we ask VirtualBox through its web service: machines, states, events, the engine in use, the screen.
import { failure, isFailure } from '../../../shared/contract/errors.ts';
import { valueOf, valuesOf, type SoapCall } from './soap.ts';
import type { WebService } from './web-service.ts';

export interface ApiMachine {
  /** Handle in this session of the service. */
  readonly ref: string;
  readonly id: string;
  readonly isAccessible: boolean;
  /** Empty when it is not accessible. */
  readonly name: string;
  /** As the API spells it: `PoweredOff`, `Running`. */
  readonly state: string;
}

export type ApiEvent =
  | { readonly kind: 'state'; readonly id: string; readonly state: string }
  | { readonly kind: 'changed'; readonly id: string }
  | { readonly kind: 'registered'; readonly id: string; readonly isRegistered: boolean };

/** `VMExecutionEngine` of the API. */
export type ApiEngine = 'HwVirt' | 'NativeApi' | 'Interpreter' | 'Recompiler' | (string & {});

export interface VBoxApi {
  /** Any call of the interface, for what has no method here; `virtualBox` is the IVirtualBox object. */
  readonly call: SoapCall;
  readonly virtualBox: string;
  /** Shares the machine with the program that runs it, or locks it; `machine` is the one that can be changed. */
  withMachine<T>(id: string, work: (machine: string, session: string) => Promise<T>): Promise<T>;
  /** Of a machine that runs. */
  withConsole<T>(id: string, work: (console: string) => Promise<T>): Promise<T>;
  machines(): Promise<readonly ApiMachine[]>;
  state(id: string): Promise<string>;
  /** Compile-time knowledge of the installed VirtualBox; `undefined` where the method does not exist (before 7.1). */
  isEngineSupported(engine: ApiEngine): Promise<boolean | undefined>;
  /** Of a running machine. */
  engineInUse(id: string): Promise<ApiEngine>;
  /** PNG bytes. */
  screenshot(id: string): Promise<Uint8Array>;
  /** Sets a VRDE property of a running or stopped machine; never on a command line. */
  setVrdeProperty(id: string, name: string, value: string): Promise<void>;
  /** Reports events until `signal` aborts; rejects when the service or VirtualBox's server dies. */
  listen(
    onEvent: (event: ApiEvent) => void,
    signal: AbortSignal,
    onListening?: () => void,
  ): Promise<void>;
}

const interesting = [
  'OnMachineStateChanged',
  'OnMachineDataChanged',
  'OnMachineRegistered',
  'OnSnapshotTaken',
  'OnSnapshotDeleted',
  'OnSnapshotRestored',
  'OnSnapshotChanged',
  'OnNATRedirect',
];
/** How long the service may keep us waiting for an event. Shorter would only make more calls. */
const pollMs = 10_000;

const need = (answer: string, what: string): string => {
  const value = valueOf(answer);
  if (value === undefined || value === '')
    throw failure('virtualbox/web-service', { reason: `It gave no ${what}.` });
  return value;
};

/** Work on many machines, a few at a time. */
export const inParallel = async <T, R>(
  items: readonly T[],
  work: (item: T, index: number) => Promise<R>,
): Promise<readonly R[]> => {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++)
      results[index] = await work(items[index] as T, index);
  };
  await Promise.all(Array.from({ length: 4 }, worker));
  return results;
};

const release = (call: SoapCall, ref: string): Promise<unknown> =>
  call('IManagedObjectRef_release', { _this: ref }).catch(() => undefined);

const readEvent = async (call: SoapCall, ref: string): Promise<ApiEvent | undefined> => {
  const type = valueOf(await call('IEvent_getType', { _this: ref }));
  const id = async (): Promise<string> =>
    need(await call('IMachineEvent_getMachineId', { _this: ref }), 'machine id').toLowerCase();
  switch (type) {
    case 'OnMachineStateChanged': {
      const state = need(await call('IMachineStateChangedEvent_getState', { _this: ref }), 'state');
      return { kind: 'state', id: await id(), state };
    }
    case 'OnMachineRegistered': {
      const answer = await call('IMachineRegisteredEvent_getRegistered', { _this: ref });
      return { kind: 'registered', id: await id(), isRegistered: valueOf(answer) === 'true' };
    }
    case undefined:
      return undefined;
    default:
      return { kind: 'changed', id: await id() };
  }
};

export const createVBoxApi = ({
  call,
  virtualBox,
}: Pick<WebService, 'call' | 'virtualBox'>): VBoxApi => {
  // A web session has one session object, so what locks a machine goes one after the other.
  let queue: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = queue.then(work, work);
    queue = mine.catch(() => undefined);
    return mine;
  };

  // The service names one object always alike, and a release is final: what others hold too is not released.
  const find = async (id: string): Promise<string> =>
    need(await call('IVirtualBox_findMachine', { _this: virtualBox, nameOrId: id }), 'machine');

  /** Shares the machine with the program that runs it. */
  const withSession = <T>(id: string, work: (session: string) => Promise<T>): Promise<T> =>
    inTurn(async () => {
      const machine = await find(id);
      const answer = await call('IWebsessionManager_getSessionObject', {
        refIVirtualBox: virtualBox,
      });
      const session = need(answer, 'session object');
      await call('IMachine_lockMachine', { _this: machine, session, lockType: 'Shared' });
      try {
        return await work(session);
      } finally {
        await call('ISession_unlockMachine', { _this: session }).catch(() => undefined);
      }
    });

  const withConsole = <T>(id: string, work: (console: string) => Promise<T>): Promise<T> =>
    withSession(id, async (session) => {
      const console = need(await call('ISession_getConsole', { _this: session }), 'console');
      try {
        return await work(console);
      } finally {
        await release(call, console);
      }
    });

  const withMachine = <T>(
    id: string,
    work: (machine: string, session: string) => Promise<T>,
  ): Promise<T> =>
    withSession(id, async (session) => {
      const machine = need(await call('ISession_getMachine', { _this: session }), 'machine');
      try {
        return await work(machine, session);
      } finally {
        await release(call, machine);
      }
    });

  return {
    call,
    virtualBox,
    withMachine,
    withConsole,
    machines: async () => {
      const answer = await call('IVirtualBox_getMachines', { _this: virtualBox });
      const refs = valuesOf(answer);
      if (refs.length === 0) return [];
      // States of all in one call; the rest is a fraction of a millisecond each.
      const states = valuesOf(
        await call('IVirtualBox_getMachineStates', { _this: virtualBox, machines: refs }),
      );
      const rows = await inParallel(refs, async (ref, index) => {
        try {
          const id = need(await call('IMachine_getId', { _this: ref }), 'id').toLowerCase();
          const accessible = valueOf(await call('IMachine_getAccessible', { _this: ref }));
          const isAccessible = accessible === 'true';
          // Of one that is not, asking for more is refused.
          const name = isAccessible ? await call('IMachine_getName', { _this: ref }) : '';
          const state = states[index] ?? 'Null';
          return { ref, id, isAccessible, name: valueOf(name) ?? '', state };
        } catch (error) {
          // It was removed meanwhile.
          if (isFailure(error, 'virtualbox/refused')) return undefined;
          throw error;
        }
      });
      return rows.filter((row) => row !== undefined);
    },
    state: async (id) => {
      const machine = await find(id);
      const answer = await call('IMachine_getState', { _this: machine });
      return need(answer, 'state');
    },
    isEngineSupported: async (engine) => {
      const host = need(await call('IVirtualBox_getHost', { _this: virtualBox }), 'host');
      try {
        const answer = await call('IHost_isExecutionEngineSupported', {
          _this: host,
          cpuArchitecture: 'AMD64',
          executionEngine: engine,
        });
        return valueOf(answer) === 'true';
      } catch (error) {
        if (isFailure(error, 'virtualbox/refused')) return undefined;
        throw error;
      } finally {
        await release(call, host);
      }
    },
    engineInUse: (id) =>
      withConsole(id, async (console) => {
        const debug = need(await call('IConsole_getDebugger', { _this: console }), 'debugger');
        const answer = await call('IMachineDebugger_getExecutionEngine', { _this: debug });
        await release(call, debug);
        return need(answer, 'engine');
      }),
    screenshot: (id) =>
      withConsole(id, async (console) => {
        const display = need(await call('IConsole_getDisplay', { _this: console }), 'display');
        try {
          const size = await call('IDisplay_getScreenResolution', { _this: display, screenId: 0 });
          const width = Number(valueOf(size, 'width'));
          const height = Number(valueOf(size, 'height'));
          if (!(width > 0 && height > 0)) {
            const reason = 'The machine shows no picture yet.';
            throw failure('console/unavailable', { name: id, reason });
          }
          const params = { _this: display, screenId: 0, width, height, bitmapFormat: 'PNG' };
          const answer = await call('IDisplay_takeScreenShotToArray', params);
          return new Uint8Array(Buffer.from(need(answer, 'picture'), 'base64'));
        } finally {
          await release(call, display);
        }
      }),
    setVrdeProperty: (id, name, value) =>
      withMachine(id, async (machine) => {
        const server = need(await call('IMachine_getVRDEServer', { _this: machine }), 'server');
        await call('IVRDEServer_setVRDEProperty', { _this: server, key: name, value });
        await call('IMachine_saveSettings', { _this: machine });
        await release(call, server);
      }),
    listen: async (onEvent, signal, onListening) => {
      const source = need(
        await call('IVirtualBox_getEventSource', { _this: virtualBox }),
        'events',
      );
      const listener = need(
        await call('IEventSource_createListener', { _this: source }),
        'listener',
      );
      const base = { _this: source, listener };
      await call('IEventSource_registerListener', { ...base, interesting, active: false });
      onListening?.();
      try {
        while (!signal.aborted) {
          const options = { timeoutMs: pollMs + 10_000, signal, isLong: true };
          const answer = await call('IEventSource_getEvent', { ...base, timeout: pollMs }, options);
          const ref = valueOf(answer);
          if (!ref) continue;
          const event = await readEvent(call, ref);
          await call('IEventSource_eventProcessed', { ...base, event: ref });
          await release(call, ref);
          if (event) onEvent(event);
        }
      } catch (error) {
        if (!signal.aborted) throw error;
      } finally {
        await call('IEventSource_unregisterListener', base).catch(() => undefined);
      }
    },
  };
};
