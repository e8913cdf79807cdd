// Probes drivers, connects them, has them re-adopt their VMs, and turns their reports into state events.
import type { AppFailure } from '../../shared/contract/errors.ts';
import { failure } from '../../shared/contract/errors.ts';
import { toEpochMs, type DriverId } from '../../shared/model/brand.ts';
import type { Capabilities, DriverInfo, ProbeOutcome } from '../../shared/model/driver.ts';
import { vmDefinitionSchema, type VmDefinition } from '../../shared/model/vm.ts';
import type { Store } from '../state/store.ts';
import type { DriverContext, DriverEvent, DriverSession, HypervisorDriver } from './types.ts';

export interface Connected {
  readonly driver: HypervisorDriver;
  readonly session: DriverSession;
  readonly capabilities: Capabilities;
}

export interface Supervisor {
  /** Probes and connects every driver. Never rejects. */
  readonly start: () => Promise<void>;
  /** Waits for the first probe; rejects with the driver's own failure when it is not usable. */
  readonly connected: (driver: DriverId) => Promise<Connected>;
  /** The session if it is there now. */
  readonly current: (driver: DriverId) => Connected | undefined;
  /** Probes again a driver that is not connected (after an installation). */
  readonly reprobe: () => Promise<void>;
  readonly driver: (id: DriverId) => HypervisorDriver | undefined;
  readonly dispose: () => Promise<void>;
}

export const createSupervisor = (deps: {
  readonly drivers: readonly HypervisorDriver[];
  readonly context: DriverContext;
  readonly store: Store;
  /** Lays over a reported definition what only we know of the machine. */
  readonly overlaid?: (reported: VmDefinition) => VmDefinition;
  readonly onEvent?: (event: DriverEvent) => void;
}): Supervisor => {
  const { drivers, context, store } = deps;
  const connections = new Map<DriverId, Connected>();
  const outcomes = new Map<DriverId, ProbeOutcome>();
  const settled = new Map<DriverId, Promise<void>>();

  const infoOf = (driver: HypervisorDriver, capabilities?: Capabilities): DriverInfo => ({
    id: driver.id,
    title: driver.title,
    engines: driver.engines,
    probe: outcomes.get(driver.id) ?? { kind: 'pending' },
    ...(capabilities ? { capabilities } : {}),
  });

  const onDefinition = (reported: VmDefinition): void => {
    const overlaid = deps.overlaid?.(reported) ?? reported;
    const checked = vmDefinitionSchema.safeParse(overlaid);
    // One machine the window cannot read would keep it from reading all others.
    if (checked.success) store.dispatch({ kind: 'defined', definition: overlaid });
    else context.log.error('definition not shown', { vm: reported.id, why: checked.error.message });
  };

  const onEvent = (event: DriverEvent): void => {
    switch (event.kind) {
      case 'power':
        store.dispatch({
          kind: 'power',
          vm: event.vm,
          power: event.power,
          at: toEpochMs(context.now()),
          error: event.error,
        });
        break;
      case 'engineProved':
        store.dispatch({ kind: 'engineProved', vm: event.vm, proof: event.proof });
        break;
      case 'definitionChanged':
        onDefinition(event.definition);
        break;
      case 'definitionGone':
        store.dispatch({ kind: 'undefined', vm: event.vm });
        break;
    }
    deps.onEvent?.(event);
  };

  const connect = async (driver: HypervisorDriver): Promise<void> => {
    const probe = await driver.probe(context);
    outcomes.set(driver.id, probe);
    store.dispatch({ kind: 'driver', driver: infoOf(driver) });
    if (probe.kind !== 'found') return;
    try {
      const capabilities = await driver.capabilities(probe, context);
      const session = await driver.connect(probe, capabilities, context, onEvent);
      const own = Object.values(store.getState().vms)
        .map((vm) => vm.definition)
        .filter((definition) => definition.driver === driver.id);
      await session.adopt(own);
      connections.set(driver.id, { driver, session, capabilities });
      store.dispatch({ kind: 'driver', driver: infoOf(driver, capabilities) });
    } catch (error) {
      context.log.error('driver did not connect', { driver: driver.id, error: String(error) });
      outcomes.set(driver.id, {
        kind: 'broken',
        command: [driver.id],
        exitCode: null,
        stderrTail: error instanceof Error ? error.message : String(error),
      });
      store.dispatch({ kind: 'driver', driver: infoOf(driver) });
    }
  };

  const begin = (driver: HypervisorDriver): Promise<void> => {
    const done = connect(driver);
    settled.set(driver.id, done);
    return done;
  };

  const unusable = (id: DriverId): AppFailure => {
    const driver = drivers.find((candidate) => candidate.id === id);
    if (!driver) return failure('process/not-found', { command: id });
    return driver.unusable(outcomes.get(id) ?? { kind: 'pending' });
  };

  return {
    start: async () => {
      for (const driver of drivers) store.dispatch({ kind: 'driver', driver: infoOf(driver) });
      await Promise.all(drivers.map(begin));
    },
    connected: async (id) => {
      await settled.get(id);
      const connection = connections.get(id);
      if (!connection) throw unusable(id);
      return connection;
    },
    current: (id) => connections.get(id),
    reprobe: async () => {
      await Promise.all(
        drivers.map(async (driver) => {
          await settled.get(driver.id);
          if (!connections.has(driver.id)) await begin(driver);
        }),
      );
    },
    driver: (id) => drivers.find((driver) => driver.id === id),
    dispose: async () => {
      await Promise.allSettled(settled.values());
      await Promise.allSettled([...connections.values()].map(({ session }) => session.dispose()));
    },
  };
};
