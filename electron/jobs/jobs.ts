// Long work: one id, progress, cancel, undo stack, and at most one mutating job per VM.
import { randomUUID } from 'node:crypto';
import { AppFailure, failure, type AppError } from '../../shared/contract/errors.ts';
import { toEpochMs, toJobId, type JobId, type VmId } from '../../shared/model/brand.ts';
import type { Job } from '../../shared/model/job.ts';
import type { VmAction } from '../../shared/model/power.ts';
import type { Text } from '../../shared/model/text.ts';
import { formatText } from '../../shared/i18n/format.ts';
import type { Logger } from '../log/logger.ts';
import type { Store } from '../state/store.ts';

export interface JobContext {
  readonly id: JobId;
  readonly signal: AbortSignal;
  /** Fraction 0..1, null = not known. */
  readonly progress: (fraction: number | null, step?: Text) => void;
  /** Run in reverse order if the job fails or is cancelled. */
  readonly defer: (undo: () => Promise<void> | void) => void;
}

export interface JobSpec {
  readonly kind: string;
  readonly title: Text;
  readonly vm?: VmId;
  readonly vmName?: string;
  /** Shown on the VM while the job runs. */
  readonly action?: VmAction;
  readonly isCancellable?: boolean;
  /** Ends the job that holds the VM first (power off must always be possible). */
  readonly preempts?: boolean;
  readonly run: (ctx: JobContext) => Promise<void>;
}

export interface Jobs {
  /** Accepts the job and returns at once. Throws `vm/busy` when the VM has one that is not preempted. */
  readonly start: (spec: JobSpec) => JobId;
  readonly cancel: (id: JobId) => void;
  readonly ended: (id: JobId) => Promise<Job>;
  readonly isBusy: (vm: VmId) => boolean;
  /** Cancels everything cancellable and waits for all. */
  readonly dispose: () => Promise<void>;
}

const keepEndedMs = 10 * 60_000;
const progressEveryMs = 100;

interface Running {
  readonly job: Job;
  readonly controller: AbortController;
  readonly done: Promise<Job>;
}

export const createJobs = (store: Store, log: Logger, now: () => number): Jobs => {
  const running = new Map<JobId, Running>();
  const results = new Map<JobId, Promise<Job>>();
  const byVm = new Map<VmId, JobId>();
  const at = (): ReturnType<typeof toEpochMs> => toEpochMs(now());

  const errorOf = (error: unknown): AppError => {
    if (error instanceof AppFailure) return error.error;
    const reference = randomUUID().slice(0, 8);
    log.error('job', { reference, error: error instanceof Error ? error.stack : String(error) });
    return failure('internal/unexpected', { reference }, { cause: error }).error;
  };

  const execute = async (spec: JobSpec, first: Job, controller: AbortController): Promise<Job> => {
    let job = first;
    let lastProgress = 0;
    const undo: (() => Promise<void> | void)[] = [];
    const publish = (change: Partial<Job>): void => {
      job = { ...job, ...change };
      store.dispatch({ kind: 'job', job });
    };
    const ctx: JobContext = {
      id: job.id,
      signal: controller.signal,
      defer: (step) => undo.push(step),
      progress: (fraction, step) => {
        const time = performance.now();
        if (!step && fraction !== null && time - lastProgress < progressEveryMs) return;
        lastProgress = time;
        publish({ fraction, ...(step ? { step } : {}) });
      },
    };
    try {
      // Cancelled before its first step: nothing may begin.
      if (controller.signal.aborted) throw failure('job/cancelled', {});
      await spec.run(ctx);
      publish({ phase: 'done', fraction: 1, endedAt: at() });
    } catch (error) {
      for (const step of undo.reverse()) {
        try {
          await step();
        } catch (undoError) {
          log.warn('undo failed', { job: spec.kind, error: String(undoError) });
        }
      }
      const data = errorOf(error);
      const isCancelled = data.code === 'job/cancelled';
      publish({ phase: isCancelled ? 'cancelled' : 'failed', error: data, endedAt: at() });
      if (!isCancelled && spec.vm && spec.kind !== 'create') {
        store.dispatch({ kind: 'problem', vm: spec.vm, error: data });
      }
    } finally {
      running.delete(job.id);
      if (spec.vm) {
        if (byVm.get(spec.vm) === job.id) byVm.delete(spec.vm);
        store.dispatch({ kind: 'pendingEnded', vm: spec.vm, job: job.id });
      }
      setTimeout(() => {
        results.delete(job.id);
        store.dispatch({ kind: 'jobForgotten', job: job.id });
      }, keepEndedMs).unref();
    }
    return job;
  };

  const start = (spec: JobSpec): JobId => {
    const holderId = spec.vm && byVm.get(spec.vm);
    const holder = holderId && running.get(holderId);
    if (holder && !spec.preempts) {
      throw failure('vm/busy', { name: spec.vmName ?? '', job: formatText(holder.job.title) });
    }
    const job: Job = {
      id: toJobId(randomUUID()),
      kind: spec.kind,
      title: spec.title,
      phase: 'running',
      fraction: null,
      isCancellable: spec.isCancellable ?? false,
      startedAt: at(),
      ...(spec.vm ? { vm: spec.vm } : {}),
    };
    const controller = new AbortController();
    store.dispatch({ kind: 'job', job });
    if (spec.vm) {
      byVm.set(spec.vm, job.id);
      if (spec.action) {
        const { vm, action } = spec;
        store.dispatch({ kind: 'pending', vm, action, job: job.id, at: at() });
      }
    }
    const preempted = holder
      ? (holder.controller.abort(), holder.done.then(() => undefined))
      : Promise.resolve();
    const done = preempted.then(() => execute(spec, job, controller));
    running.set(job.id, { job, controller, done });
    results.set(job.id, done);
    return job.id;
  };

  return {
    start,
    cancel: (id) => {
      const entry = running.get(id);
      if (entry?.job.isCancellable) entry.controller.abort();
    },
    ended: (id) => results.get(id) ?? Promise.reject(new Error(`no job ${id}`)),
    isBusy: (vm) => byVm.has(vm),
    dispose: async () => {
      for (const { controller, job } of running.values()) if (job.isCancellable) controller.abort();
      await Promise.allSettled([...running.values()].map(({ done }) => done));
    },
  };
};
