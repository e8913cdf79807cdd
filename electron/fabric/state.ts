// What the fabric is told, on disk: a fabric that was killed makes its switches, ports and services again from it.
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { networkIdSchema } from '../../shared/model/networks.ts';
import { vmIdSchema } from '../../shared/model/brand.ts';
import { readJsonFile, writeJsonFile, type JsonFile } from '../persist/json-file.ts';
import { fabricPortSchema, serviceSpecSchema } from './protocol.ts';

const version = 1;
const stateSchema = z.object({
  version: z.literal(version),
  /** Sockets and processes of another run of this computer are gone. */
  bootId: z.string(),
  networks: z.array(
    z.object({ id: networkIdSchema, service: serviceSpecSchema.optional() }).readonly(),
  ),
  ports: z.array(fabricPortSchema),
  captures: z.array(z.object({ vm: vmIdSchema, nic: z.string(), path: z.string() }).readonly()),
});
export type FabricState = Omit<z.infer<typeof stateSchema>, 'bootId' | 'version'>;

export interface StateFile {
  /** Undefined: none, or of another run of this computer. */
  readonly load: () => Promise<FabricState | undefined>;
  /** Writes come one after the other; the last one counts. Rejects as the file system does. */
  readonly save: (state: FabricState) => Promise<void>;
  readonly remove: () => void;
}

const bootId = (): string => {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return 'unknown';
  }
};

export const createStateFile = (runtimeDir: string): StateFile => {
  const file: JsonFile<z.infer<typeof stateSchema>> = {
    path: join(runtimeDir, 'fabric.json'),
    schema: stateSchema,
    version,
  };
  let writing = Promise.resolve();
  return {
    load: async () => {
      const outcome = await readJsonFile(file);
      if (outcome.kind !== 'read' && outcome.kind !== 'recovered') return undefined;
      return outcome.value.bootId === bootId() ? outcome.value : undefined;
    },
    save: (state) => {
      const next = writing.then(() => writeJsonFile(file, { ...state, version, bootId: bootId() }));
      writing = next.catch(() => undefined);
      return next;
    },
    remove: () => {
      for (const suffix of ['', '.bak']) rmSync(`${file.path}${suffix}`, { force: true });
    },
  };
};
