// Start, pause, resume, reset, shut down, power off, save, discard: each one job on the VM.
import { failure } from '../../shared/contract/errors.ts';
import type { JobId, VmId } from '../../shared/model/brand.ts';
import { format } from '../../shared/i18n/format.ts';
import { isLive, type VmAction } from '../../shared/model/power.ts';
import { text } from '../../shared/model/text.ts';
import type { Vm } from '../../shared/model/vm.ts';
import type { PowerOptions } from '../app-types.ts';
import type { Connected } from '../drivers/supervisor.ts';
import type { JobContext } from '../jobs/jobs.ts';
import { requireAction, vmById, type CommandContext } from './context.ts';
import { chooseEngine, startOnBest } from './start-chain.ts';

/** How long a guest may take to shut down before power off is offered. A judgement: slow guests, patient people. */
const shutdownWaitMs = 90_000;

type Action = Exclude<VmAction, 'delete'>;

/** Resolves when `isDone` holds, rejects on abort or after `timeoutMs`. Events, not polling. */
const waitForVm = (
  ctx: CommandContext,
  id: VmId,
  isDone: (vm: Vm | undefined) => boolean,
  job: JobContext,
  timeoutMs: number,
): Promise<'done' | 'timeout'> =>
  new Promise((resolve, reject) => {
    const finish = (settle: () => void): void => {
      clearTimeout(timer);
      unsubscribe();
      job.signal.removeEventListener('abort', onAbort);
      settle();
    };
    const onAbort = (): void => finish(() => reject(failure('job/cancelled', {})));
    const check = (): void => {
      if (isDone(ctx.store.getState().vms[id])) finish(() => resolve('done'));
    };
    const timer = setTimeout(() => finish(() => resolve('timeout')), timeoutMs);
    const unsubscribe = ctx.store.subscribe(check);
    job.signal.addEventListener('abort', onAbort, { once: true });
    check();
  });

const shutdown = async (
  ctx: CommandContext,
  vm: Vm,
  { session }: Connected,
  job: JobContext,
): Promise<void> => {
  const { id, name } = vm.definition;
  await session.shutdown(id);
  job.progress(null, text('job.step.waitGuest'));
  const isOff = (current: Vm | undefined): boolean => !current || !isLive(current.power);
  const outcome = await waitForVm(ctx, id, isOff, job, shutdownWaitMs);
  if (outcome === 'timeout') {
    throw failure('vm/shutdown-timeout', { name, seconds: shutdownWaitMs / 1000 });
  }
};

const perform = async (
  ctx: CommandContext,
  vm: Vm,
  action: Action,
  options: PowerOptions,
  job: JobContext,
): Promise<void> => {
  const connected = await ctx.supervisor.connected(vm.definition.driver);
  const { session } = connected;
  const { id } = vm.definition;
  const noSavedState = failure('vm/feature-unavailable', {
    feature: format(`action.${action}`),
    reason: format('command.notAvailable'),
  });
  switch (action) {
    case 'start': {
      await ctx.engines.known();
      return startOnBest(ctx, vm, options, session, job);
    }
    case 'pause':
      return session.pause(id);
    case 'resume':
      return session.resume(id);
    case 'reset':
      return session.reset(id);
    case 'powerOff':
      return session.powerOff(id);
    case 'shutdown':
      return shutdown(ctx, vm, connected, job);
    case 'save':
      if (!session.savedState) throw noSavedState;
      return session.savedState.save(vm.definition, job);
    case 'discardSaved':
      if (!session.savedState) throw noSavedState;
      return session.savedState.discard(id);
  }
};

/** Accepts one power action as a job. Throws `vm/not-found`, `vm/wrong-state`, `vm/busy`, `engine/*`. */
export const power = (
  ctx: CommandContext,
  id: VmId,
  action: Action,
  options: PowerOptions = {},
): JobId => {
  const vm = vmById(ctx, id);
  requireAction(vm, action);
  // Asked before the job, so that a question or refusal reaches whoever called; judged again inside.
  if (action === 'start' && ctx.engines.areKnown) {
    chooseEngine(ctx, vm, options);
  }
  return ctx.jobs.start({
    kind: action,
    title: text(`job.${action}`, { name: vm.definition.name }),
    vm: id,
    vmName: vm.definition.name,
    action,
    isCancellable: action === 'start' || action === 'shutdown' || action === 'save',
    preempts: action === 'powerOff',
    run: (job) => perform(ctx, vmById(ctx, id), action, options, job),
  });
};
