// The snapshot's check in two steps, because a thousand machines cost a visible delay at launch: its envelope
// before it is shown, every row right after in idle time. A wrong row is told like any other broken message.
import { z } from 'zod';
import type { Bridge } from '../../../shared/contract/define.ts';
import { AppFailure, failure } from '../../../shared/contract/errors.ts';
import { tableNames, tableSchemas, type AppState } from '../../../shared/state/app-state.ts';
import type { Snapshot } from './mirror.ts';

const channel = 'state.snapshot';
const rows = z.record(z.string(), z.looseObject({}));
const stateSchema = z.object(Object.fromEntries(tableNames.map((table) => [table, rows])));
const envelopeSchema = z.object({
  epoch: z.string(),
  seq: z.number().int(),
  json: z.string().transform((text, ctx) => {
    try {
      return stateSchema.parse(JSON.parse(text));
    } catch {
      ctx.addIssue('not a state in JSON');
      return z.NEVER;
    }
  }),
});

/** Runs a step again and again in idle time until it answers false. */
export type Idle = (step: () => boolean) => void;

/** Rows checked between two looks at the clock. */
const rowsPerLook = 5;

export const whenIdle: Idle = (step) => {
  requestIdleCallback((deadline) => {
    while (step()) {
      if (deadline.timeRemaining() < 1) {
        whenIdle(step);
        return;
      }
    }
  });
};

/** Asks for a snapshot. `wrongRow` is told about the first row of another shape. */
export const takeSnapshot = async (
  bridge: Bridge,
  idle: Idle,
  wrongRow: (error: AppFailure) => void,
): Promise<Snapshot> => {
  const result = await bridge.invoke(channel, {});
  if (!result.ok) throw new AppFailure(result.error);
  const envelope = envelopeSchema.safeParse(result.value);
  if (!envelope.success) {
    const reason = 'the result has another shape';
    throw failure('ipc/rejected', { channel, reason }, { cause: envelope.error });
  }
  const { epoch, seq, json } = envelope.data;
  const state = json as unknown as AppState;
  const waiting = tableNames.flatMap((table) =>
    Object.entries<unknown>(state[table]).map(([key, row]) => ({ table, key, row })),
  );
  idle(() => {
    for (const { table, key, row } of waiting.splice(0, rowsPerLook)) {
      const checked = tableSchemas[table].safeParse(row);
      if (checked.success) continue;
      waiting.length = 0;
      const reason = `${table}/${key} has another shape`;
      wrongRow(failure('ipc/rejected', { channel, reason }, { cause: checked.error }));
      return false;
    }
    return waiting.length > 0;
  });
  return { epoch, seq, state };
};
