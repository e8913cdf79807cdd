// What a machine's remote display was before us.
import { z } from 'zod';
import { createRunRecords, type RunRecords } from '../run-records.ts';

const shape = {
  former: z.object({
    isEnabled: z.boolean(),
    pack: z.string(),
    address: z.string(),
    port: z.string(),
    security: z.string(),
  }),
  /** False: the owner's own password is in use, and stays. The password itself is in no file of ours. */
  isOurPassword: z.boolean(),
};
export type DisplayRecord = z.infer<z.ZodObject<typeof shape>>;
export type DisplayRecords = RunRecords<DisplayRecord>;

export const createDisplayRecords = (folder: string): DisplayRecords =>
  createRunRecords(folder, shape);
