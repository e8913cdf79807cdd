// Ordered patches between two states: entities put and removed per table. Pure.
import { z } from 'zod';
import { tableNames, tableSchemas, type AppState, type TableName } from './app-state.ts';

export interface Patch {
  readonly put: Readonly<Partial<Record<TableName, Readonly<Record<string, unknown>>>>>;
  readonly remove: Readonly<Partial<Record<TableName, readonly string[]>>>;
}

/** What changed by identity: entities are immutable, so a new object is a change. `undefined` = nothing. */
export const diff = (before: AppState, after: AppState): Patch | undefined => {
  const put: Partial<Record<TableName, Record<string, unknown>>> = {};
  const remove: Partial<Record<TableName, string[]>> = {};
  for (const table of tableNames) {
    const a: Readonly<Record<string, unknown>> = before[table];
    const b: Readonly<Record<string, unknown>> = after[table];
    if (a === b) continue;
    for (const [key, value] of Object.entries(b)) {
      if (!Object.hasOwn(a, key) || a[key] !== value) (put[table] ??= {})[key] = value;
    }
    for (const key of Object.keys(a)) {
      if (!Object.hasOwn(b, key)) (remove[table] ??= []).push(key);
    }
  }
  return Object.keys(put).length + Object.keys(remove).length === 0 ? undefined : { put, remove };
};

export const apply = (state: AppState, patch: Patch): AppState => {
  const next: Record<string, Readonly<Record<string, unknown>>> = { ...state };
  for (const table of tableNames) {
    const put = patch.put[table];
    const remove = patch.remove[table];
    if (!put && !remove) continue;
    const rows: Record<string, unknown> = { ...state[table], ...put };
    for (const key of remove ?? []) delete rows[key];
    next[table] = rows;
  }
  return next as AppState;
};

/** One patch with the effect of `first` and then `second`. */
export const squash = (first: Patch, second: Patch): Patch => {
  const put: Partial<Record<TableName, Record<string, unknown>>> = {};
  const remove: Partial<Record<TableName, readonly string[]>> = {};
  for (const table of tableNames) {
    const putRows = { ...first.put[table], ...second.put[table] };
    const removed = new Set(second.remove[table] ?? []);
    for (const key of removed) delete putRows[key];
    for (const key of first.remove[table] ?? []) {
      if (!Object.hasOwn(putRows, key)) removed.add(key);
    }
    if (Object.keys(putRows).length > 0) put[table] = putRows;
    if (removed.size > 0) remove[table] = [...removed];
  }
  return { put, remove };
};

/** Wire form: applies on top of `base`, makes `seq`. A new `epoch` (main restarted) asks for a snapshot. */
export interface PatchMessage {
  readonly epoch: string;
  readonly base: number;
  readonly seq: number;
  readonly put: Partial<{ [T in TableName]: Record<string, AppState[T][string]> | undefined }>;
  readonly remove: Partial<Record<TableName, string[] | undefined>>;
}

// The type is written out: inferred it would be the whole state, and the contract's type too long to be declared.
export const patchMessageSchema: z.ZodType<PatchMessage> = z.object({
  epoch: z.string(),
  base: z.number().int(),
  seq: z.number().int(),
  put: z.object(
    Object.fromEntries(
      tableNames.map((table) => [table, z.record(z.string(), tableSchemas[table]).optional()]),
    ) as { [T in TableName]: z.ZodOptional<z.ZodRecord<z.ZodString, (typeof tableSchemas)[T]>> },
  ),
  remove: z.object(
    Object.fromEntries(tableNames.map((table) => [table, z.array(z.string()).optional()])) as {
      [T in TableName]: z.ZodOptional<z.ZodArray<z.ZodString>>;
    },
  ),
});
