// What was changed on this computer for networks: carried out through the privileged broker, kept in a journal,
// confirmed, rolled back and undone. The plan says what to change; nothing else here decides that.
import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import type { EpochMs } from '../../shared/model/brand.ts';
import type {
  Connectivity,
  HostChange,
  PlanStep,
  PrivilegedRequest,
} from '../../shared/model/network-plan.ts';
import type { Text } from '../../shared/model/text.ts';
import type { Logger } from '../log/logger.ts';
import { readJsonFile, writeJsonFile } from '../persist/json-file.ts';
import type { PrivilegedBroker } from '../privileged/broker.ts';
import type { StateEvent } from '../state/events.ts';
import { isAboutSomething, journalFile, reconciled, wayBack } from './journal.ts';
import { beforeAndAfter } from './preview.ts';

export type PrivilegedStep = Extract<PlanStep, { readonly kind: 'privileged' }>;

export interface HostChangePreview {
  /** The argv that asks for authorisation; absent: `perform` rejects with `privileged/not-installed`. */
  readonly argv: readonly string[] | undefined;
  /** The interfaces the steps touch, one line each: `enp5s0 52:54:00:12:34:56 192.168.1.7/24`. */
  readonly before: readonly string[];
  readonly after: readonly string[];
}

export interface HostChanges {
  /**
   * Reads the journal, shows it in the state, and settles what a manager that died left begun: applied where the
   * helper says that it is there, undone otherwise. Call once at the start; never rejects.
   */
  readonly settle: () => Promise<void>;
  readonly list: () => readonly HostChange[];
  /** Looks only. */
  readonly preview: (steps: readonly PrivilegedStep[]) => HostChangePreview;
  /**
   * Carries the steps out in order with one authorisation; all or none. Each becomes a row of the journal; one that
   * moves an uplink is `awaiting` and goes back by itself unless kept. Rejects with `privileged/*`.
   */
  readonly perform: (steps: readonly PrivilegedStep[], why: Text) => Promise<readonly HostChange[]>;
  /** For an awaiting change; nothing happens for another. Rejects with `privileged/*`. */
  readonly keep: (id: string) => Promise<void>;
  readonly rollBack: (id: string) => Promise<void>;
  /** Undoes it and the later ones that stand on the same bridge, newest first. Rejects with `privileged/*`. */
  readonly undo: (id: string) => Promise<void>;
  /** Takes back everything the helper made, also what the journal does not know. */
  readonly undoAll: () => Promise<void>;
  /** A look after an uplink was moved: takes up to 3 s. Never rejects. */
  readonly connectivity: (id: string) => Promise<Connectivity>;
  readonly dispose: () => void;
}

export interface HostChangesDeps {
  readonly broker: PrivilegedBroker;
  /** The journal is kept here. */
  readonly stateDir: string;
  readonly log: Logger;
  readonly now: () => number;
  readonly dispatch: (
    event: Extract<StateEvent, { kind: 'hostChange' | 'hostChangeGone' }>,
  ) => void;
  readonly connectivity: (bridge: string) => Promise<Connectivity>;
}

/** The helper rolls back at its own second; looked at a little later. */
const afterDeadlineMs = 2000;

export const createHostChanges = (deps: HostChangesDeps): HostChanges => {
  const { broker, log } = deps;
  const file = journalFile(deps.stateDir);
  const now = (): EpochMs => deps.now() as EpochMs;
  let rows: readonly HostChange[] = [];
  let timer: NodeJS.Timeout | undefined;
  /** One after the other: two authorisations at once would confuse people, two writers the journal. */
  let queue: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = queue.then(work);
    queue = result.catch(() => undefined);
    return result;
  };

  const become = async (next: readonly HostChange[]): Promise<void> => {
    const former = rows;
    rows = next;
    for (const row of former) {
      if (!next.some(({ id }) => id === row.id))
        deps.dispatch({ kind: 'hostChangeGone', id: row.id });
    }
    for (const change of next) {
      if (!former.includes(change)) deps.dispatch({ kind: 'hostChange', change });
    }
    clearTimeout(timer);
    const until = Math.min(...next.flatMap((row) => row.until ?? []));
    if (Number.isFinite(until)) {
      timer = setTimeout(
        () => void inTurn(follow).catch((error: unknown) => log.error('journal', { error })),
        Math.max(0, until - deps.now()) + afterDeadlineMs,
      );
      timer.unref();
    }
    await mkdir(deps.stateDir, { recursive: true });
    await writeJsonFile(file, { version: file.version, changes: [...next] });
  };

  /** Makes the rows what the helper says. */
  const follow = async (): Promise<void> => become(reconciled(rows, await broker.status(), now()));

  const ask = async (requests: readonly PrivilegedRequest[]): Promise<void> => {
    try {
      if (requests.length > 0) await broker.perform(requests);
    } finally {
      await follow();
    }
  };
  const bridgeOf = (id: string): string | undefined => {
    const row = rows.find((one) => one.id === id);
    return row?.standing === 'awaiting' && 'bridge' in row.request ? row.request.bridge : undefined;
  };
  const without = (id: string): Promise<void> => become(rows.filter((row) => row.id !== id));

  const answer = (id: string, verb: 'confirm' | 'rollback'): Promise<void> =>
    inTurn(async () => {
      const bridge = bridgeOf(id);
      if (bridge === undefined) return;
      await ask([{ verb, bridge }]);
      if (verb === 'rollback') await without(id);
    });

  return {
    list: () => rows,
    preview: (steps) => ({
      argv: broker.argv(),
      ...beforeAndAfter(
        steps.map((step) => step.request),
        networkInterfaces(),
      ),
    }),
    settle: () =>
      inTurn(async () => {
        const outcome = await readJsonFile(file, deps.now);
        if (outcome.kind === 'damaged' || outcome.kind === 'newer')
          log.warn('journal', { outcome });
        if (outcome.kind === 'read' || outcome.kind === 'recovered') {
          await become(outcome.value.changes.filter((row) => row.standing !== 'undone'));
        }
        await follow();
      }).catch((error: unknown) => log.error('journal', { error })),
    perform: (steps, why) =>
      inTurn(async () => {
        const begun = steps
          .filter((step) => isAboutSomething(step.request))
          .map((step): HostChange => {
            const undo = step.undo === undefined ? {} : { undo: step.undo };
            const { request, text: what } = step;
            return { id: randomUUID(), at: now(), what, why, request, ...undo, standing: 'begun' };
          });
        const former = rows;
        await become([...former, ...begun]);
        try {
          await broker.perform(steps.map((step) => step.request));
        } catch (error) {
          await become(former);
          throw error;
        }
        await follow();
        return rows.filter((row) => begun.some(({ id }) => id === row.id));
      }),
    keep: (id) => answer(id, 'confirm'),
    rollBack: (id) => answer(id, 'rollback'),
    undo: (id) =>
      inTurn(async () => {
        await ask(wayBack(rows, id));
        await without(id);
      }),
    undoAll: () =>
      inTurn(async () => {
        await ask([{ verb: 'undo.all' }]);
        await become([]);
      }),
    connectivity: (id) => {
      const request = rows.find((row) => row.id === id)?.request;
      return deps.connectivity(request && 'bridge' in request ? request.bridge : '');
    },
    dispose: () => clearTimeout(timer),
  };
};
