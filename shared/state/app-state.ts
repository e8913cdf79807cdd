// The whole state main owns and the window mirrors: entity tables keyed by string.
import { z } from 'zod';
import { engineFactSchema, hostCheckSchema } from '../model/compat.ts';
import { driverInfoSchema } from '../model/driver.ts';
import { jobSchema } from '../model/job.ts';
import { hostChangeSchema } from '../model/network-plan.ts';
import { captureSchema, networkRowSchema } from '../model/networks.ts';
import { defaultSettings, settingsSchema } from '../model/settings.ts';
import { textSchema } from '../model/text.ts';
import { appErrorSchema } from './../contract/errors.ts';
import { vmSchema } from '../model/vm.ts';

export const hostSummarySchema = z
  .object({
    hostname: z.string(),
    cpus: z.number().int(),
    memoryMiB: z.number().int(),
    distribution: z.string(),
    kernel: z.string(),
    /** Free bytes where VMs are kept; refreshed when disk work ends. */
    freeBytes: z.number(),
    dataDir: z.string(),
  })
  .readonly();
export type HostSummary = z.infer<typeof hostSummarySchema>;

/** Something told once at the top of the window, until dismissed. */
export const noticeSchema = z
  .object({
    id: z.string(),
    tone: z.enum(['info', 'warn', 'error']),
    text: textSchema,
    error: appErrorSchema.optional(),
    /** Link to open in the browser, if the notice has one. */
    url: z.string().optional(),
  })
  .readonly();
export type Notice = z.infer<typeof noticeSchema>;

/** One schema per table; the patch protocol works on any table named here. */
export const tableSchemas = {
  vms: vmSchema,
  jobs: jobSchema,
  drivers: driverInfoSchema,
  checks: hostCheckSchema,
  /** Keyed by backendKey(). */
  engines: engineFactSchema,
  notices: noticeSchema,
  networks: networkRowSchema,
  /** Keyed `<vm>/<nic>`. */
  captures: captureSchema,
  hostChanges: hostChangeSchema,
  /** One row, `settings`. */
  settings: settingsSchema,
  /** One row, `host`. */
  host: hostSummarySchema,
} as const;
export type TableName = keyof typeof tableSchemas;
export const tableNames = Object.keys(tableSchemas) as readonly TableName[];

export type AppState = {
  readonly [T in TableName]: Readonly<Record<string, z.infer<(typeof tableSchemas)[T]>>>;
};

export const emptyState: AppState = {
  vms: {},
  jobs: {},
  drivers: {},
  checks: {},
  engines: {},
  notices: {},
  networks: {},
  captures: {},
  hostChanges: {},
  settings: { settings: defaultSettings },
  host: {},
};
