// The compatibility table as people see it: features x backends, judged for this host (and one machine, if asked).
import { z } from 'zod';
import { remedySchema } from './compat.ts';
import { backendSchema } from './driver.ts';
import { textSchema } from './text.ts';

export const compatCellSchema = z
  .object({
    backend: backendSchema,
    verdict: z.enum(['yes', 'limited', 'no', 'needs', 'unknown']),
    /** A whole sentence; absent with a plain "yes". */
    sentence: textSchema.optional(),
    remedy: remedySchema.optional(),
    /** `here`: looked at on this host; else how the row of the table is known. */
    standing: z.enum(['here', 'tried', 'read', 'assumed']),
  })
  .readonly();
export type CompatCell = z.infer<typeof compatCellSchema>;

export const compatRowSchema = z
  .object({
    id: z.string(),
    group: z.enum(['networks', 'storage', 'devices', 'engines', 'guests']),
    title: textSchema,
    source: z.string(),
    /** With a machine asked for: it uses this. */
    isWanted: z.boolean(),
    cells: z.array(compatCellSchema).readonly(),
  })
  .readonly();
export type CompatRow = z.infer<typeof compatRowSchema>;

/** What switching a machine to another engine would change; nothing is done by asking. */
export const switchPreviewSchema = z
  .object({
    from: backendSchema.optional(),
    to: backendSchema,
    verdict: z.enum(['possible', 'needsConsent', 'refused', 'unknown']),
    reasons: z.array(textSchema).readonly(),
    changes: z.array(textSchema).readonly(),
    lost: z.array(textSchema).readonly(),
    /** `blocks`: memory was saved on another engine; resume it there first, or discard it. */
    savedState: z.enum(['none', 'blocks', 'fits']),
    /** What writing the engine into the machine itself means; absent where that is not offered. */
    lastingWarning: textSchema.optional(),
    remedy: remedySchema.optional(),
  })
  .readonly();
export type SwitchPreview = z.infer<typeof switchPreviewSchema>;
