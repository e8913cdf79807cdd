// The command layer over fake hypervisors, in a folder of its own: no process, no window, the real decision.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NewVm } from '../../../shared/contract/contract.ts';
import { isFailure, type AppError } from '../../../shared/contract/errors.ts';
import { toEngineId, type JobId, type VmId } from '../../../shared/model/brand.ts';
import type { EngineFact } from '../../../shared/model/compat.ts';
import type { EngineInfo } from '../../../shared/model/driver.ts';
import type { Job } from '../../../shared/model/job.ts';
import { text } from '../../../shared/model/text.ts';
import type { Vm } from '../../../shared/model/vm.ts';
import { facts } from '../../compat/__fixtures__/world.ts';
import type { HostFacts } from '../../compat/host-facts.ts';
import type { HypervisorProcess } from '../../compat/vboxdrv/processes.ts';
import type { FakeDriver } from '../../drivers/fake/index.ts';
import { createSupervisor } from '../../drivers/supervisor.ts';
import { createJobs } from '../../jobs/jobs.ts';
import { silentLogger } from '../../log/logger.ts';
import { createOverlayRepository, withOverlay } from '../../persist/overlay-repository.ts';
import { createVmRepository } from '../../persist/vm-repository.ts';
import { createExec } from '../../process/exec.ts';
import { createStore } from '../../state/store.ts';
import type { CommandContext } from '../context.ts';
import { createHostLock } from '../host-lock.ts';
import { createJudge } from '../judge.ts';
import { createRunMemory } from '../run-memory.ts';

export interface CommandWorld {
  readonly ctx: CommandContext;
  readonly dir: string;
  readonly vm: (id: VmId) => Vm;
  readonly ended: (job: JobId) => Promise<Job>;
  /** A standing for one engine; all are usable until told otherwise. */
  readonly setFact: (driver: FakeDriver, engine: string, change: Partial<EngineFact>) => void;
  readonly dispose: () => Promise<void>;
}

export const engineInfo = (id: string, change: Partial<EngineInfo> = {}): EngineInfo => ({
  id: toEngineId(id),
  speed: 'native',
  title: `Fake ${id}`,
  shortTitle: id,
  mark: 'box',
  isAutomatic: true,
  ...change,
});

export const request = (change: Partial<NewVm> = {}): NewVm => ({
  name: 'machine',
  family: 'freedos',
  vcpus: 1,
  memoryMiB: 16,
  firmware: 'bios',
  disk: { kind: 'none' },
  startNow: false,
  ...change,
});

/** The error of what throws or rejects. */
export const errorOf = async (work: () => unknown): Promise<AppError | undefined> => {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (isFailure(error)) return error.error;
    throw error;
  }
};

export const createCommandWorld = async (
  drivers: readonly FakeDriver[],
  options: {
    readonly dir?: string;
    readonly facts?: HostFacts;
    /** The programs that run beside. */
    readonly look?: () => Promise<readonly HypervisorProcess[]>;
  } = {},
): Promise<CommandWorld> => {
  const dir = options.dir ?? mkdtempSync(join(tmpdir(), 'c-'));
  const log = silentLogger;
  const paths = { config: dir, data: dir, state: dir, runtime: dir, cache: dir, resources: dir };
  const store = createStore();
  const now = (): number => 1_800_000_000_000;
  const overlays = createOverlayRepository(dir);
  await overlays.load();
  const repository = createVmRepository(dir);
  const memory = createRunMemory(store, dir, log);
  const supervisor = createSupervisor({
    drivers,
    store,
    context: { exec: createExec(log), log, paths, now, env: {} },
    overlaid: (reported) => withOverlay(reported, overlays.of(reported.id)),
  });
  const jobs = createJobs(store, log, now);
  const lock = createHostLock({
    store,
    facts: () => options.facts ?? facts,
    look: () => options.look?.() ?? Promise.resolve([]),
    onChange: () => judge.refresh(),
  });
  const judge = createJudge(store, memory, () => options.facts ?? facts, lock);
  const setFact: CommandWorld['setFact'] = (driver, engine, change) =>
    store.dispatch({
      kind: 'engineFact',
      fact: {
        driver: driver.id,
        engine: toEngineId(engine),
        standing: 'usable',
        reason: text('decision.because.kvmHealthy', { times: 1 }),
        confidence: 'measured',
        checkIds: [],
        isForced: false,
        ...change,
      },
    });
  for (const driver of drivers) for (const { id } of driver.engines) setFact(driver, id, {});
  const loaded = await repository.loadAll();
  store.dispatch({ kind: 'definitionsLoaded', definitions: loaded.definitions });
  await supervisor.start();
  const ctx: CommandContext = {
    store,
    jobs,
    supervisor,
    repository,
    overlays,
    paths,
    log,
    now,
    decide: judge.decide,
    memory,
    lock,
    engines: { areKnown: true, known: () => Promise.resolve() },
    drivers,
    networks: {
      check: () => undefined,
      apply: () => Promise.resolve('nextStart'),
      applyAll: () => Promise.resolve('nextStart'),
      when: () => Promise.resolve(undefined),
      whilePlugged: (_definition, _backend, _session, work) => work(new Map()),
    },
  };
  return {
    ctx,
    dir,
    vm: (id) => {
      const vm = store.getState().vms[id];
      if (!vm) throw new Error(`no VM ${id}`);
      return vm;
    },
    ended: jobs.ended,
    setFact,
    dispose: async () => {
      await jobs.dispose();
      judge.dispose();
      lock.dispose();
      await memory.dispose();
      await supervisor.dispose();
      if (options.dir === undefined) rmSync(dir, { recursive: true, force: true });
    },
  };
};
