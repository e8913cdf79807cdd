// kvm.speed: the measured check. Its verdict in words, with the raw times it was drawn from.
import { text, type Text } from '../../../shared/model/text.ts';
import { roundTimes } from '../engine-facts.ts';
import type { KvmCheckResult, KvmVerdict, SelfTestRun } from '../kvm/model.ts';
import type { RemedyKey } from '../remedies.ts';
import { couldNotLook, remediesOf, type Probe, type ProbeResult } from './probe.ts';

const stderrLimit = 600;

const describeRun = (run: SelfTestRun): string => {
  const reached = Object.entries(run.reached)
    .map(([stage, ms]) => `${stage} ${Math.round(ms)} ms`)
    .join(', ');
  const end =
    run.end.kind === 'stopped' || run.end.kind === 'notRun'
      ? `${run.end.kind}: ${run.end.how}`
      : run.end.kind;
  const head = `${run.engine} (${run.cpuModel}): ${reached || 'nothing reached'}, total ${Math.round(run.totalMs)} ms, ${end}`;
  // A crash prints all registers; its first lines say what happened.
  const said = run.stderr.trim().slice(0, stderrLimit);
  return said === '' ? head : `${head}\n  ${said}`;
};

const rawLimit = 16 * 1024;

const describe = ({ verdict, measurements, durationMs }: KvmCheckResult): string => {
  const { device, create, runs, load } = measurements;
  const lines = [
    `device: ${JSON.stringify(device)}`,
    ...(create ? [`create VM: ${JSON.stringify(create)}`] : []),
    ...runs.map(describeRun),
    `load: ${load.average.toFixed(2)} on ${load.cpus} CPUs, check took ${Math.round(durationMs)} ms`,
    `verdict: ${JSON.stringify(verdict)}`,
    ...(runs[0] ? [`command: ${runs[0].argv.join(' ')}`] : []),
  ];
  return lines.join('\n').slice(0, rawLimit);
};

const judged = (
  verdict: KvmVerdict,
): { verdict: ProbeResult['verdict']; sentence: Text; remedies: readonly RemedyKey[] } => {
  switch (verdict.kind) {
    case 'absent':
      return { verdict: 'info', sentence: text('host.sentence.kvmSpeedNothing'), remedies: [] };
    case 'noPermission':
      return {
        verdict: 'unknown',
        sentence: text('host.sentence.kvmSpeedNotAllowed'),
        remedies: ['joinKvmGroup'],
      };
    case 'busy':
      return {
        verdict: 'blocked',
        sentence: text('host.sentence.kvmDevBusy'),
        remedies: ['stopOtherHypervisor', 'lookAgain'],
      };
    case 'cannotCreateVm':
      return {
        verdict: 'blocked',
        sentence: text('host.sentence.kvmCannotCreate'),
        remedies: ['stopOtherHypervisor', 'lookAgain'],
      };
    case 'crashes':
      return {
        verdict: 'blocked',
        sentence: text('host.sentence.kvmCrashes', { how: verdict.how }),
        remedies: ['lookAgain'],
      };
    case 'slowerThanSoftware': {
      const times = roundTimes(verdict.ratio);
      const key = verdict.isLowerBound
        ? 'host.sentence.kvmSlowAtLeast'
        : verdict.stopsAfter === undefined
          ? 'host.sentence.kvmSlow'
          : 'host.sentence.kvmSlowAndStops';
      const sentence = text(key, { times });
      return { verdict: 'warn', sentence, remedies: ['lookAgain'] };
    }
    case 'healthy': {
      const times = roundTimes(verdict.ratio);
      return {
        verdict: 'good',
        sentence: text('host.sentence.kvmHealthy', { times }),
        remedies: [],
      };
    }
    case 'undecided':
      return {
        verdict: 'unknown',
        sentence: text('host.sentence.kvmUndecided', { detail: verdict.detail }),
        remedies: ['lookAgain'],
      };
  }
};

export const kvmSpeed: Probe = {
  id: 'kvm.speed',
  category: 'kvm',
  title: 'host.check.kvmSpeed',
  tested: 'the self-test guest in real, protected and 64-bit mode, on KVM and in software',
  affects: 'kvm',
  after: 'emulator',
  run: async (host) => {
    const result = await host.checkKvm();
    if (!result) return couldNotLook('KVM', 'QEMU is needed to measure it');
    const { verdict, sentence, remedies } = judged(result.verdict);
    return { verdict, sentence, raw: describe(result), remedies: remediesOf(host, ...remedies) };
  },
};
