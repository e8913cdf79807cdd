// Branded ids and units. Owns the only conversions between units.
import { z } from 'zod';

/** Our own id of a VM: lower-case UUID. It names the VM's folders and never changes. */
export const vmIdSchema = z
  .string()
  .regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/)
  .brand<'VmId'>();
export type VmId = z.infer<typeof vmIdSchema>;

/** Id of a driver (who owns a VM's definition). Values come from the driver registry. */
export const driverIdSchema = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,31}$/)
  .brand<'DriverId'>();
export type DriverId = z.infer<typeof driverIdSchema>;

/** Id of an engine inside one driver: for example `kvm`, `tcg`. Unique only together with the driver. */
export const engineIdSchema = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,31}$/)
  .brand<'EngineId'>();
export type EngineId = z.infer<typeof engineIdSchema>;

export const jobIdSchema = z.string().min(1).max(64).brand<'JobId'>();
export type JobId = z.infer<typeof jobIdSchema>;

/** Size in bytes, a whole number >= 0. */
export const bytesSchema = z.number().int().nonnegative().brand<'Bytes'>();
export type Bytes = z.infer<typeof bytesSchema>;

/** Size in mebibytes (2^20 bytes), a whole number >= 0. */
export const mibSchema = z.number().int().nonnegative().brand<'MiB'>();
export type MiB = z.infer<typeof mibSchema>;

/** Milliseconds since the Unix epoch by the host's clock: for showing, never for ordering. */
export const epochMsSchema = z.number().brand<'EpochMs'>();
export type EpochMs = z.infer<typeof epochMsSchema>;

export const toVmId = (text: string): VmId => vmIdSchema.parse(text);
export const toDriverId = (text: string): DriverId => driverIdSchema.parse(text);
export const toEngineId = (text: string): EngineId => engineIdSchema.parse(text);
export const toJobId = (text: string): JobId => text as JobId;
export const toBytes = (value: number): Bytes => bytesSchema.parse(value);
export const toMiB = (value: number): MiB => mibSchema.parse(value);
export const toEpochMs = (value: number): EpochMs => value as EpochMs;

const bytesPerMiB = 1024 * 1024;
export const mibToBytes = (value: MiB): Bytes => (value * bytesPerMiB) as Bytes;
export const gibToBytes = (gib: number): Bytes => Math.round(gib * 1024 * bytesPerMiB) as Bytes;
