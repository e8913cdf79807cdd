// Plans with the facts of now: which engine a machine would run on, what this computer has.
import { failure } from '../../shared/contract/errors.ts';
import type { DriverId, EngineId, VmId } from '../../shared/model/brand.ts';
import type { Backend, Capabilities } from '../../shared/model/driver.ts';
import type { NetworkPlan } from '../../shared/model/network-plan.ts';
import { isOnBridge, type Nic } from '../../shared/model/network.ts';
import type { Network } from '../../shared/model/networks.ts';
import type { ReadonlyStore } from '../app-types.ts';
import type { Book } from './book.ts';
import type { NetworkHost } from './host.ts';
import { planBridge, type TapWish } from './plan-bridge.ts';
import { planned, plugOf, type PlanBackend } from './plan-parts.ts';
import { serviceSteps, switchStep } from './plan-switch.ts';
import { planNic } from './plan.ts';

export interface Planner {
  readonly plan: (vm: VmId, nic: Nic, backend: Backend) => Promise<NetworkPlan>;
  /** What setting a network up on this computer takes, with the taps of the NICs that are attached to it. */
  readonly setUp: (network: Network) => Promise<NetworkPlan>;
  /** Of the network a NIC is attached to, for people. */
  readonly networkName: (nic: Nic) => string;
  /** The engine a machine runs on, or would be started on. */
  readonly backendOf: (vm: VmId, engine?: EngineId) => Backend;
  /** NICs of all machines that are attached to a network. */
  readonly members: (network: Network) => readonly Member[];
}

export interface Member {
  readonly vm: VmId;
  readonly name: string;
  readonly nic: Nic;
}

/** Whether a NIC is attached to the network. */
export const isAttached = ({ attachment }: Nic, network: Network): boolean => {
  if (attachment.kind === 'bridged') {
    return network.kind === 'bridged' && attachment.uplink === network.uplink;
  }
  return attachment.kind === network.kind && 'network' in attachment
    ? attachment.network === network.id
    : false;
};

/** Its plan needs nothing of this computer. */
const isAlone = ({ attachment: { kind } }: Nic): boolean =>
  kind === 'nat' || kind === 'none' || kind === 'other';

export const createPlanner = (deps: {
  readonly book: Book;
  readonly host: NetworkHost;
  readonly store: ReadonlyStore;
}): Planner => {
  const { book, host, store } = deps;

  const capabilitiesOf = (driver: DriverId): Capabilities | undefined =>
    store.getState().drivers[driver]?.capabilities;

  const planBackend = ({ driver, engine }: Backend): PlanBackend => ({
    title:
      store.getState().drivers[driver]?.engines.find(({ id }) => id === engine)?.title ?? engine,
    networking: capabilitiesOf(driver)?.networking?.find((row) => row.engine === engine),
  });

  const backendOf: Planner['backendOf'] = (vm, engine) => {
    const found = store.getState().vms[vm];
    if (!found) throw failure('vm/not-found', { id: vm });
    const { driver } = found.definition;
    if (engine !== undefined) return { driver, engine };
    const known = found.proof?.backend ?? found.engine?.backend;
    const first = store.getState().drivers[driver]?.engines[0]?.id;
    if (known?.driver === driver) return known;
    if (first === undefined) throw failure('vm/not-found', { id: vm });
    return { driver, engine: first };
  };

  const members = (network: Network): readonly Member[] =>
    Object.values(store.getState().vms).flatMap(({ definition }) =>
      definition.config.nics
        .filter((nic) => isAttached(nic, network))
        .map((nic) => ({ vm: definition.id, name: definition.name, nic })),
    );

  /** NICs that need a tap: those of machines whose engine does not do it itself. */
  const tapWishes = (network: Network): readonly TapWish[] =>
    members(network).flatMap(({ vm, nic }) => {
      const backend = planBackend(backendOf(vm));
      const { attachment } = nic;
      const vlan =
        attachment.kind === 'bridged' || attachment.kind === 'hostOnly'
          ? attachment.vlan
          : undefined;
      const isNative = backend.networking?.native.includes(attachment.kind) === true && !vlan;
      return isNative || !plugOf(backend, ['tap']) ? [] : [{ vm, nic: nic.id, vlan }];
    });

  return {
    backendOf,
    members,
    plan: async (vm, nic, backend) =>
      planNic({
        vm,
        nic,
        networks: book.all(),
        backend: planBackend(backend),
        // Looking at this computer takes a moment, which most machines need not wait for.
        host: isAlone(nic) ? undefined : await host.plan(),
      }),
    setUp: async (network) => {
      const facts = await host.plan();
      if (isOnBridge(network)) return planBridge(network, tapWishes(network), facts);
      const service = serviceSteps(network, facts.service);
      if ('refusal' in service) return service.refusal;
      return planned([switchStep(network), ...service.steps], service.limits);
    },
    networkName: (nic) => {
      const network = book.all().find((each) => isAttached(nic, each));
      const { attachment } = nic;
      if (network) return network.name;
      return attachment.kind === 'bridged' ? attachment.uplink : nic.id;
    },
  };
};
