// Everything the decision rests on. All of it is handed in: the decision itself looks at nothing.
import type { EngineId } from '../../shared/model/brand.ts';
import type { EngineFact, Remedy } from '../../shared/model/compat.ts';
import type { Backend, DriverInfo } from '../../shared/model/driver.ts';
import type { Text } from '../../shared/model/text.ts';
import type { VmDefinition } from '../../shared/model/vm.ts';
import type { Feature } from './features.ts';
import type { HostFacts } from './host-facts.ts';

export interface DecideInput {
  readonly definition: VmDefinition;
  /** The driver the definition belongs to. */
  readonly driver: DriverInfo;
  /** All other drivers, for suggestions. */
  readonly others: readonly DriverInfo[];
  readonly engineFacts: readonly EngineFact[];
  readonly facts: HostFacts;
  readonly features: readonly Feature[];
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
  readonly exclusions?:
    | readonly { readonly backend: Backend; readonly reason: Text; readonly remedy?: Remedy }[]
    | undefined;
}
