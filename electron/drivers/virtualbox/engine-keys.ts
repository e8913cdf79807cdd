// Chooses the engine for one start without writing the machine's engine setting, which would raise its settings
// file's version for good: VirtualBox reads these keys of the extra data at power-on, and after it they are put
// back. What stood there before is written down first, so that a crash in between is made good at the next start.
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { readJsonFile, writeJsonFile, type JsonFile } from '../../persist/json-file.ts';
import type { VBoxEngine } from './engine-log.ts';
import { parseExtraData } from './parse-list.ts';
import { refusalCode, type VBoxManage } from './vboxmanage.ts';

const keys = {
  useKvm: 'VBoxInternal/HM/UseNEMInstead',
  toKvm: 'VBoxInternal/HM/FallbackToNEM',
  toSoftware: 'VBoxInternal/HM/FallbackToIEM',
  interpretAll: 'VBoxInternal/EM/IemExecutesAll',
} as const;
export const engineKeyNames: readonly string[] = Object.values(keys);

const none = { [keys.useKvm]: '0', [keys.toKvm]: '0', [keys.toSoftware]: '0' };

/** No engine falls back to another by itself: the decision is ours to make, and to tell. */
export const engineKeys = (engine: VBoxEngine): Readonly<Record<string, string>> => {
  switch (engine) {
    case 'vboxdrv':
      return { ...none, [keys.interpretAll]: '0' };
    case 'kvm':
      return { ...none, [keys.useKvm]: '1', [keys.toKvm]: '1', [keys.interpretAll]: '0' };
    case 'software':
      return { ...none, [keys.toSoftware]: '1', [keys.interpretAll]: '1' };
  }
};

const recordSchema = z.object({
  version: z.literal(1),
  machine: z.string(),
  /** `null`: the key did not exist. */
  former: z.record(z.string(), z.string().nullable()),
});
type KeyRecord = z.infer<typeof recordSchema>;

export interface EngineKeys {
  /** Sets the keys; resolves to what puts the former values back (which may be called twice). */
  apply(machine: string, engine: VBoxEngine): Promise<() => Promise<void>>;
  /** Puts back what an earlier run left behind. Resolves to the machines concerned. */
  recover(): Promise<readonly string[]>;
}

/** `folder`: where records are kept, ours alone. */
export const createEngineKeys = (manage: VBoxManage, folder: string): EngineKeys => {
  const fileOf = (machine: string): JsonFile<KeyRecord> => ({
    path: join(folder, `${machine}.json`),
    schema: recordSchema,
    version: 1,
  });

  const restore = async ({ machine, former }: KeyRecord): Promise<void> => {
    for (const [key, value] of Object.entries(former)) {
      const args = ['setextradata', machine, key, ...(value === null ? [] : [value])];
      await manage.change(args).catch((error: unknown) => {
        // The machine is gone, and its extra data with it.
        if (refusalCode(error) !== 'VBOX_E_OBJECT_NOT_FOUND') throw error;
      });
    }
    await rm(fileOf(machine).path, { force: true });
  };

  const recordOf = async (machine: string): Promise<KeyRecord | undefined> => {
    const read = await readJsonFile(fileOf(machine));
    return read.kind === 'read' ? read.value : undefined;
  };

  return {
    apply: async (machine, engine) => {
      const left = await recordOf(machine);
      if (left) await restore(left);
      const present = parseExtraData(await manage.read(['getextradata', machine, 'enumerate']));
      const wanted = engineKeys(engine);
      const former = Object.fromEntries(
        Object.keys(wanted).map((key) => [key, present[key] ?? null]),
      );
      const record: KeyRecord = { version: 1, machine, former };
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeJsonFile(fileOf(machine), record);
      let isRestored = false;
      const putBack = async (): Promise<void> => {
        if (isRestored) return;
        await restore(record);
        isRestored = true;
      };
      try {
        for (const [key, value] of Object.entries(wanted)) {
          await manage.change(['setextradata', machine, key, value]);
        }
      } catch (error) {
        await putBack();
        throw error;
      }
      return putBack;
    },
    recover: async () => {
      const names = await readdir(folder).catch(() => []);
      const found: string[] = [];
      for (const name of names) {
        const machine = /^([0-9a-f-]{36})\.json$/.exec(name)?.[1];
        const record = machine === undefined ? undefined : await recordOf(machine);
        if (!record) continue;
        await restore(record);
        found.push(record.machine);
      }
      return found;
    },
  };
};
