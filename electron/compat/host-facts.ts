// Facts of the host that features are judged against. A fact that could not be read is `unknown`, never `no`.
import type { Text } from '../../shared/model/text.ts';
import type { VboxdrvRow } from './table/vboxdrv-on-kernel.ts';
import type { HypervisorProcess } from './vboxdrv/processes.ts';

export type Fact<T> =
  | { readonly kind: 'known'; readonly value: T }
  | { readonly kind: 'unknown'; readonly reason: Text };

export const known = <T>(value: T): Fact<T> => ({ kind: 'known', value });
export const unknownFact = (reason: Text): Fact<never> => ({ kind: 'unknown', reason });

/** Families of distributions that share package names and tools. */
export type DistributionFamily = 'debian' | 'fedora' | 'arch' | 'suse' | 'other';

/** VirtualBox's own driver beside KVM, as it was when the host was last looked at. */
export interface VboxdrvFact {
  /** Row of table/vboxdrv-on-kernel.ts, for example `avl.7`. */
  readonly row: string;
  /** `exclusive`: not while a machine on KVM runs. `freezes`: a start is never tried. */
  readonly verdict: VboxdrvRow['verdict'];
  readonly sentence: Text;
  readonly wouldFreeze: boolean;
  readonly isLoaded: boolean;
  /** Hypervisor programs seen then, ours and others. */
  readonly processes: readonly HypervisorProcess[];
}

export interface HostFacts {
  readonly distribution: DistributionFamily;
  readonly cpus: Fact<number>;
  readonly memoryMiB: Fact<number>;
  readonly availableMemoryMiB: Fact<number>;
  /** Lowest port an ordinary user may bind. */
  readonly lowestPort: Fact<number>;
  readonly hasIpv6: Fact<boolean>;
  /** System management mode in KVM guests: needed by Secure Boot firmware. */
  readonly hasKvmSmm: Fact<boolean>;
  readonly vboxdrv: Fact<VboxdrvFact>;
}

const notLooked = unknownFact({ key: 'decision.unknown.notLooked' });

/** Before anything was looked at. */
export const noFacts: HostFacts = {
  distribution: 'other',
  cpus: notLooked,
  memoryMiB: notLooked,
  availableMemoryMiB: notLooked,
  lowestPort: notLooked,
  hasIpv6: notLooked,
  hasKvmSmm: notLooked,
  vboxdrv: notLooked,
};
