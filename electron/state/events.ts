// Everything that can change the state, as data. The reducer is the only reader.
import type { AppError } from '../../shared/contract/errors.ts';
import type { EpochMs, JobId, VmId } from '../../shared/model/brand.ts';
import type { EngineFact, EngineProof, HostCheck } from '../../shared/model/compat.ts';
import type { DriverInfo } from '../../shared/model/driver.ts';
import type { Job } from '../../shared/model/job.ts';
import type { HostChange } from '../../shared/model/network-plan.ts';
import type { Capture, NetworkId, NetworkRow } from '../../shared/model/networks.ts';
import type { PowerState, VmAction } from '../../shared/model/power.ts';
import type { Settings } from '../../shared/model/settings.ts';
import type { Fallback, VmDefinition, VmEngine } from '../../shared/model/vm.ts';
import type { HostSummary, Notice } from '../../shared/state/app-state.ts';

export type StateEvent =
  | { readonly kind: 'definitionsLoaded'; readonly definitions: readonly VmDefinition[] }
  | { readonly kind: 'defined'; readonly definition: VmDefinition }
  | { readonly kind: 'undefined'; readonly vm: VmId }
  | {
      readonly kind: 'power';
      readonly vm: VmId;
      readonly power: PowerState;
      readonly at: EpochMs;
      readonly error?: AppError | undefined;
    }
  | {
      readonly kind: 'pending';
      readonly vm: VmId;
      readonly action: VmAction;
      readonly job: JobId;
      readonly at: EpochMs;
    }
  | { readonly kind: 'pendingEnded'; readonly vm: VmId; readonly job: JobId }
  | {
      readonly kind: 'enginesJudged';
      readonly engines: Readonly<Record<string, VmEngine | undefined>>;
    }
  | { readonly kind: 'fallback'; readonly vm: VmId; readonly fallback: Fallback | undefined }
  | { readonly kind: 'engineProved'; readonly vm: VmId; readonly proof: EngineProof }
  | { readonly kind: 'problem'; readonly vm: VmId; readonly error: AppError | undefined }
  | { readonly kind: 'missingFiles'; readonly files: Readonly<Record<string, readonly string[]>> }
  | { readonly kind: 'pendingChanges'; readonly vm: VmId; readonly hasPendingChanges: boolean }
  | { readonly kind: 'job'; readonly job: Job }
  | { readonly kind: 'jobForgotten'; readonly job: JobId }
  | { readonly kind: 'driver'; readonly driver: DriverInfo }
  | { readonly kind: 'check'; readonly check: HostCheck }
  | { readonly kind: 'checkGone'; readonly id: string }
  | { readonly kind: 'engineFact'; readonly fact: EngineFact }
  | { readonly kind: 'notice'; readonly notice: Notice }
  | { readonly kind: 'noticeGone'; readonly id: string }
  | { readonly kind: 'network'; readonly row: NetworkRow }
  | { readonly kind: 'networkGone'; readonly id: NetworkId }
  | { readonly kind: 'capture'; readonly capture: Capture }
  | { readonly kind: 'captureGone'; readonly vm: VmId; readonly nic: string }
  | { readonly kind: 'hostChange'; readonly change: HostChange }
  | { readonly kind: 'hostChangeGone'; readonly id: string }
  | { readonly kind: 'settings'; readonly settings: Settings }
  | { readonly kind: 'host'; readonly host: HostSummary };
