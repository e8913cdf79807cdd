// Everything the decision rests on. All of it is handed in: the decision itself looks at nothing.
import type { EngineId } from '../../shared/model/brand.ts';
import type { EngineFact, HostCheck, Remedy } from '../../shared/model/compat.ts';
import type { Backend, DriverInfo } from '../../shared/model/driver.ts';
import type { Text } from '../../shared/model/text.ts';
import type { VmDefinition } from '../../shared/model/vm.ts';
import type { Feature } from './features.ts';
import type { HostFacts } from './host-facts.ts';

/** A backend that cannot start now since somebody else holds what it needs. */
export interface Exclusion {
  readonly backend: Backend;
  readonly reason: Text;
  /** Who holds it: a machine of ours or another program. */
  readonly other?: string;
  readonly remedy?: Remedy;
}

export interface Burden {
  readonly backend: Backend;
  /** Negative. */
  readonly score: number;
  readonly reason: Text;
}

export interface DecideInput {
  readonly definition: VmDefinition;
  /** The driver the definition belongs to. */
  readonly driver: DriverInfo;
  /** All other drivers, for suggestions. */
  readonly others: readonly DriverInfo[];
  readonly engineFacts: readonly EngineFact[];
  readonly facts: HostFacts;
  readonly features: readonly Feature[];
  /** Checks of the host by id, for what features leave to them. */
  readonly checks?: Readonly<Record<string, HostCheck>> | undefined;
  /** The engine the user insists on this time; otherwise the definition's pin counts. */
  readonly pin?: EngineId | undefined;
  /** Which backend wrote the saved state, if there is one. */
  readonly savedState?: Backend | undefined;
  /** The backend of the last run that went well. */
  readonly lastGood?: Backend | undefined;
  /** Crashes within a minute of starting, per backend, since its program or the kernel changed. */
  readonly health?:
    readonly { readonly backend: Backend; readonly quickCrashes: number }[] | undefined;
  /** Backends that cannot start now since somebody else holds what they need. */
  readonly exclusions?: readonly Exclusion[] | undefined;
  /** What makes a backend less advisable on this host without ruling it out. */
  readonly burdens?: readonly Burden[] | undefined;
}
