// A driver without a hypervisor: VMs live in memory, faults come on order. For unit tests and the benchmark of
// long lists only; nothing of the product imports it.
import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { failure, type AppFailure } from '../../../shared/contract/errors.ts';
import {
  toDriverId,
  toEngineId,
  toEpochMs,
  type EngineId,
  type VmId,
} from '../../../shared/model/brand.ts';
import type { Capabilities, EngineInfo, ProbeOutcome } from '../../../shared/model/driver.ts';
import { text } from '../../../shared/model/text.ts';
import type { PowerState } from '../../../shared/model/power.ts';
import type { VmConfig } from '../../../shared/model/vm-config.ts';
import type { VmDefinition } from '../../../shared/model/vm.ts';
import type { DriverEvent, DriverSession, HypervisorDriver, LifecycleContext } from '../types.ts';
import { createFakeInventory, type FakeInventory } from './inventory.ts';

/** Faults and delays; change them at any time. */
export interface FakeOrders {
  probe: ProbeOutcome;
  /** Delay of every action, ms. */
  delayMs: number;
  /** The next start (save ...) fails with this, once. */
  failStart?: AppFailure | undefined;
  /** Every start on one of these engines fails with this. */
  failEngines: ReadonlyMap<EngineId, AppFailure>;
  /** What the engine is read back as, when it is not the one asked for. */
  provedAs?: EngineId | undefined;
  failSave?: AppFailure | undefined;
  /** Guests ignore the power button. */
  ignoresShutdown: boolean;
  /** What adopt() reports for a VM that this driver has not seen before. */
  adopted: ReadonlyMap<VmId, PowerState>;
}

export interface FakeDriver extends HypervisorDriver {
  readonly orders: FakeOrders;
  /** The process of a running VM ends by itself. */
  readonly crash: (vm: VmId) => void;
  /** The guest shuts down by itself. */
  readonly guestOff: (vm: VmId) => void;
  readonly powerOf: (vm: VmId) => PowerState | undefined;
  /** Engines of all starts, in their order. */
  readonly starts: readonly { readonly vm: VmId; readonly engine: EngineId }[];
  /** Engines written into machines, with `canWriteEngine`. */
  readonly written: ReadonlyMap<VmId, EngineId | undefined>;
  /** With `keepsInventory`: the machines it has, to be changed from outside. */
  readonly inventory: FakeInventory | undefined;
}

export interface FakeOptions {
  readonly title?: string;
  readonly engines?: readonly EngineInfo[];
  readonly capabilities?: Partial<Capabilities>;
  readonly keepsInventory?: boolean;
  /** Machines are encrypted with it: a start asks for it until it was given. */
  readonly password?: string;
}

const onlyEngine: EngineInfo = {
  id: toEngineId('tcg'),
  speed: 'software',
  title: 'Nothing',
  shortTitle: 'Fake',
  mark: 'ring',
  isAutomatic: true,
};

const usualCapabilities: Capabilities = {
  canPause: true,
  canSaveState: true,
  canScreenshot: true,
  canChangeForwardsLive: false,
  canChangeCableLive: false,
  canChangeMediumLive: false,
  consoles: ['serial'],
  machineTypes: ['pc', 'q35'],
  nicModels: ['e1000'],
  diskBuses: ['ide', 'sata', 'virtio'],
  displayAdapters: ['std', 'none'],
  diskFormats: ['qcow2', 'raw'],
  firmware: ['bios'],
  maxVcpus: 8,
  absentEngines: [],
  startRoutes: [],
  hasSnapshots: false,
  hasOwnWindow: false,
  canWriteEngine: false,
};

const found: ProbeOutcome = { kind: 'found', version: '1.0', paths: {} };
const onePixelPng = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=',
  'base64',
);

