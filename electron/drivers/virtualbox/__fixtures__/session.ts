// A session of the driver on a VirtualBox of the test's own, and what it has reported.
import { expect } from 'vitest';
import { toEngineId, toVmId, type VmId } from '../../../../shared/model/brand.ts';
import type { Capabilities } from '../../../../shared/model/driver.ts';
import type { PowerState } from '../../../../shared/model/power.ts';
import type { VmDefinition } from '../../../../shared/model/vm.ts';
import type { DriverContext, DriverEvent, DriverSession, FoundProbe } from '../../types.ts';
import { createVirtualBoxDriver, type VirtualBoxDriverOptions } from '../index.ts';
import { contextOf } from './context.ts';
import { realVirtualBox, type RealVirtualBox } from './real.ts';

type PowerEvent = Extract<DriverEvent, { kind: 'power' }>;

export interface RealSession {
  readonly real: RealVirtualBox;
  readonly context: DriverContext;
  readonly session: DriverSession;
  readonly capabilities: Capabilities;
  readonly events: readonly DriverEvent[];
  readonly definitionOf: (vm: VmId) => VmDefinition | undefined;
  readonly powerOf: (vm: VmId) => PowerState | undefined;
  /** The last report about its power. */
  readonly reportOf: (vm: VmId) => PowerEvent | undefined;
  readonly isGone: (vm: VmId) => boolean;
  /** A machine as `createMachine` makes it, once it is reported. */
  readonly make: (name: string) => Promise<VmId>;
  readonly start: (vm: VmId, engine?: string) => Promise<void>;
  readonly dispose: () => Promise<void>;
}

export const patient = { timeout: 120_000, interval: 20 };

/** `change`: what is found may be altered, as if the installation were another. */
export const realSession = async (
  options: VirtualBoxDriverOptions & {
    readonly real?: RealVirtualBox;
    readonly change?: (probe: FoundProbe, real: RealVirtualBox) => FoundProbe;
  } = {},
): Promise<RealSession> => {
  const real = options.real ?? (await realVirtualBox());
  const driver = createVirtualBoxDriver(options);
  const context = contextOf(real);
  const found = await driver.probe(context);
  if (found.kind !== 'found') throw new Error(JSON.stringify(found));
  const probe = options.change?.(found, real) ?? found;
  const capabilities = await driver.capabilities(probe, context);
  const events: DriverEvent[] = [];
  const session = await driver.connect(probe, capabilities, context, (event) => events.push(event));
  await session.adopt([]);

  const definitionOf = (vm: VmId): VmDefinition | undefined =>
    events
      .flatMap((event) =>
        event.kind === 'definitionChanged' && event.definition.id === vm ? [event.definition] : [],
      )
      .at(-1);
  const reportOf = (vm: VmId): PowerEvent | undefined =>
    events.flatMap((event) => (event.kind === 'power' && event.vm === vm ? [event] : [])).at(-1);
  const powerOf = (vm: VmId): PowerState | undefined => reportOf(vm)?.power;
  return {
    real,
    context,
    session,
    capabilities,
    events,
    definitionOf,
    powerOf,
    reportOf,
    isGone: (vm) => events.some((event) => event.kind === 'definitionGone' && event.vm === vm),
    make: async (name) => {
      const vm = toVmId(await real.createMachine(name));
      await expect.poll(() => powerOf(vm), patient).toBe('off');
      return vm;
    },
    start: async (vm, engine = 'software') => {
      const definition = definitionOf(vm);
      if (!definition) throw new Error(`${vm} was not reported`);
      const ctx = { signal: new AbortController().signal, progress: () => undefined };
      await session.start(definition, { engine: toEngineId(engine) }, ctx);
    },
    dispose: async () => {
      await session.dispose();
      if (!options.real) await real.dispose();
    },
  };
};

/** Code of the failure that `work` ends with. */
export const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'no error',
    (error: { readonly error?: { readonly code?: string } }) =>
      error.error?.code ?? String(error),
  );
