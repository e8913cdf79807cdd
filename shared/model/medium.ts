// Disk images, optical discs and floppies as the host sees them.
import { z } from 'zod';
import { bytesSchema } from './brand.ts';

export const diskFormatSchema = z.enum(['qcow2', 'raw', 'vdi', 'vmdk', 'vpc', 'vhdx']);
export type DiskFormat = z.infer<typeof diskFormatSchema>;

/** What inspecting a file on the host says about it. */
export const mediumInfoSchema = z
  .object({
    path: z.string(),
    kind: z.enum(['disk', 'optical', 'floppy']),
    format: diskFormatSchema,
    /** Size the guest sees. */
    capacity: bytesSchema,
    /** Space taken on the host. */
    allocated: bytesSchema,
    /** Absolute path of the backing file, if the image has one. */
    backingFile: z.string().optional(),
    /** Volume label of an ISO 9660 image, for naming and family detection. */
    label: z.string().optional(),
    isWritable: z.boolean(),
    /** False: taking snapshots or growing needs conversion first (VDI, VMDK, VHD). */
    canSnapshot: z.boolean(),
    canGrow: z.boolean(),
    /** Guest family id guessed from name and label; `undefined` = no guess. */
    guessedFamily: z.string().optional(),
  })
  .readonly();
export type MediumInfo = z.infer<typeof mediumInfoSchema>;
