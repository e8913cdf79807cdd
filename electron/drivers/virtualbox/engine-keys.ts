// Chooses the engine for one start without writing the machine's engine setting, which would raise its settings
// file's version for good: VirtualBox reads these keys of the extra data at power-on, and after it they are put
// back. What stood there before is written down first, so that a crash in between is made good at the next start.
import { z } from 'zod';
import type { VBoxEngine } from './engine-log.ts';
import { parseExtraData } from './parse-list.ts';
import { createRunRecords } from './run-records.ts';
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

/** `null`: the key did not exist. */
const former = z.record(z.string(), z.string().nullable());

export interface EngineKeys {
  /** Sets the keys; resolves to what puts the former values back (which may be called twice). */
  apply(machine: string, engine: VBoxEngine): Promise<() => Promise<void>>;
  /** Puts back what an earlier run left behind. Resolves to the machines concerned. */
  recover(): Promise<readonly string[]>;
}

/** `folder`: where records are kept, ours alone. */
export const createEngineKeys = (manage: VBoxManage, folder: string): EngineKeys => {
  const records = createRunRecords(folder, { former });

  const restore = async (machine: string, keys: z.infer<typeof former>): Promise<void> => {
    for (const [key, value] of Object.entries(keys)) {
      const args = ['setextradata', machine, key, ...(value === null ? [] : [value])];
      await manage.change(args).catch((error: unknown) => {
        // The machine is gone, and its extra data with it.
        if (refusalCode(error) !== 'VBOX_E_OBJECT_NOT_FOUND') throw error;
      });
    }
    await records.remove(machine);
  };

  return {
    apply: async (machine, engine) => {
      const left = await records.read(machine);
      if (left) await restore(machine, left.former);
      const present = parseExtraData(await manage.read(['getextradata', machine, 'enumerate']));
      const wanted = engineKeys(engine);
      const before = Object.fromEntries(
        Object.keys(wanted).map((key) => [key, present[key] ?? null]),
      );
      await records.write(machine, { former: before });
      let isRestored = false;
      const putBack = async (): Promise<void> => {
        if (isRestored) return;
        await restore(machine, before);
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
      const found: string[] = [];
      for (const machine of await records.list()) {
        const record = await records.read(machine);
        if (!record) continue;
        await restore(machine, record.former);
        found.push(machine);
      }
      return found;
    },
  };
};
