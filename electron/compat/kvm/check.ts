// The KVM check: access, creation of a VM, then speed against software emulation in the same minute.
// Runs in the background for about a second; the verdict is kept with its inputs until one of them changes.
import { cpus, loadavg } from 'node:os';
import { z } from 'zod';
import { readJsonFile, writeJsonFile, type JsonFile } from '../../persist/json-file.ts';
import type { Exec } from '../../process/exec.ts';
import type { Logger } from '../../log/logger.ts';
import { tryCreateVm } from './create-vm.ts';
import { lookAtDevice } from './device.ts';
import { checkInputsSchema, gatherInputs } from './inputs.ts';
import { judge } from './judge.ts';
import {
  kvmCheckResultSchema,
  type KvmCheckResult,
  type KvmMeasurements,
  type SelfTestRun,
} from './model.ts';
import { runSelfTest } from './self-test.ts';

export interface KvmCheckDeps {
  readonly exec: Exec;
  readonly log: Logger;
  /** Wall clock in ms since the epoch. */
  readonly now: () => number;
  /** Absolute path of qemu-system-x86_64. */
  readonly qemu: string;
  /** Absolute path of selftest.rom. */
  readonly rom: string;
  /** JSON file that keeps the last verdict. */
  readonly cachePath: string;
  /** `/dev/kvm`, unless a test looks elsewhere. QEMU itself always opens `/dev/kvm`. */
  readonly device?: string;
  readonly loadAverage?: () => number;
}

export interface LookOptions {
  readonly signal?: AbortSignal;
  /** Measure even if a stored verdict still holds ("look again"). */
  readonly isFresh?: boolean;
}

const rounds = 3;
/** A software run takes about 50 ms; a host that needs this long is in trouble, and no verdict is drawn. */
const softwareLimitMs = 20_000;
/** The slowest KVM seen took 30 times as long as software: 40 times gives even that one a measured ratio. */
const kvmLimitFactor = 40;
const kvmLimitLeastMs = 8_000;
/** In this order. Some KVMs reject `host` outright; the plain model is what every one of them can do. */
const kvmCpuModels = ['host', 'qemu64'] as const;
const softwareCpuModel = 'qemu64';

const cacheVersion = 1;
const cacheFile = (path: string): JsonFile<z.infer<typeof cacheSchema>> => ({
  path,
  schema: cacheSchema,
  version: cacheVersion,
});
const cacheSchema = z.object({
  version: z.literal(cacheVersion),
  inputs: checkInputsSchema,
  result: kvmCheckResultSchema,
});

/** QEMU died before the guest's first word, for a reason other than time: try the next CPU model. */
const rejectsModel = (run: SelfTestRun): boolean =>
  run.end.kind === 'stopped' && Object.keys(run.reached).length === 0;

const measureSpeed = async (deps: KvmCheckDeps, signal?: AbortSignal): Promise<SelfTestRun[]> => {
  const runs: SelfTestRun[] = [];
  const run = async (engine: 'kvm' | 'tcg', cpuModel: string, limitMs: number) => {
    const { qemu, rom } = deps;
    const options = { qemu, rom, engine, cpuModel, limitMs, ...(signal ? { signal } : {}) };
    const result = await runSelfTest(deps.exec, options);
    runs.push(result);
    return result;
  };
  let models: readonly string[] = kvmCpuModels;
  for (let round = 0; round < rounds; round += 1) {
    const software = await run('tcg', softwareCpuModel, softwareLimitMs);
    if (!software.end.kind.startsWith('passed')) break;
    const limitMs = Math.max(kvmLimitLeastMs, software.totalMs * kvmLimitFactor);
    const [model = softwareCpuModel, ...others] = models;
    const first = await run('kvm', model, limitMs);
    if (rejectsModel(first) && others.length > 0) {
      models = others;
      await run('kvm', others[0] ?? softwareCpuModel, limitMs);
    }
  }
  return runs;
};

const measure = async (deps: KvmCheckDeps, signal?: AbortSignal): Promise<KvmMeasurements> => {
  const load = { average: (deps.loadAverage ?? (() => loadavg()[0] ?? 0))(), cpus: cpus().length };
  const device = await lookAtDevice(deps.device ?? '/dev/kvm');
  if (device.kind !== 'opened') return { device, runs: [], load };
  const create = await tryCreateVm(deps.exec, deps.qemu, signal);
  if (create.kind !== 'created') return { device, create, runs: [], load };
  return { device, create, runs: await measureSpeed(deps, signal), load };
};

/** The verdict for this host. Rejects when cancelled, or when QEMU or the ROM is not there to ask. */
export const lookAtKvm = async (
  deps: KvmCheckDeps,
  options: LookOptions = {},
): Promise<KvmCheckResult> => {
  const device = deps.device ?? '/dev/kvm';
  const file = cacheFile(deps.cachePath);
  const inputs = await gatherInputs({ qemu: deps.qemu, device, rom: deps.rom });
  if (options.isFresh !== true) {
    const stored = await readJsonFile(file, deps.now).catch(() => undefined);
    const isStill =
      stored?.kind === 'read' && JSON.stringify(stored.value.inputs) === JSON.stringify(inputs);
    if (isStill) return stored.value.result;
  }
  const startedAt = performance.now();
  const measurements = await measure(deps, options.signal);
  const verdict = judge(measurements);
  const durationMs = Math.round(performance.now() - startedAt);
  const result = { verdict, measurements, device, checkedAt: deps.now(), durationMs };
  deps.log.info('kvm check', { verdict, durationMs });
  // What could not be decided is looked at again next time.
  if (verdict.kind !== 'undecided') {
    await writeJsonFile(file, { version: cacheVersion, inputs, result }).catch((error: unknown) =>
      deps.log.warn('kvm verdict not kept', { error: String(error) }),
    );
  }
  return result;
};
