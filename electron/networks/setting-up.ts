// What is set up on this computer for networks, with an authorisation: shown before, done, kept, taken back.
import { failure } from '../../shared/contract/errors.ts';
import { formatText } from '../../shared/i18n/format.ts';
import { text } from '../../shared/model/text.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { Book } from './book.ts';
import type { NetworkCommands } from './commands.ts';
import type { HostChanges, PrivilegedStep } from './host-changes.ts';
import type { NetworkPlan } from '../../shared/model/network-plan.ts';
import type { Planner } from './planner.ts';

type SettingUp = Pick<
  NetworkCommands,
  'previewSetUp' | 'setUp' | 'keep' | 'rollBack' | 'connectivity' | 'undo' | 'undoAll'
>;

const privilegedOf = (plan: NetworkPlan): readonly PrivilegedStep[] =>
  plan.kind === 'plan'
    ? plan.steps.filter((step): step is PrivilegedStep => step.kind === 'privileged')
    : [];

export const createSettingUp = (deps: {
  readonly book: Book;
  readonly planner: Planner;
  readonly changes: HostChanges;
  readonly jobs: Jobs;
  readonly refresh: () => Promise<void>;
}): SettingUp => {
  const { book, planner, changes, jobs, refresh } = deps;

  const job = (
    kind: string,
    run: () => Promise<unknown>,
    name = '',
  ): { job: ReturnType<Jobs['start']> } => ({
    job: jobs.start({
      kind,
      title:
        kind === 'networkSetUp'
          ? text('job.networkSetUp', { name })
          : text(kind === 'hostChangeUndo' ? 'job.hostChangeUndo' : 'job.hostChangeUndoAll'),
      run: async () => {
        try {
          await run();
        } finally {
          await refresh();
        }
      },
    }),
  });

  return {
    previewSetUp: async ({ id }) => {
      const plan = await planner.setUp(book.get(id));
      const { before, after } = changes.preview(privilegedOf(plan));
      return { plan, before: [...before], after: [...after] };
    },
    setUp: async ({ id }) => {
      const network = book.get(id);
      const plan = await planner.setUp(network);
      if (plan.kind === 'refused') {
        throw failure('network/refused', { name: network.name, reason: formatText(plan.reason) });
      }
      const steps = privilegedOf(plan);
      const why = text('network.why.setUp', { network: network.name });
      return job(
        'networkSetUp',
        async () => {
          if (steps.length > 0) await changes.perform(steps, why);
        },
        network.name,
      );
    },
    keep: async ({ change }) => {
      await changes.keep(change);
      await refresh();
    },
    rollBack: async ({ change }) => {
      await changes.rollBack(change);
      await refresh();
    },
    connectivity: ({ change }) => changes.connectivity(change),
    undo: ({ change }) => job('hostChangeUndo', () => changes.undo(change)),
    undoAll: () => job('hostChangeUndoAll', () => changes.undoAll()),
  };
};
