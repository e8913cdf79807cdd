// Facts of the host that features are judged against. A fact that could not be read is `unknown`, never `no`.
import type { Text } from '../../shared/model/text.ts';

export type Fact<T> =
  | { readonly kind: 'known'; readonly value: T }
  | { readonly kind: 'unknown'; readonly reason: Text };

export const known = <T>(value: T): Fact<T> => ({ kind: 'known', value });
export const unknownFact = (reason: Text): Fact<never> => ({ kind: 'unknown', reason });

/** Families of distributions that share package names and tools. */
export type DistributionFamily = 'debian' | 'fedora' | 'arch' | 'suse' | 'other';

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
};
