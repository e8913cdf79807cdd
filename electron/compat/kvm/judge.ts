// Draws the verdict from measurements. Pure: the thresholds and their reasons are all here.
import type { CreateLook, KvmMeasurements, KvmVerdict, SelfTestRun, Stage } from './model.ts';
import { stages } from './model.ts';

/**
 * Times are whole process starts up to 64-bit mode. A KVM on hardware needs at most what software emulation
 * needs, since starting QEMU dominates (1.1 seen with kvm_amd); an emulating KVM was seen at 19 to 30.
 * Between the two lines nothing is claimed.
 */
export const healthyUpTo = 2;
export const slowerFrom = 4;
/** Slowest over fastest software run; above it something else was using the processor. */
export const calmSpread = 2.5;
/** Load average per CPU above which the host counts as loaded. */
export const calmLoad = 1.5;
/** A judgement, not a measurement: one run alone can always have met a hiccup. */
export const runsToCondemn = 2;

const lastStage = (run: SelfTestRun): Stage | undefined =>
  stages.findLast((stage) => run.reached[stage] !== undefined);

const timesTo = (runs: readonly SelfTestRun[], stage: Stage): readonly number[] =>
  runs.flatMap((run) => run.reached[stage] ?? []);

const judgeCreate = (create: CreateLook | undefined): KvmVerdict | undefined => {
  switch (create?.kind) {
    case 'refused':
      return /busy/i.test(create.stderr)
        ? { kind: 'busy' }
        : { kind: 'cannotCreateVm', stderr: create.stderr };
    case 'failed':
      return { kind: 'undecided', reason: 'couldNotLook', detail: create.detail };
    case 'created':
      return undefined;
    case undefined:
      return { kind: 'undecided', reason: 'couldNotLook', detail: 'no VM was tried' };
  }
};

const judgeDevice = ({ device }: KvmMeasurements): KvmVerdict | undefined => {
  switch (device.kind) {
    case 'absent':
      return { kind: 'absent' };
    case 'denied':
      return { kind: 'noPermission', mode: device.mode, uid: device.uid, gid: device.gid };
    case 'busy':
      return { kind: 'busy' };
    case 'failed':
      return { kind: 'undecided', reason: 'couldNotLook', detail: device.detail };
    case 'opened':
      return undefined;
  }
};

const describeLoad = ({ load }: KvmMeasurements, spread: number): string =>
  `load ${load.average.toFixed(2)} on ${load.cpus} CPUs, software runs differ by ${spread.toFixed(1)}`;

/** Runs on KVM that count: a CPU model that QEMU cannot offer here says nothing about speed. */
export const countingKvmRuns = (runs: readonly SelfTestRun[]): readonly SelfTestRun[] => {
  const kvm = runs.filter((run) => run.engine === 'kvm');
  const model = kvm.at(-1)?.cpuModel;
  return kvm.filter((run) => run.cpuModel === model);
};

const judgeSpeed = (all: KvmMeasurements): KvmVerdict => {
  const software = all.runs.filter((run) => run.engine === 'tcg');
  const kvm = countingKvmRuns(all.runs);
  const softwareTimes = timesTo(software, 'long');
  const failedSoftware = software.find((run) => !run.end.kind.startsWith('passed'));
  if (softwareTimes.length === 0 || failedSoftware) {
    const detail = failedSoftware
      ? `software emulation: ${failedSoftware.end.kind} ${failedSoftware.stderr}`.trim()
      : 'software emulation was not measured';
    return { kind: 'undecided', reason: 'softwareFailed', detail };
  }
  const softwareBest = Math.min(...softwareTimes);
  const softwareWorst = Math.max(...softwareTimes);
  const spread = softwareWorst / softwareBest;
  const isLoaded = spread > calmSpread || all.load.average / all.load.cpus > calmLoad;
  const kvmTimes = timesTo(kvm, 'long');
  const stops = kvm.filter((run) => run.end.kind === 'stopped');
  const hasStopped = stops.length > 0 && stops.length === kvm.length;
  const stopped = hasStopped ? stops.at(-1) : undefined;
  const how = stopped?.end.kind === 'stopped' ? stopped.end.how : '';
  const after = stopped ? lastStage(stopped) : undefined;
  const crash: KvmVerdict | undefined = stopped && {
    kind: 'crashes',
    how,
    ...(after === undefined ? {} : { after }),
  };

  if (kvmTimes.length === 0) {
    if (crash) return crash;
    const limits = kvm.flatMap((run) => (run.end.kind === 'timedOut' ? [run.end.limitMs] : []));
    const ratio = limits.length === 0 ? 0 : Math.min(...limits) / softwareWorst;
    const detail = describeLoad(all, spread);
    if (isLoaded) return { kind: 'undecided', reason: 'loaded', detail };
    if (limits.length < runsToCondemn || limits.length < kvm.length || ratio < slowerFrom) {
      return { kind: 'undecided', reason: 'timedOutOnce', detail };
    }
    return { kind: 'slowerThanSoftware', ratio, isLowerBound: true };
  }

  const ratio = Math.min(...kvmTimes) / softwareBest;
  // Load slows both. Even the fastest KVM run lost to the slowest software run by the whole margin.
  const isSlowWhateverTheLoad =
    kvmTimes.length >= runsToCondemn && Math.min(...kvmTimes) / softwareWorst >= slowerFrom;
  if (isSlowWhateverTheLoad || (ratio >= slowerFrom && !isLoaded)) {
    return {
      kind: 'slowerThanSoftware',
      ratio,
      isLowerBound: false,
      ...(after === undefined ? {} : { stopsAfter: after }),
    };
  }
  if (crash) return crash;
  const hasPassed = kvm.some((run) => run.end.kind.startsWith('passed'));
  if (hasPassed && ratio <= healthyUpTo) return { kind: 'healthy', ratio };
  const detail = describeLoad(all, spread);
  return { kind: 'undecided', reason: isLoaded ? 'loaded' : 'borderline', detail, ratio };
};

/** Access first, then creation, then speed. */
export const judge = (all: KvmMeasurements): KvmVerdict =>
  judgeDevice(all) ?? judgeCreate(all.create) ?? judgeSpeed(all);
