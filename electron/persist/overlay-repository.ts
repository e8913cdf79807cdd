// What only we know of machines whose hypervisor keeps their definitions: pin, quit policy, a family of the user's
// choice, VLANs of its NICs. One document, data/overlays.json; a machine that is gone for now keeps its row. Nothing else is in it.
import { join } from 'node:path';
import { z } from 'zod';
import { failure, type AppError } from '../../shared/contract/errors.ts';
import { engineIdSchema, type VmId } from '../../shared/model/brand.ts';
import { quitPolicySchema } from '../../shared/model/settings.ts';
import type { VmDefinition } from '../../shared/model/vm.ts';
import { nicOverlayOf, nicOverlaySchema, withNicOverlay } from './nic-overlay.ts';
import { persistFailure, readJsonFile, writeJsonFile, type JsonFile } from './json-file.ts';

const overlaySchema = z
  .looseObject({
    pin: engineIdSchema.optional(),
    quitPolicy: quitPolicySchema.optional(),
    family: z.string().optional(),
    nics: nicOverlaySchema.optional(),
  })
  .readonly();
export type Overlay = z.infer<typeof overlaySchema>;

const documentSchema = z.looseObject({
  version: z.literal(1),
  machines: z.record(z.string(), overlaySchema),
});
type Document = z.infer<typeof documentSchema>;

export interface OverlayRepository {
  /** Resolves with what was wrong with the file, if anything was; the other machines are there nevertheless. */
  readonly load: () => Promise<AppError | undefined>;
  readonly of: (vm: VmId) => Overlay;
  /** Replaces the row; `{}` removes it. Rejects with `persist/*`, and the former row stays. */
  readonly set: (vm: VmId, overlay: Overlay) => Promise<void>;
}

const keys = ['pin', 'quitPolicy', 'family'] as const;

/** What the hypervisor reports with what only we know laid over it. */
export const withOverlay = (reported: VmDefinition, overlay: Overlay): VmDefinition => {
  const merged: Record<string, unknown> = { ...reported };
  delete merged['pin'];
  delete merged['quitPolicy'];
  for (const key of keys) if (overlay[key] !== undefined) merged[key] = overlay[key];
  merged['config'] = {
    ...reported.config,
    nics: withNicOverlay(reported.config.nics, overlay.nics),
  };
  return merged as unknown as VmDefinition;
};

/** `overlay` with the pin, the quit policy and what is ours of the NICs of `definition`. */
export const overlayOf = (definition: VmDefinition, overlay: Overlay): Overlay => {
  const next: Record<string, unknown> = { ...overlay };
  for (const key of ['pin', 'quitPolicy'] as const) {
    if (definition[key] === undefined) delete next[key];
    else next[key] = definition[key];
  }
  const nics = nicOverlayOf(definition.config.nics);
  if (nics) next['nics'] = nics;
  else delete next['nics'];
  return next;
};

export const createOverlayRepository = (dataDir: string): OverlayRepository => {
  const file: JsonFile<Document> = {
    path: join(dataDir, 'overlays.json'),
    schema: documentSchema,
    version: 1,
  };
  let document: Document = { version: 1, machines: {} };
  /** Set: the file is not ours to write (a newer program's, or unreadable). */
  let obstacle: AppError | undefined;
  let writing: Promise<void> = Promise.resolve();

  const load = async (): Promise<AppError | undefined> => {
    try {
      const outcome = await readJsonFile(file);
      switch (outcome.kind) {
        case 'absent':
          return undefined;
        case 'read':
          document = outcome.value;
          return undefined;
        case 'recovered':
          document = outcome.value;
          return failure('persist/corrupt', { path: file.path, keptAs: outcome.keptAs }).error;
        case 'damaged':
          return failure('persist/corrupt', { path: file.path, keptAs: outcome.keptAs }).error;
        case 'newer': {
          const { version } = outcome;
          obstacle = failure('persist/newer-version', { path: file.path, version, known: 1 }).error;
          return obstacle;
        }
      }
    } catch (error) {
      obstacle = persistFailure(file.path, error).error;
      return obstacle;
    }
  };

  const write = async (vm: VmId, overlay: Overlay): Promise<void> => {
    if (obstacle) throw persistObstacle(file.path, obstacle);
    const machines = { ...document.machines };
    if (Object.keys(overlay).length === 0) delete machines[vm];
    else machines[vm] = overlay;
    const next = { ...document, machines };
    await writeJsonFile(file, next);
    document = next;
  };

  return {
    load,
    of: (vm) => document.machines[vm] ?? {},
    set: (vm, overlay) => {
      // One after the other: two writes at once would each miss the other's row.
      const done = writing.then(() => write(vm, overlay));
      writing = done.catch(() => undefined);
      return done;
    },
  };
};

const persistObstacle = (path: string, error: AppError): Error =>
  error.code === 'persist/newer-version'
    ? failure('persist/newer-version', { path, version: Number(error.params['version']), known: 1 })
    : failure('persist/failed', { path, reason: error.cause ?? error.code });
