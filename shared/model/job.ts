// Long work as data: everything over about 200 ms runs as a job.
import { z } from 'zod';
import { appErrorSchema } from '../contract/errors.ts';
import { epochMsSchema, jobIdSchema, vmIdSchema } from './brand.ts';
import { textSchema } from './text.ts';

export const jobSchema = z
  .object({
    id: jobIdSchema,
    kind: z.string(),
    title: textSchema,
    vm: vmIdSchema.optional(),
    phase: z.enum(['running', 'done', 'failed', 'cancelled']),
    /** 0..1, null = not known. */
    fraction: z.number().min(0).max(1).nullable(),
    step: textSchema.optional(),
    isCancellable: z.boolean(),
    startedAt: epochMsSchema,
    endedAt: epochMsSchema.optional(),
    error: appErrorSchema.optional(),
  })
  .readonly();
export type Job = z.infer<typeof jobSchema>;