export const createFakeDriver = (id = 'fake', options: FakeOptions = {}): FakeDriver => {
  const driver = toDriverId(id);
  const capabilities: Capabilities = { ...usualCapabilities, ...options.capabilities };
  const written = new Map<VmId, EngineId | undefined>();
  const unlocked = new Set<VmId>();
  const starts: { vm: VmId; engine: EngineId }[] = [];
  const orders: FakeOrders = {
    probe: found,
    delayMs: 0,
    ignoresShutdown: false,
    adopted: new Map(),
    failEngines: new Map(),
  };
  const powers = new Map<VmId, PowerState>();
  const names = new Map<VmId, string>();
  let emit: (event: DriverEvent) => void = () => undefined;

  const report = (vm: VmId, power: PowerState, more: Partial<DriverEvent> = {}): void => {
    powers.set(vm, power);
    emit({ kind: 'power', vm, power, ...more } as DriverEvent);
  };
  const work = async (ctx?: LifecycleContext): Promise<void> => {
    try {
      await sleep(orders.delayMs, undefined, ctx ? { signal: ctx.signal } : {});
    } catch (error) {
      throw failure('job/cancelled', {}, { cause: error });
    }
  };
  const demand = (vm: VmId, action: string, ...states: readonly PowerState[]): void => {
    const state = powers.get(vm);
    if (state === undefined) throw failure('vm/not-found', { id: vm });
    if (states.includes(state)) return;
    throw failure('vm/wrong-state', { name: names.get(vm) ?? vm, state, action });
  };
  const once = (name: 'failStart' | 'failSave'): void => {
    const error = orders[name];
    orders[name] = undefined;
    if (error) throw error;
  };

  const inventory = options.keepsInventory
    ? createFakeInventory((event) => {
        if (event.kind === 'definitionChanged')
          names.set(event.definition.id, event.definition.name);
        if (event.kind === 'power') powers.set(event.vm, event.power);
        emit(event);
      })
    : undefined;

  const start = async (
    definition: VmDefinition,
    engine: EngineId,
    ctx: LifecycleContext,
  ): Promise<void> => {
    const vm = definition.id;
    starts.push({ vm, engine });
    names.set(vm, definition.name);
    const before = powers.get(vm) ?? 'off';
    powers.set(vm, before);
    demand(vm, 'start', 'off', 'saved', 'crashed');
    report(vm, before === 'saved' ? 'restoring' : 'starting');
    try {
      await work(ctx);
      once('failStart');
      if (options.password !== undefined && !unlocked.has(vm)) {
        throw failure('vm/password-needed', { name: definition.name });
      }
      const refusal = orders.failEngines.get(engine);
      if (refusal) throw refusal;
    } catch (error) {
      report(vm, before);
      throw error;
    }
    report(vm, 'running');
    const backend = { driver, engine: orders.provedAs ?? engine };
    const proof = { backend, witness: 'fake', readAt: toEpochMs(0) };
    emit({ kind: 'engineProved', vm, proof });
  };

  const save = async (vm: VmId, ctx: LifecycleContext): Promise<void> => {
    demand(vm, 'save', 'running', 'paused');
    const before = powers.get(vm) ?? 'running';
    report(vm, 'saving');
    try {
      await work(ctx);
      once('failSave');
    } catch (error) {
      report(vm, before);
      throw error;
    }
    report(vm, 'saved');
  };

  const session: DriverSession = {
    adopt: async (given) => {
      inventory?.reportAll();
      const definitions = inventory ? inventory.machines() : given;
      for (const { id: vm, name } of definitions) {
        names.set(vm, name);
        report(vm, powers.get(vm) ?? orders.adopted.get(vm) ?? 'off');
      }
    },
    start: (definition, { engine }, ctx) => start(definition, engine, ctx),
    shutdown: async (vm) => {
      demand(vm, 'shutdown', 'running');
      if (orders.ignoresShutdown) return;
      void work().then(() => {
        if (powers.get(vm) === 'running') report(vm, 'off', { cause: 'asked' });
      });
    },
    powerOff: async (vm) => {
      if (
        !['starting', 'restoring', 'running', 'paused', 'stopping'].includes(powers.get(vm) ?? '')
      ) {
        return;
      }
      report(vm, 'stopping');
      await work();
      report(vm, 'off', { cause: 'asked' });
    },
    reset: async (vm) => demand(vm, 'reset', 'running', 'paused'),
    pause: async (vm) => {
      demand(vm, 'pause', 'running', 'paused');
      report(vm, 'paused');
    },
    resume: async (vm) => {
      demand(vm, 'resume', 'running', 'paused');
      report(vm, 'running');
    },
    remove: async ({ id: vm }) => {
      demand(vm, 'delete', 'off', 'saved', 'crashed', 'damaged');
      powers.delete(vm);
      inventory?.remove(vm);
    },
    ...(inventory ? { inventory: inventory.facet } : {}),
    ...(capabilities.canWriteEngine
      ? {
          engineSetting: {
            warning: text('command.notAvailable'),
            write: async (vm: VmId, engine: EngineId | undefined) => void written.set(vm, engine),
          },
        }
      : {}),
    ...(options.password === undefined
      ? {}
      : {
          unlock: async (vm: VmId, password: string) => {
            if (password !== options.password) {
              throw failure('vm/password-wrong', { name: names.get(vm) ?? vm });
            }
            unlocked.add(vm);
          },
        }),
    validate: async ({ vcpus }) => {
      if (vcpus < 1 || vcpus > capabilities.maxVcpus) {
        throw failure('vm/vcpus-out-of-range', { vcpus, max: capabilities.maxVcpus });
      }
    },
    complete: (config: VmConfig) => config,
    savedState: {
      save: ({ id: vm }, ctx) => save(vm, ctx),
      discard: async (vm) => {
        demand(vm, 'discard', 'saved');
        report(vm, 'off', { cause: 'asked' });
      },
    },
    console: {
      open: async (vm) => {
        demand(vm, 'console', 'running', 'paused');
        return new PassThrough();
      },
      screenshot: async (vm) => {
        demand(vm, 'console', 'running', 'paused');
        return new Uint8Array(onePixelPng);
      },
      serialHistory: async () => new Uint8Array(),
    },
    log: async () => ({ lines: [], path: '/dev/null' }),
    dispose: async () => {
      emit = () => undefined;
    },
  };

  const crash = (vm: VmId): void => {
    const params = { name: names.get(vm) ?? vm, exit: 'signal SIGKILL', log: 'ordered' };
    report(vm, 'crashed', { error: failure('vm/crashed', params).error });
  };

  return {
    id: driver,
    title: options.title ?? 'Fake',
    engines: options.engines ?? [onlyEngine],
    orders,
    crash,
    guestOff: (vm) => report(vm, 'off', { cause: 'guest' }),
    powerOf: (vm) => powers.get(vm),
    starts,
    written,
    inventory,
    unusable: () => failure('qemu/missing', { binary: id }),
    probe: async () => orders.probe,
    capabilities: async () => capabilities,
    connect: async (_probe, _capabilities, _ctx, onEvent) => {
      emit = onEvent;
      return session;
    },
  };
};
