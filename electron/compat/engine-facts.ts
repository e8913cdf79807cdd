// Distils host checks into one standing per engine. Pure. Engines are matched by the accelerator they stand on,
// never by name. "Could not decide" gives the expected standing with confidence `assumed`.
import type { EngineFact, Remedy } from '../../shared/model/compat.ts';
import { backendKey, type Backend, type DriverInfo } from '../../shared/model/driver.ts';
import { text } from '../../shared/model/text.ts';
import type { DistributionFamily } from './host-facts.ts';
import type { KvmVerdict } from './kvm/model.ts';
import { remedy } from './remedies.ts';

export interface EngineFactsInput {
  readonly drivers: readonly Pick<DriverInfo, 'id' | 'engines'>[];
  /** Absent: not checked yet. */
  readonly kvm: KvmVerdict | undefined;
  /** A hint, used only when measuring did not decide: KVM without a processor's own module under it. */
  readonly isParavirtualKvm: boolean;
  /** What would bring an absent KVM, from the checks of processor and modules. */
  readonly absentRemedy?: Remedy | undefined;
  readonly distribution: DistributionFamily;
  /** By driver id: what brings a hypervisor that is missing or broken. */
  readonly installRemedies?: Readonly<Record<string, Remedy>> | undefined;
  /** Keys (driver/engine) of backends the user said to use in spite of their check. */
  readonly forced: readonly string[];
}

type Standing = Omit<EngineFact, 'driver' | 'engine' | 'isForced'>;

/** A ratio as people say it: 30, 12, 4.2. */
export const roundTimes = (ratio: number): number =>
  ratio >= 10 ? Math.round(ratio) : Math.round(ratio * 10) / 10;

const kvmStanding = (input: EngineFactsInput): Standing => {
  const { kvm, distribution } = input;
  const measured = { confidence: 'measured', checkIds: ['kvm.speed'] } as const;
  const unusable = { ...measured, standing: 'unusable' } as const;
  const lookAgain = remedy('lookAgain', distribution);
  if (!kvm) {
    return {
      standing: 'unknown',
      reason: text('decision.because.kvmNotChecked'),
      confidence: 'assumed',
      checkIds: ['kvm.speed'],
      remedy: lookAgain,
    };
  }
  switch (kvm.kind) {
    case 'absent':
      return {
        ...unusable,
        reason: text('decision.because.kvmAbsent'),
        checkIds: ['kvm.dev'],
        ...(input.absentRemedy ? { remedy: input.absentRemedy } : {}),
      };
    case 'noPermission':
      return {
        ...unusable,
        reason: text('decision.because.kvmNoPermission'),
        checkIds: ['kvm.perm'],
        remedy: remedy('joinKvmGroup', distribution),
      };
    case 'busy':
      return {
        ...unusable,
        reason: text('decision.because.kvmBusy'),
        remedy: remedy('stopOtherHypervisor', distribution),
      };
    case 'cannotCreateVm':
      return { ...unusable, reason: text('decision.because.kvmCannotCreate'), remedy: lookAgain };
    case 'crashes':
      return { ...unusable, reason: text('decision.because.kvmCrashes'), remedy: lookAgain };
    case 'slowerThanSoftware':
      return {
        ...measured,
        standing: 'slow',
        slowdownVsSoftware: kvm.ratio,
        reason: text(
          kvm.isLowerBound ? 'decision.because.kvmSlowAtLeast' : 'decision.because.kvmSlow',
          { times: roundTimes(kvm.ratio) },
        ),
      };
    case 'healthy':
      return {
        ...measured,
        standing: 'usable',
        slowdownVsSoftware: kvm.ratio,
        reason: text('decision.because.kvmHealthy', { times: roundTimes(kvm.ratio) }),
      };
    case 'undecided': {
      const assumed = {
        confidence: 'assumed',
        checkIds: ['kvm.speed'],
        remedy: lookAgain,
      } as const;
      if (kvm.reason === 'couldNotLook') {
        const reason = text('decision.because.kvmCouldNotLook', { detail: kvm.detail });
        return { ...assumed, standing: 'unknown', reason };
      }
      return input.isParavirtualKvm
        ? { ...assumed, standing: 'slow', reason: text('decision.because.kvmExpectedSlow') }
        : { ...assumed, standing: 'usable', reason: text('decision.because.kvmExpectedGood') };
    }
  }
};

/** What "use it anyway" can overcome: a judgement of ours, not the lack of the device or of permission. */
const canForce = (kvm: KvmVerdict | undefined): boolean =>
  kvm === undefined ||
  kvm.kind === 'slowerThanSoftware' ||
  kvm.kind === 'crashes' ||
  kvm.kind === 'cannotCreateVm' ||
  kvm.kind === 'undecided';

export const engineFacts = (input: EngineFactsInput): readonly EngineFact[] =>
  input.drivers.flatMap((driver) =>
    driver.engines.map((engine): EngineFact => {
      const backend: Backend = { driver: driver.id, engine: engine.id };
      const isForced = input.forced.includes(backendKey(backend));
      const install = input.installRemedies?.[driver.id];
      const head = { driver: driver.id, engine: engine.id, isForced };
      switch (engine.accelerator) {
        case 'kvm': {
          const standing = { ...kvmStanding(input), ...(install ? { remedy: install } : {}) };
          if (!isForced || !canForce(input.kvm)) return { ...head, ...standing };
          // The measured slowdown stays on record; what changes is who decided.
          const reason = text('decision.because.kvmForced');
          return { ...head, ...standing, standing: 'usable', reason };
        }
        case 'vboxdrv':
          return {
            ...head,
            standing: 'unknown',
            reason: text('decision.because.engineNotChecked', { engine: engine.title }),
            confidence: 'assumed',
            checkIds: [],
          };
        case undefined:
          return {
            ...head,
            standing: 'usable',
            reason: text('decision.because.softwareAlways'),
            confidence: 'documented',
            checkIds: [],
            ...(install ? { remedy: install } : {}),
          };
      }
    }),
  );
