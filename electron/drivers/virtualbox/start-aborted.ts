// VirtualBox calls a machine aborted for good after a failed start was ended. Which aborts were ours is kept, so that
// people are not told of a crash there never was, now or at the manager's next start.
import { join } from 'node:path';
import { z } from 'zod';
import { readJsonFile, writeJsonFile, type JsonFile } from '../../persist/json-file.ts';

const recordSchema = z.object({
  version: z.literal(1),
  /** When VirtualBox says it became aborted, ms since the epoch, by machine. */
  aborts: z.record(z.string(), z.number()),
});

export interface AbortMemory {
  load(): Promise<void>;
  has(machine: string, sinceMs: number): boolean;
  add(machine: string, sinceMs: number): Promise<void>;
}

/** `showvminfo` and the API round alike, but not always alike. */
const toleranceMs = 2;

export const createAbortMemory = (folder: string): AbortMemory => {
  const file: JsonFile<z.infer<typeof recordSchema>> = {
    path: join(folder, 'aborts.json'),
    schema: recordSchema,
    version: 1,
  };
  let aborts: Readonly<Record<string, number>> = {};
  return {
    load: async () => {
      const read = await readJsonFile(file);
      if (read.kind === 'read') aborts = read.value.aborts;
    },
    has: (machine, sinceMs) => Math.abs((aborts[machine] ?? Number.NaN) - sinceMs) <= toleranceMs,
    add: async (machine, sinceMs) => {
      aborts = { ...aborts, [machine]: sinceMs };
      await writeJsonFile(file, { version: 1, aborts });
    },
  };
};
