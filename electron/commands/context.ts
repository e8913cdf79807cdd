// What every command works with, and the small look-ups they share.
import { failure, isFailure } from '../../shared/contract/errors.ts';
import type { DriverId, VmId } from '../../shared/model/brand.ts';
import { allowedActions, displayedPower, type VmAction } from '../../shared/model/power.ts';
import { nameProblem, maxVmNameLength, type Vm } from '../../shared/model/vm.ts';
import { format } from '../../shared/i18n/format.ts';
import type { Connected, Supervisor } from '../drivers/supervisor.ts';
import type { AppPaths, HypervisorDriver } from '../drivers/types.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { Logger } from '../log/logger.ts';
import type { OverlayRepository } from '../persist/overlay-repository.ts';
import type { VmRepository } from '../persist/vm-repository.ts';
import type { Store } from '../state/store.ts';
import type { MachineNetworks } from '../networks/networks.ts';
import type { HostLock } from './host-lock.ts';
import type { Judge } from './judge.ts';
import type { RunMemory } from './run-memory.ts';

export interface CommandContext {
  readonly store: Store;
  readonly jobs: Jobs;
  readonly supervisor: Supervisor;
  readonly repository: VmRepository;
  readonly overlays: OverlayRepository;
  readonly paths: AppPaths;
  readonly log: Logger;
  readonly now: () => number;
  readonly decide: Judge['decide'];
  readonly memory: Pick<RunMemory, 'lastGood' | 'noteFailedStart'>;
  readonly lock: Pick<HostLock, 'claim' | 'conflict' | 'freezes'>;
  /** Whether the engines of this host were judged; deciding before would be premature. */
  readonly engines: { readonly areKnown: boolean; readonly known: () => Promise<void> };
  /** In the order of preference for new VMs. */
  readonly drivers: readonly HypervisorDriver[];
  /** What the machines' adapters are plugged into. */
  readonly networks: MachineNetworks;
}

/**
 * The hypervisor `id`, or without one the first that is ready and `suits`. Rejects with the driver's own failure,
 * without an `id` with that of the first one.
 */
export const hypervisorFor = async (
  ctx: Pick<CommandContext, 'drivers' | 'supervisor'>,
  id: DriverId | undefined,
  suits: (connected: Connected) => boolean = () => true,
): Promise<Connected> => {
  if (id !== undefined) return ctx.supervisor.connected(id);
  let first: unknown;
  for (const driver of ctx.drivers) {
    try {
      const connected = await ctx.supervisor.connected(driver.id);
      if (suits(connected)) return connected;
    } catch (error) {
      first ??= error;
    }
  }
  if (isFailure(first)) throw first;
  throw failure('process/not-found', { command: 'hypervisor' }, { cause: first });
};

/** Throws `vm/not-found`. */
export const vmById = (ctx: Pick<CommandContext, 'store'>, id: VmId): Vm => {
  const vm = ctx.store.getState().vms[id];
  if (!vm) throw failure('vm/not-found', { id });
  return vm;
};

/** Throws `vm/wrong-state` when the action makes no sense in the observed state. */
export const requireAction = (vm: Vm, action: VmAction): void => {
  if (allowedActions(vm.power).includes(action)) return;
  throw failure('vm/wrong-state', {
    name: vm.definition.name,
    state: format(`power.${displayedPower(vm.power, vm.pending)}`),
    action: format(`action.${action}`),
  });
};

/** Returns the name as it is stored, or throws the `vm/name-*` that fits. `self` may keep its own name. */
export const goodName = (ctx: Pick<CommandContext, 'store'>, name: string, self?: VmId): string => {
  const stored = name.normalize('NFC').trim();
  const others = Object.values(ctx.store.getState().vms)
    .filter((vm) => vm.definition.id !== self)
    .map((vm) => vm.definition.name);
  switch (nameProblem(name, others)) {
    case undefined:
      return stored;
    case 'empty':
      throw failure('vm/name-empty', {});
    case 'tooLong':
      throw failure('vm/name-too-long', { max: maxVmNameLength });
    case 'control':
      throw failure('vm/name-control', {});
    case 'path':
      throw failure('vm/name-path', { name: stored });
    case 'duplicate':
      throw failure('vm/name-duplicate', { name: stored });
  }
};
