// One rule for the whole computer: VirtualBox's kernel driver on one side, everything on KVM on the other. Machines of
// both sides at once take the processor's virtualization from each other, and guests die or the computer freezes.
// Pure: who holds it, and which backends that excludes. Source: host-compatibility notes, rows avl.7, hv.kvmvm, hv.vboxvm.
import type { VmId } from '../../shared/model/brand.ts';
import { isLive } from '../../shared/model/power.ts';
import { text, type Text } from '../../shared/model/text.ts';
import type { Backend, DriverInfo, EngineInfo } from '../../shared/model/driver.ts';
import type { Vm } from '../../shared/model/vm.ts';
import type { Burden, Exclusion } from './decide-input.ts';
import { compareVersions, parseVersion } from './table/vboxdrv-on-kernel.ts';
import type { HypervisorProcess } from './vboxdrv/processes.ts';

export type Side = NonNullable<EngineInfo['accelerator']>;

export interface Holder {
  readonly side: Side;
  /** As a person knows it: the machine's name, or the program and its machine. */
  readonly name: string;
  /** Set: a machine of ours. */
  readonly vm?: VmId;
}

type Drivers = Readonly<Record<string, DriverInfo>>;

export const sideOf = (drivers: Drivers, backend: Backend): Side | undefined =>
  drivers[backend.driver]?.engines.find(({ id }) => id === backend.engine)?.accelerator;

/** Without a hypervisor that has a driver of its own there is one side only, and nothing to arbitrate. */
export const hasTwoSides = (drivers: Drivers): boolean =>
  Object.values(drivers).some(
    ({ probe, engines }) =>
      probe.kind === 'found' && engines.some(({ accelerator }) => accelerator === 'vboxdrv'),
  );

const programName = ({ program, machine }: HypervisorProcess): string =>
  machine === undefined ? program : `${program} (${machine})`;

/** Who holds the processor's virtualization now: machines of ours by their proof, programs of others as seen. */
export const holdersOf = (
  drivers: Drivers,
  vms: readonly Vm[],
  processes: readonly HypervisorProcess[],
): readonly Holder[] => {
  const live = vms.filter(({ power }) => isLive(power));
  const ours = live.flatMap(({ definition, proof }): Holder[] => {
    const side = proof && sideOf(drivers, proof.backend);
    return side ? [{ side, name: definition.name, vm: definition.id }] : [];
  });
  // Ours are judged by what is known of them: a proof says more than what the process has open, and a process that was
  // seen a while ago may be gone. Only of one that is just starting the process is all there is.
  const known = new Set(
    vms
      .filter(({ power, proof }) => !isLive(power) || proof !== undefined)
      .flatMap(({ definition }): string[] => [definition.name, definition.id]),
  );
  const foreign = processes.flatMap((process): Holder[] => {
    if (process.holds === 'none') return [];
    if (process.machine !== undefined && known.has(process.machine)) return [];
    return [{ side: process.holds, name: programName(process) }];
  });
  return [...ours, ...foreign];
};

/** Who stands in the way of a machine that wants `side`. It does not stand in its own. */
export const conflictOf = (
  side: Side | undefined,
  holders: readonly Holder[],
  self: VmId,
): Holder | undefined =>
  side === undefined
    ? undefined
    : holders.find((holder) => holder.side !== side && holder.vm !== self);

const reasonOf = (holder: Holder): Text =>
  text(
    holder.vm === undefined ? 'decision.because.heldByProgram' : 'decision.because.heldByMachine',
    { other: holder.name },
  );

/** The engines of `driver` that cannot start beside the holders. */
export const exclusionsOf = (
  driver: DriverInfo,
  holders: readonly Holder[],
  self: VmId,
): readonly Exclusion[] =>
  driver.engines.flatMap((engine): Exclusion[] => {
    const holder = conflictOf(engine.accelerator, holders, self);
    if (!holder) return [];
    const backend = { driver: driver.id, engine: engine.id };
    return [{ backend, reason: reasonOf(holder), other: holder.name }];
  });

/** The oldest VirtualBox whose driver is said to be right for kernels 7.x (notes, row avl.6: update to 7.2.14). */
const goodOnNewKernels = [7, 2, 14];

/** VirtualBox's own driver on a kernel that is newer than it: possible, not advisable (notes, section 4 step 6). */
export const burdensOf = (driver: DriverInfo, kernel: string | undefined): readonly Burden[] => {
  if (kernel === undefined || driver.probe.kind !== 'found') return [];
  const { version } = driver.probe;
  const isRisky =
    compareVersions(parseVersion(kernel), [7]) >= 0 &&
    compareVersions(parseVersion(version).slice(0, 3), goodOnNewKernels) < 0;
  if (!isRisky) return [];
  return driver.engines
    .filter(({ accelerator }) => accelerator === 'vboxdrv')
    .map(({ id }) => ({
      backend: { driver: driver.id, engine: id },
      score: -20,
      reason: text('decision.because.driverOlderThanKernel', { version, kernel }),
    }));
};
