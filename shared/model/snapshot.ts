// Snapshots of a VM as its hypervisor keeps them.
import { z } from 'zod';
import { epochMsSchema } from './brand.ts';

export const snapshotSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    description: z.string(),
    takenAt: epochMsSchema.optional(),
    /** Absent: it has none. */
    parent: z.string().optional(),
    /** The machine's present state began here. */
    isCurrent: z.boolean(),
    /** Memory was kept too, so going back resumes the guest. */
    hasMemory: z.boolean(),
  })
  .readonly();
export type Snapshot = z.infer<typeof snapshotSchema>;
