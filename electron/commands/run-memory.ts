// Remembers per VM which backend last ran it well and how often it failed at or soon after a start. Written to
// state/runs.json; forgotten per backend when the hypervisor's version or the kernel changes.
import { release } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { VmId } from '../../shared/model/brand.ts';
import { backendKey, backendSchema, type Backend } from '../../shared/model/driver.ts';
import type { Vm } from '../../shared/model/vm.ts';
import type { AppState } from '../../shared/state/app-state.ts';
import type { Logger } from '../log/logger.ts';
import { readJsonFile, writeJsonFile, type JsonFile } from '../persist/json-file.ts';
import type { ReadonlyStore } from '../app-types.ts';

/** A crash this soon after starting counts against the backend (host-compatibility notes, section 4 step 9). */
const quickCrashMs = 60_000;

const runSchema = z.looseObject({
  lastGood: backendSchema.optional(),
  quickCrashes: z.record(
    z.string(),
    z.object({ backend: backendSchema, count: z.number().int(), inputs: z.string() }),
  ),
});
const documentSchema = z.looseObject({
  version: z.literal(1),
  vms: z.record(z.string(), runSchema),
});
type Run = z.infer<typeof runSchema>;

export interface RunMemory {
  readonly load: () => Promise<void>;
  readonly lastGood: (vm: VmId) => Backend | undefined;
  readonly health: (
    vm: VmId,
  ) => readonly { readonly backend: Backend; readonly quickCrashes: number }[];
  /** A start that the engine itself failed counts like a crash soon after it. */
  readonly noteFailedStart: (vm: VmId, backend: Backend) => void;
  /** Resolves when what was noted is written. */
  readonly dispose: () => Promise<void>;
}

const inputsOf = (state: AppState, backend: Backend): string => {
  const probe = state.drivers[backend.driver]?.probe;
  return `${probe?.kind === 'found' ? probe.version : ''} ${release()}`;
};

export const createRunMemory = (store: ReadonlyStore, stateDir: string, log: Logger): RunMemory => {
  const file: JsonFile<z.infer<typeof documentSchema>> = {
    path: join(stateDir, 'runs.json'),
    schema: documentSchema,
    version: 1,
  };
  let runs: Record<string, Run> = {};
  let writing = Promise.resolve();

  const change = (vm: VmId, update: (run: Run) => Run): void => {
    runs = { ...runs, [vm]: update(runs[vm] ?? { quickCrashes: {} }) };
    const snapshot = runs;
    writing = writing
      .then(() => writeJsonFile(file, { version: 1, vms: snapshot }))
      .catch((error: unknown) => log.warn('run memory not written', { error: String(error) }));
  };

  const countFailure = (vm: VmId, backend: Backend, state: AppState): void => {
    const key = backendKey(backend);
    const inputs = inputsOf(state, backend);
    change(vm, (run) => {
      const former = run.quickCrashes[key];
      const count = former?.inputs === inputs ? former.count + 1 : 1;
      return {
        ...run,
        quickCrashes: { ...run.quickCrashes, [key]: { backend, count, inputs } },
      };
    });
  };

  const onChange = (vm: Vm, before: Vm, state: AppState): void => {
    const { id } = vm.definition;
    if (vm.proof && vm.proof !== before.proof && vm.power === 'running') {
      const { backend } = vm.proof;
      change(id, (run) => ({ ...run, lastGood: backend }));
    }
    if (vm.power === 'crashed' && before.power !== 'crashed' && before.proof) {
      const { backend, readAt } = before.proof;
      if (Number(vm.powerSince) - Number(readAt) > quickCrashMs) return;
      countFailure(id, backend, state);
    }
  };

  const unsubscribe = store.subscribe((state, before) => {
    if (state.vms === before.vms) return;
    for (const [id, vm] of Object.entries(state.vms)) {
      const former = before.vms[id];
      if (former && former !== vm) onChange(vm, former, state);
    }
  });

  return {
    load: async () => {
      try {
        const outcome = await readJsonFile(file);
        if (outcome.kind === 'read' || outcome.kind === 'recovered') runs = outcome.value.vms;
      } catch (error) {
        log.warn('run memory not read', { error: String(error) });
      }
    },
    lastGood: (vm) => runs[vm]?.lastGood,
    health: (vm) =>
      Object.values(runs[vm]?.quickCrashes ?? {})
        .filter((row) => row.inputs === inputsOf(store.getState(), row.backend))
        .map(({ backend, count }) => ({ backend, quickCrashes: count })),
    noteFailedStart: (vm, backend) => countFailure(vm, backend, store.getState()),
    dispose: () => {
      unsubscribe();
      return writing;
    },
  };
};
