// Networks of the core: builds their parts, follows machines and the fabric, and gives the commands.
import { failure, type AppError } from '../../shared/contract/errors.ts';
import type { VmId } from '../../shared/model/brand.ts';
import { toEpochMs } from '../../shared/model/brand.ts';
import type { Backend } from '../../shared/model/driver.ts';
import type { Nic } from '../../shared/model/network.ts';
import { isLive } from '../../shared/model/power.ts';
import type { VmDefinition } from '../../shared/model/vm.ts';
import type { Supervisor } from '../drivers/supervisor.ts';
import type { AppPaths, DriverSession, NicPlug } from '../drivers/types.ts';
import type { FabricOwner } from '../fabric/client.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { Logger } from '../log/logger.ts';
import { createNetworkRepository } from '../persist/network-repository.ts';
import type { Store } from '../state/store.ts';
import { createAttaching, type Attaching } from './attaching.ts';
import { createBook } from './book.ts';
import type { NetworkCommands } from './commands.ts';
import { createEditing, nativeFacets, networkFacts } from './editing.ts';
import { createFollowing } from './following.ts';
import { createForwarding } from './forwarding.ts';
import type { HostChanges } from './host-changes.ts';
import type { NetworkHost } from './host.ts';
import { createMoving } from './moving.ts';
import { createObserving } from './observing.ts';
import { createPlanner } from './planner.ts';
import { createPlugs } from './plugs.ts';
import { createNetworkRuntime } from './runtime.ts';
import { createSettingUp } from './setting-up.ts';

/** What commands about machines need of networks. */
export interface MachineNetworks extends Attaching {
  /**
   * Makes everything ready for a start and keeps it while `work` runs and, if the machine lives after it, until it
   * ended. Rejects with `network/*` or `privileged/*`, or with what `work` rejects with.
   */
  readonly whilePlugged: <T>(
    definition: VmDefinition,
    backend: Backend,
    session: DriverSession,
    work: (plugs: ReadonlyMap<string, NicPlug>) => Promise<T>,
  ) => Promise<T>;
}

export interface Networks {
  readonly commands: NetworkCommands;
  readonly machines: MachineNetworks;
  /** Reads what is stored. Resolves with what was wrong. Never rejects. */
  readonly load: () => Promise<readonly AppError[]>;
  /** After the drivers know their machines: takes over what runs. Never rejects. */
  readonly start: () => Promise<void>;
  /** Looks at this computer again. */
  readonly recheck: () => Promise<void>;
  /** Lets go; what runs keeps running. */
  readonly dispose: () => Promise<void>;
}

export interface NetworksDeps {
  readonly paths: AppPaths;
  readonly log: Logger;
  readonly now: () => number;
  readonly store: Store;
  readonly jobs: Jobs;
  readonly supervisor: Supervisor;
  readonly fabric: FabricOwner;
  readonly host: NetworkHost;
  readonly changes: HostChanges;
  /** Stores a machine's new definition. */
  readonly changeDefinition: (after: VmDefinition) => Promise<void>;
}

export const createNetworks = (deps: NetworksDeps): Networks => {
  const { store, supervisor, fabric, host, changes, jobs, log, now } = deps;
  const machines = (): readonly VmDefinition[] =>
    Object.values(store.getState().vms).map((vm) => vm.definition);
  const book = createBook(createNetworkRepository(deps.paths.data), store);
  const planner = createPlanner({ book, host, store });
  const runtime = createNetworkRuntime({ fabric, book, host, machines, log });
  const plugs = createPlugs({
    runtimeDir: deps.paths.runtime,
    runtime,
    planner,
    changes,
    find: book.find,
    machines,
  });
  const facts = (): ReturnType<typeof networkFacts> => networkFacts({ book, host, store });
  const moving = createMoving({
    stateDir: deps.paths.state,
    book,
    planner,
    runtime,
    store,
    supervisor,
    machines,
    changeDefinition: deps.changeDefinition,
    log,
  });
  const attaching = createAttaching({ moving, changes, store, machines, log });
  const following = createFollowing({
    book,
    planner,
    runtime,
    plugs,
    host,
    fabric,
    store,
    changes,
    log,
    machines,
    runtimeDir: deps.paths.runtime,
    now: () => toEpochMs(now()),
    natives: () => nativeFacets({ store, supervisor }),
  });

  const attach = async (id: VmId, nic: Nic): Promise<{ appliesAt: 'now' | 'nextStart' }> => {
    const vm = store.getState().vms[id];
    if (!vm) throw failure('vm/not-found', { id });
    const { definition } = vm;
    const { nics } = definition.config;
    const before = nics.find((each) => each.id === nic.id);
    if (!before) throw failure('network/not-found', { id: nic.id });
    const after = nics.map((each) => (each.id === nic.id ? nic : each));
    attaching.check(id, nics, after);
    const config = { ...definition.config, nics: after };
    const { session } = await supervisor.connected(definition.driver);
    await session.validate(config);
    await deps.changeDefinition({ ...definition, config });
    const appliesAt = await attaching.apply(id, before, nic).catch(async (error: unknown) => {
      // It is where it was.
      await deps.changeDefinition(definition);
      throw error;
    });
    if (appliesAt === 'nextStart') {
      store.dispatch({ kind: 'pendingChanges', vm: id, hasPendingChanges: true });
    }
    return { appliesAt };
  };

  const commands: NetworkCommands = {
    ...createEditing({ book, host, planner, runtime, changes, store, jobs, supervisor }),
    ...createForwarding({ book, runtime, fabric, facts, machines }),
    ...createObserving({ book, runtime, planner, fabric, store, supervisor, now }),
    ...createSettingUp({ book, planner, changes, jobs, refresh: following.refresh }),
    planNic: async ({ id, nic, engine }) => {
      const plan = await planner.plan(id, nic, planner.backendOf(id, engine));
      const appliesAt = await attaching.when(id, nic);
      return { plan, ...(appliesAt ? { appliesAt } : {}) };
    },
    attach: ({ id, nic }) => attach(id, nic),
    uplinks: () => ({ interfaces: [...host.interfaces()] }),
  };

  return {
    commands,
    machines: {
      ...attaching,
      whilePlugged: async (definition, backend, session, work) => {
        const { id } = definition;
        const letGo = following.hold(id);
        try {
          return await work(await plugs.prepare(definition, backend, session));
        } finally {
          letGo();
          const power = store.getState().vms[id]?.power;
          if (power === undefined || !isLive(power)) await plugs.release(id);
        }
      },
    },
    load: book.load,
    start: async () => {
      await following.start();
      await moving.complete();
    },
    recheck: () => {
      host.forget();
      return following.refresh();
    },
    dispose: async () => {
      following.dispose();
      changes.dispose();
      await fabric.dispose();
    },
  };
};
