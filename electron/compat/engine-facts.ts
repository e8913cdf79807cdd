// Distils host checks into one standing per engine. Pure. Engines are matched by the accelerator they stand on,
// never by name. "Could not decide" gives the expected standing with confidence `assumed`.
import type { MessageKey } from '../../shared/i18n/catalog.en.ts';
import type { EngineFact, Remedy } from '../../shared/model/compat.ts';
import {
  backendKey,
  type Backend,
  type DriverInfo,
  type EngineInfo,
} from '../../shared/model/driver.ts';
import { text } from '../../shared/model/text.ts';
import type { DistributionFamily } from './host-facts.ts';
import type { KvmVerdict } from './kvm/model.ts';
import { remedy, type RemedyKey } from './remedies.ts';
import type { VboxdrvStanding } from './vboxdrv/standing.ts';

export interface EngineFactsInput {
  readonly drivers: readonly DriverInfo[];
  /** Absent: not checked yet. */
  readonly kvm: KvmVerdict | undefined;
  /** A hint, used only when measuring did not decide: KVM without a processor's own module under it. */
  readonly isParavirtualKvm: boolean;
  /** What would bring an absent KVM, from the checks of processor and modules. */
  readonly absentRemedy?: Remedy | undefined;
  readonly distribution: DistributionFamily;
  /** VirtualBox's own engine; absent: not looked at yet, or no VirtualBox that has one. */
  readonly vboxdrv?: VboxdrvStanding | undefined;
  /** The processor flag VirtualBox insists on in KVM; `undefined` = could not be read. */
  readonly hasXsave?: boolean | undefined;
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

/** An engine that needs a kernel driver of its own besides KVM: the driver that also has it is VirtualBox's. */
const hasOwnKernelDriver = (driver: DriverInfo): boolean =>
  driver.engines.some((engine) => engine.accelerator === 'vboxdrv');

interface Judged {
  readonly standing: Standing;
  /** "Use it anyway" can overcome it, and says this then. */
  readonly forcedReason?: MessageKey | undefined;
}

/** What speaks before any measurement: no hypervisor, or a build without the engine. */
const obstacle = (
  input: EngineFactsInput,
  driver: DriverInfo,
  engine: EngineInfo,
): Standing | undefined => {
  const install = input.installRemedies?.[driver.id];
  const installCheck = hasOwnKernelDriver(driver) ? 'vb.version' : 'qemu.present';
  const params = { driver: driver.title };
  switch (driver.probe.kind) {
    case 'missing':
    case 'broken':
      return {
        standing: 'unusable',
        reason: text(
          driver.probe.kind === 'missing'
            ? 'decision.because.driverMissing'
            : 'decision.because.driverBroken',
          params,
        ),
        confidence: 'measured',
        checkIds: [installCheck],
        ...(install ? { remedy: install } : {}),
      };
    case 'pending':
    case 'found':
      break;
  }
  const lack = driver.capabilities?.absentEngines.find((row) => row.engine === engine.id);
  if (!lack) return undefined;
  const key: RemedyKey | undefined =
    engine.accelerator === 'kvm' && hasOwnKernelDriver(driver) ? 'kvmBuildOfVirtualBox' : undefined;
  return {
    standing: 'unusable',
    reason: lack.reason,
    confidence: 'measured',
    checkIds: ['vb.kvm'],
    ...(key ? { remedy: remedy(key, input.distribution) } : {}),
  };
};

const onKvm = (input: EngineFactsInput, driver: DriverInfo): Judged => {
  const standing = kvmStanding(input);
  const forcedReason = canForce(input.kvm) ? 'decision.because.kvmForced' : undefined;
  if (!hasOwnKernelDriver(driver)) return { standing, forcedReason };
  if (input.hasXsave === false && standing.standing !== 'unusable') {
    return {
      standing: {
        standing: 'unusable',
        reason: text('vboxdrv.because.kvmNeedsXsave'),
        confidence: 'documented',
        checkIds: ['cpu.xsave'],
      },
    };
  }
  // The self-test ran on another hypervisor: what it found good is inferred for this one.
  const isInferred = standing.standing === 'usable' && input.kvm?.kind === 'healthy';
  return {
    standing: isInferred
      ? {
          ...standing,
          reason: text('vboxdrv.because.kvmMeasuredByEmulator'),
          confidence: 'documented',
        }
      : standing,
    forcedReason,
  };
};

const onOwnDriver = ({ vboxdrv, distribution }: EngineFactsInput): Judged => {
  if (!vboxdrv) {
    const reason = text('vboxdrv.because.notChecked');
    return { standing: { standing: 'unknown', reason, confidence: 'assumed', checkIds: [] } };
  }
  const [key] = vboxdrv.remedies;
  return {
    standing: {
      standing: vboxdrv.standing,
      reason: text(vboxdrv.reason, vboxdrv.params),
      confidence: vboxdrv.standing === 'unknown' ? 'assumed' : vboxdrv.confidence,
      checkIds: vboxdrv.checkIds,
      ...(key ? { remedy: remedy(key, distribution) } : {}),
      ...(vboxdrv.wouldFreeze ? { wouldFreeze: true } : {}),
    },
    forcedReason: vboxdrv.canForce ? 'vboxdrv.because.forced' : undefined,
  };
};

const inSoftware = (engine: EngineInfo): Judged => ({
  standing: {
    standing: 'usable',
    reason: text(
      engine.isAutomatic
        ? 'decision.because.softwareAlways'
        : 'vboxdrv.because.softwareInterpreter',
    ),
    confidence: 'documented',
    checkIds: [],
  },
});

const judge = (input: EngineFactsInput, driver: DriverInfo, engine: EngineInfo): Judged => {
  const standing = obstacle(input, driver, engine);
  if (standing) return { standing };
  switch (engine.accelerator) {
    case 'kvm':
      return onKvm(input, driver);
    case 'vboxdrv':
      return onOwnDriver(input);
    case undefined:
      return inSoftware(engine);
  }
};

export const engineFacts = (input: EngineFactsInput): readonly EngineFact[] =>
  input.drivers.flatMap((driver) =>
    driver.engines.map((engine): EngineFact => {
      const backend: Backend = { driver: driver.id, engine: engine.id };
      const isForced = input.forced.includes(backendKey(backend));
      const { standing, forcedReason } = judge(input, driver, engine);
      const head = { ...backend, isForced };
      // What was measured stays on record; what changes is who decided.
      return isForced && forcedReason !== undefined
        ? { ...head, ...standing, standing: 'usable', reason: text(forcedReason) }
        : { ...head, ...standing };
    }),
  );
