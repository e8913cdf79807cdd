// The start record of a VM (run.json): written before QEMU is spawned, so that a manager killed at any moment
// leaves enough to find the process again. Atomic but not fsynced: it need not outlive the host's boot.
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { engineIdSchema } from '../../../shared/model/brand.ts';
import { vmDefinitionSchema } from '../../../shared/model/vm.ts';
import { persistFailure } from '../../persist/json-file.ts';
import { nicPlugsSchema } from './netdev.ts';
import type { ProcessIdentity } from './processes.ts';

export const runRecordSchema = z
  .object({
    version: z.literal(1),
    /** Unique per start; part of the pid file's name, which is in the process's argv. */
    token: z.string(),
    bootId: z.string(),
    engine: engineIdSchema,
    /**
     * starting: spawned or about to be, guest not yet let go. restoring: the same from a saved state.
     * resuming: a restored guest is being let go (its saved state counts as used from here on).
     * saving: being saved.
     */
    phase: z.enum(['starting', 'restoring', 'resuming', 'running', 'saving']),
    /** With `saving`: the guest was paused before. */
    wasPaused: z.boolean().optional(),
    pid: z.number().int().optional(),
    startTicks: z.string().optional(),
    argv: z.array(z.string()).readonly(),
    /** Size of the log before this run: what follows is this run's. */
    logOffset: z.number().int(),
    pidFile: z.string(),
    /** What the process was started with. */
    definition: vmDefinitionSchema,
    /** What its NICs are plugged into. */
    plugs: nicPlugsSchema.optional(),
    startedAt: z.number(),
  })
  .readonly();
export type RunRecord = z.infer<typeof runRecordSchema>;

export const writeRecord = (path: string, value: RunRecord): void => {
  const temp = `${path}.new`;
  try {
    writeFileSync(temp, JSON.stringify(value), { mode: 0o600 });
    renameSync(temp, path);
  } catch (error) {
    throw persistFailure(path, error);
  }
};

/** `undefined` = none, or one that cannot be read (then nothing provably ours runs). */
export const readRecord = (path: string): RunRecord | undefined => {
  try {
    const parsed = runRecordSchema.safeParse(JSON.parse(readFileSync(path, 'utf8')));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
};

export const removeRecord = (path: string, record: RunRecord | undefined): void => {
  rmSync(path, { force: true });
  if (record) rmSync(record.pidFile, { force: true });
};

export const identityOf = (record: RunRecord): ProcessIdentity | undefined =>
  record.pid === undefined || record.startTicks === undefined
    ? undefined
    : { pid: record.pid, startTicks: record.startTicks };
