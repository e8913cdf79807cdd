// Walks the steps of a plan; when VirtualBox refuses one, the way back from there.
import type { Logger } from '../../../log/logger.ts';
import type { VBoxManage } from '../vboxmanage.ts';
import { inOurWords } from './refusals.ts';
import type { Step } from './storage.ts';

export interface StepContext {
  readonly manage: VBoxManage;
  readonly log: Logger;
  readonly signal?: AbortSignal;
}

/** Undoes what can be undone, last first. Never rejects: what could not be is logged. */
const walkBack = async ({ manage, log }: StepContext, done: readonly Step[]): Promise<void> => {
  for (const { undo, setting } of [...done].reverse()) {
    if (undo.length === 0) continue;
    await manage.change(undo).catch((error: unknown) => {
      log.warn('a change could not be undone', { setting, error: String(error) });
    });
  }
};

/** Rejects with VirtualBox's refusal in our words; the machine is as it was before then. */
export const runSteps = async (
  context: StepContext,
  name: string,
  steps: readonly Step[],
): Promise<void> => {
  const done: Step[] = [];
  for (const step of steps) {
    try {
      await context.manage.change(step.args, context.signal ? { signal: context.signal } : {});
    } catch (error) {
      await walkBack(context, done);
      throw inOurWords(error, name, step.setting);
    }
    done.push(step);
  }
};
