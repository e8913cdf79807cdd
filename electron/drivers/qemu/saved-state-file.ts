// The saved state on disk: state.bin and its description state.json. It counts only when both are there and agree.
// Order of writing: state.tmp synced, state.json written, state.tmp renamed to state.bin.
import { rmSync, statSync } from 'node:fs';
import { z } from 'zod';
import { engineIdSchema } from '../../../shared/model/brand.ts';
import { vmDefinitionSchema } from '../../../shared/model/vm.ts';
import { readJsonFile, writeFileAtomic, type JsonFile } from '../../persist/json-file.ts';
import type { VmFiles } from './files.ts';

export const savedStateSchema = z
  .object({
    version: z.literal(1),
    /** Bytes of state.bin. */
    size: z.number().int(),
    engine: engineIdSchema,
    qemuVersion: z.string(),
    /** What the guest ran with; restored with exactly this. Holds the versioned machine type. */
    definition: vmDefinitionSchema,
    savedAt: z.number(),
  })
  .readonly();
export type SavedState = z.infer<typeof savedStateSchema>;

const metaFile = (files: VmFiles): JsonFile<SavedState> => ({
  path: files.savedStateMeta,
  schema: savedStateSchema,
  version: 1,
});

export const readSavedState = async (files: VmFiles): Promise<SavedState | undefined> => {
  const size = statSync(files.savedState, { throwIfNoEntry: false })?.size;
  if (size === undefined) return undefined;
  const meta = await readJsonFile(metaFile(files)).catch(() => undefined);
  return meta?.kind === 'read' && meta.value.size === size ? meta.value : undefined;
};

export const writeSavedMeta = (files: VmFiles, value: SavedState): Promise<void> =>
  writeFileAtomic(files.savedStateMeta, JSON.stringify(value));

/** Removes a complete state. The description goes last, so that no half state ever counts. */
export const removeCompleteState = (files: VmFiles): void => {
  rmSync(files.savedState, { force: true });
  rmSync(files.savedStateMeta, { force: true });
};

/** Removes the state, complete or not. */
export const removeSavedState = (files: VmFiles): void => {
  rmSync(files.savedStateTemp, { force: true });
  removeCompleteState(files);
};
