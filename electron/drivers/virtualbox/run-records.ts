// What a machine's settings were before we changed them for one run, written down before anything is changed: so that
// they are put back after a stop, after a crash of the machine, and after a crash of ours.
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { readJsonFile, writeJsonFile, type JsonFile } from '../../persist/json-file.ts';

export interface RunRecords<T> {
  read(machine: string): Promise<T | undefined>;
  write(machine: string, record: T): Promise<void>;
  remove(machine: string): Promise<void>;
  /** Ids of the machines that have one. */
  list(): Promise<readonly string[]>;
}

/** One file a machine. `folder`: ours alone, kept over reboots. `shape`: what a record holds. */
export const createRunRecords = <S extends z.ZodRawShape>(
  folder: string,
  shape: S,
): RunRecords<z.infer<z.ZodObject<S>>> => {
  type T = z.infer<z.ZodObject<S>>;
  const schema = z.looseObject({ version: z.literal(1), machine: z.string() });
  const fileOf = (machine: string): JsonFile<z.infer<typeof schema>> => ({
    path: join(folder, `${machine}.json`),
    schema,
    version: 1,
  });
  const content = z.object(shape);
  return {
    read: async (machine) => {
      const read = await readJsonFile(fileOf(machine));
      if (read.kind !== 'read' && read.kind !== 'recovered') return undefined;
      return content.safeParse(read.value).data;
    },
    write: async (machine, record) => {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeJsonFile(fileOf(machine), { version: 1, machine, ...(record as object) });
    },
    remove: async (machine) => {
      const { path } = fileOf(machine);
      await rm(path, { force: true });
      await rm(`${path}.bak`, { force: true });
    },
    list: async () => {
      const names = await readdir(folder).catch(() => []);
      return names.flatMap((name) => /^([0-9a-f-]{36})\.json$/.exec(name)?.[1] ?? []);
    },
  } satisfies RunRecords<T>;
};
