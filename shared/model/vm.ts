// The VM record: what its owner wrote down (VmDefinition, on disk) and what is observed about it (Vm, in state).
import { z } from 'zod';
import { appErrorSchema } from '../contract/errors.ts';
import { driverIdSchema, engineIdSchema, epochMsSchema, jobIdSchema, vmIdSchema } from './brand.ts';
import { engineProofSchema } from './compat.ts';
import { backendSchema } from './driver.ts';
import { powerStateSchema, vmActionSchema } from './power.ts';
import { quitPolicySchema } from './settings.ts';
import { textSchema } from './text.ts';
import { vmConfigSchema } from './vm-config.ts';

export const maxVmNameLength = 80;

/** vm.json, version 1. */
export const vmDefinitionSchema = z
  .looseObject({
    version: z.literal(1),
    id: vmIdSchema,
    name: z.string().min(1).max(maxVmNameLength),
    driver: driverIdSchema,
    /** Row of the guest family table, e.g. `linux`, `windows-xp`, `other`. */
    family: z.string(),
    createdAt: epochMsSchema,
    config: vmConfigSchema,
    /** The engine the user insists on. */
    pin: engineIdSchema.optional(),
    /** What quitting the manager does with this VM, when it differs from the settings. */
    quitPolicy: quitPolicySchema.optional(),
    notes: z.string().max(10_000).optional(),
  })
  .readonly();
export type VmDefinition = z.infer<typeof vmDefinitionSchema>;

/** What the badge shows. `proved` = read back from the running hypervisor. */
export const vmEngineSchema = z
  .object({
    backend: backendSchema,
    standing: z.enum(['proved', 'expected', 'alarm', 'refused']),
    /** The clause after "because". */
    because: textSchema,
  })
  .readonly();
export type VmEngine = z.infer<typeof vmEngineSchema>;

export const vmSchema = z
  .object({
    definition: vmDefinitionSchema,
    /** Observed power; what people see is displayedPower(). */
    power: powerStateSchema,
    pending: z
      .object({ action: vmActionSchema, job: jobIdSchema, since: epochMsSchema })
      .optional(),
    engine: vmEngineSchema.optional(),
    proof: engineProofSchema.optional(),
    /** Since when the observed power holds. */
    powerSince: epochMsSchema.optional(),
    /** This run began on another engine than decided, since that one failed; told once. */
    fallback: z
      .object({
        from: backendSchema,
        to: backendSchema,
        reason: textSchema,
        at: epochMsSchema,
      })
      .readonly()
      .optional(),
    /** Last error worth showing on the VM: failed start, crash with its last log lines, damaged file. */
    problem: appErrorSchema.optional(),
    /** Files the definition names which are not there. */
    missingFiles: z.array(z.string()).readonly(),
    /** True: the definition was changed while running; applies at the next start. */
    hasPendingChanges: z.boolean(),
  })
  .readonly();
export type Vm = z.infer<typeof vmSchema>;
export type Fallback = NonNullable<Vm['fallback']>;

/** Problems of a VM name, in the order they are reported; `undefined` = good. */
export type NameProblem = 'empty' | 'tooLong' | 'control' | 'path' | 'duplicate';

/**
 * Judges a VM name. Unicode is welcome (compared by NFC, case folded); control characters and names that
 * read like paths (`/`, `\`, `.`, `..`) are not. The name never becomes a file name: folders carry the id.
 */
export const nameProblem = (
  name: string,
  otherNames: readonly string[],
): NameProblem | undefined => {
  const trimmed = name.normalize('NFC').trim();
  if (trimmed === '') return 'empty';
  if ([...trimmed].length > maxVmNameLength || trimmed.length > maxVmNameLength) return 'tooLong';
  if (/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u.test(trimmed)) return 'control';
  if (/[/\\]/.test(trimmed) || trimmed === '.' || trimmed === '..') return 'path';
  const folded = trimmed.toLocaleLowerCase('en');
  const isTaken = otherNames.some(
    (other) => other.normalize('NFC').trim().toLocaleLowerCase('en') === folded,
  );
  return isTaken ? 'duplicate' : undefined;
};
