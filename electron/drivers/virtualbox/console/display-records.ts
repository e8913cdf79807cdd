// What a machine's remote display was before us, written down before anything is changed: what has to be put back
// after a stop, after a crash of the machine, and after a crash of ours.
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { toVmId, type VmId } from '../../../../shared/model/brand.ts';
import { readJsonFile, writeJsonFile, type JsonFile } from '../../../persist/json-file.ts';

const recordSchema = z.object({
  version: z.literal(1),
  machine: z.string(),
  former: z.object({
    isEnabled: z.boolean(),
    pack: z.string(),
    address: z.string(),
    port: z.string(),
    security: z.string(),
  }),
  /** False: the owner's own password is in use, and stays. The password itself is in no file of ours. */
  isOurPassword: z.boolean(),
});
export type DisplayRecord = z.infer<typeof recordSchema>;

export interface DisplayRecords {
  read(vm: VmId): Promise<DisplayRecord | undefined>;
  write(vm: VmId, record: Omit<DisplayRecord, 'version' | 'machine'>): Promise<void>;
  remove(vm: VmId): Promise<void>;
  list(): Promise<readonly VmId[]>;
}

/** `folder`: ours alone, kept over reboots. */
export const createDisplayRecords = (folder: string): DisplayRecords => {
  const fileOf = (vm: VmId): JsonFile<DisplayRecord> => ({
    path: join(folder, `${vm}.json`),
    schema: recordSchema,
    version: 1,
  });
  return {
    read: async (vm) => {
      const read = await readJsonFile(fileOf(vm));
      return read.kind === 'read' || read.kind === 'recovered' ? read.value : undefined;
    },
    write: async (vm, record) => {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeJsonFile(fileOf(vm), { version: 1, machine: vm, ...record });
    },
    remove: async (vm) => {
      const { path } = fileOf(vm);
      await rm(path, { force: true });
      await rm(`${path}.bak`, { force: true });
    },
    list: async () => {
      const names = await readdir(folder).catch(() => []);
      return names.flatMap((name) => {
        const id = /^([0-9a-f-]{36})\.json$/.exec(name)?.[1];
        return id === undefined ? [] : [toVmId(id)];
      });
    },
  };
};
