import { describe, expect, it } from 'vitest';
import { failure, isFailure } from '../../shared/contract/errors.ts';
import { toVmId } from '../../shared/model/brand.ts';
import { text } from '../../shared/model/text.ts';
import { silentLogger } from '../log/logger.ts';
import { createStore } from '../state/store.ts';
import { createJobs, type JobContext, type JobSpec } from './jobs.ts';

const vm = toVmId('00000000-0000-4000-8000-000000000001');
const setUp = () => {
  const store = createStore();
  return { store, jobs: createJobs(store, silentLogger, () => 0) };
};
const spec = (run: (ctx: JobContext) => Promise<void>, more: Partial<JobSpec> = {}): JobSpec => ({
  kind: 'test',
  title: text('job.start', { name: 'one' }),
  run,
  ...more,
});
const forever = (ctx: JobContext): Promise<void> =>
  new Promise((_, reject) => {
    ctx.signal.addEventListener('abort', () => reject(failure('job/cancelled', {})));
  });

describe('jobs', () => {
  it('a second job on a busy VM is refused', async () => {
    const { jobs } = setUp();
    const first = jobs.start(spec(forever, { vm, isCancellable: true }));
    let error: unknown;
    try {
      jobs.start(spec(() => Promise.resolve(), { vm }));
    } catch (thrown) {
      error = thrown;
    }
    expect(isFailure(error, 'vm/busy')).toBe(true);
    jobs.cancel(first);
    expect((await jobs.ended(first)).phase).toBe('cancelled');
    const third = jobs.start(spec(() => Promise.resolve(), { vm }));
    expect((await jobs.ended(third)).phase).toBe('done');
  });

  it('a preempting job ends the one before and runs after it', async () => {
    const { jobs } = setUp();
    const order: string[] = [];
    const first = jobs.start(
      spec(
        async (ctx) => {
          await forever(ctx).catch((error: unknown) => {
            order.push('first ended');
            throw error;
          });
        },
        { vm },
      ),
    );
    // Let the first one begin.
    await new Promise((wake) => setTimeout(wake, 0));
    const second = jobs.start(
      spec(
        () => {
          order.push('second ran');
          return Promise.resolve();
        },
        { vm, preempts: true },
      ),
    );
    await jobs.ended(second);
    expect((await jobs.ended(first)).phase).toBe('cancelled');
    expect(order).toEqual(['first ended', 'second ran']);
    expect(jobs.isBusy(vm)).toBe(false);
  });

  it('a failed job undoes its steps in reverse', async () => {
    const { jobs, store } = setUp();
    const undone: number[] = [];
    const id = jobs.start(
      spec((ctx) => {
        ctx.defer(() => void undone.push(1));
        ctx.defer(() => void undone.push(2));
        return Promise.reject(failure('medium/exists', { path: '/x' }));
      }),
    );
    const job = await jobs.ended(id);
    expect(job).toMatchObject({ phase: 'failed', error: { code: 'medium/exists' } });
    expect(undone).toEqual([2, 1]);
    expect(store.getState().jobs[id]?.phase).toBe('failed');
  });

  it('a fault of our own becomes an error with a reference', async () => {
    const { jobs } = setUp();
    const job = await jobs.ended(jobs.start(spec(() => Promise.reject(new Error('boom')))));
    expect(job.error?.code).toBe('internal/unexpected');
  });
});
