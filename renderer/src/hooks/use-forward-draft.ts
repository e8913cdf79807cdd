// What is wrong with a port forward that is being typed, who has its port, and which one is free instead.
import type { ForwardDraft, ForwardProblem, Listener } from '../model/forwards.ts';
import { forwardProblem, nextFreePort } from '../model/forwards.ts';
import { useHolder } from './use-port-holder.ts';

const noDraft: ForwardDraft = { protocol: 'tcp', hostAddress: '', hostPort: 0, guestPort: 0 };

export interface JudgedForward {
  readonly problem: ForwardProblem | undefined;
  /** Who has the port of this computer now, beside our own forwards. */
  readonly takenBy: string | undefined;
  /** A port that is free, where this one is not. */
  readonly instead: number | undefined;
  readonly canAdd: boolean;
}

/** `others`: the forwards there are. */
export const useJudged = (
  draft: ForwardDraft | undefined,
  others: readonly Listener[],
): JudgedForward => {
  const problem = draft && forwardProblem(draft, others);
  const isSound = draft !== undefined && problem === undefined;
  const holder = useHolder(draft ?? noDraft, isSound);
  const takenBy = isSound ? holder?.by : undefined;
  return {
    problem,
    takenBy,
    instead:
      draft && problem === 'taken'
        ? nextFreePort(draft, others)
        : takenBy === undefined
          ? undefined
          : holder?.free,
    canAdd: isSound && takenBy === undefined,
  };
};
