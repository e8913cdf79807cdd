// Definitions on disk: data/vms/<id>/vm.json, one folder per VM. Damaged ones are reported, never dropped.
import { readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as otherWork } from 'node:timers/promises';
import { failure, type AppError } from '../../shared/contract/errors.ts';
import { vmIdSchema, type VmId } from '../../shared/model/brand.ts';
import { vmDefinitionSchema, type VmDefinition } from '../../shared/model/vm.ts';
import { persistFailure, readJsonFile, writeJsonFile, type JsonFile } from './json-file.ts';

export interface LoadedDefinitions {
  readonly definitions: readonly VmDefinition[];
  /** One per file that could not be used or had to be recovered. */
  readonly problems: readonly AppError[];
}

export interface VmRepository {
  /** Reads all; one bad file never keeps the others from loading. */
  readonly loadAll: () => Promise<LoadedDefinitions>;
  /** Rejects with `persist/*`; the former content stays. */
  readonly save: (definition: VmDefinition) => Promise<void>;
  /** Removes the definition and its backup; the folder goes when nothing else is left in it. */
  readonly remove: (id: VmId) => Promise<void>;
  /** The VM's own folder: vm.json, owned disks, saved state. */
  readonly folder: (id: VmId) => string;
}

/** So many are read before others get their turn. */
const atOnce = 32;

export const createVmRepository = (dataDir: string): VmRepository => {
  const root = join(dataDir, 'vms');
  const folder = (id: VmId): string => join(root, id);
  const fileOf = (id: VmId): JsonFile<VmDefinition> => ({
    path: join(folder(id), 'vm.json'),
    schema: vmDefinitionSchema,
    version: 1,
  });

  const load = async (id: VmId): Promise<{ definition?: VmDefinition; problem?: AppError }> => {
    const file = fileOf(id);
    try {
      const outcome = await readJsonFile(file);
      switch (outcome.kind) {
        case 'read':
          // A copied folder keeps the original's id inside: the folder's name decides, so that two folders
          // can never share run-time files.
          return { definition: { ...outcome.value, id } };
        case 'recovered':
          return {
            definition: { ...outcome.value, id },
            problem: failure('persist/corrupt', { path: file.path, keptAs: outcome.keptAs }).error,
          };
        case 'damaged': {
          const { keptAs, reason } = outcome;
          return {
            problem: failure('vm/definition-damaged', { path: file.path, keptAs, reason }).error,
          };
        }
        case 'newer': {
          const { version } = outcome;
          return {
            problem: failure('persist/newer-version', { path: file.path, version, known: 1 }).error,
          };
        }
        case 'absent':
          return {};
      }
    } catch (error) {
      return { problem: persistFailure(file.path, error).error };
    }
  };

  return {
    folder,
    save: (definition) => writeJsonFile(fileOf(definition.id), definition),
    remove: async (id) => {
      const { path } = fileOf(id);
      try {
        await rm(path, { force: true });
        await rm(`${path}.bak`, { force: true });
      } catch (error) {
        throw persistFailure(path, error);
      }
      // Kept disks live on in the folder.
      await rmdir(folder(id)).catch(() => undefined);
    },
    loadAll: async () => {
      let names: string[];
      try {
        names = await readdir(root);
      } catch (error) {
        const isAbsent = error instanceof Error && 'code' in error && error.code === 'ENOENT';
        return {
          definitions: [],
          problems: isAbsent ? [] : [persistFailure(root, error).error],
        };
      }
      const ids = names.flatMap((name) => {
        const id = vmIdSchema.safeParse(name);
        return id.success ? [id.data] : [];
      });
      const definitions: VmDefinition[] = [];
      const problems: AppError[] = [];
      for (let start = 0; start < ids.length; start += atOnce) {
        const loaded = await Promise.all(ids.slice(start, start + atOnce).map(load));
        await otherWork();
        for (const { definition, problem } of loaded) {
          if (definition) definitions.push(definition);
          if (problem) problems.push(problem);
        }
      }
      return { definitions, problems };
    },
  };
};
