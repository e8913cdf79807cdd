// Drivers, engines and backends as data. A VM belongs to one driver; a backend is driver + engine.
import { z } from 'zod';
import { driverIdSchema, engineIdSchema } from './brand.ts';
import { textSchema, type Text } from './text.ts';

export const backendSchema = z
  .object({ driver: driverIdSchema, engine: engineIdSchema })
  .readonly();
export type Backend = z.infer<typeof backendSchema>;

export const isSameBackend = (a: Backend, b: Backend): boolean =>
  a.driver === b.driver && a.engine === b.engine;
export const backendKey = (backend: Backend): string => `${backend.driver}/${backend.engine}`;

/** What a driver says about one of its engines. The window draws badges from this, never from ids. */
export const engineInfoSchema = z
  .object({
    id: engineIdSchema,
    /** `native`: the CPU runs guest code itself. `software`: emulated, dashed badge. */
    speed: z.enum(['native', 'software']),
    /** The host facility the engine stands on; absent: it needs none. Health checks are matched by it. */
    accelerator: z.enum(['kvm', 'vboxdrv']).optional(),
    /** Long name, for example "QEMU on KVM". */
    title: z.string(),
    /** Badge in rows, for example "QEMU·KVM". */
    shortTitle: z.string(),
    /** Shape of the badge: box or ring with a tail. */
    mark: z.enum(['box', 'ring']),
    /** False: never chosen without the user's word (software emulation of slow interpreters). */
    isAutomatic: z.boolean(),
  })
  .readonly();
export type EngineInfo = z.infer<typeof engineInfoSchema>;

/** What a driver can do, as data. The window offers only this. */
export const capabilitiesSchema = z
  .object({
    canPause: z.boolean(),
    canSaveState: z.boolean(),
    canScreenshot: z.boolean(),
    canChangeForwardsLive: z.boolean(),
    canChangeCableLive: z.boolean(),
    canChangeMediumLive: z.boolean(),
    consoles: z.array(z.enum(['screen', 'serial'])).readonly(),
    machineTypes: z.array(z.string()).readonly(),
    nicModels: z.array(z.string()).readonly(),
    /** Kinds of NIC attachment that can be made; absent: all, each judged by itself. */
    nicAttachments: z.array(z.string()).readonly().optional(),
    /** Per engine, how NICs get into networks; absent: only the hypervisor's own NAT. */
    networking: z
      .array(
        z
          .object({
            engine: engineIdSchema,
            /** Kinds of attachment the hypervisor carries out itself on this engine. */
            native: z.array(z.string()).readonly(),
            /** What it can be plugged into by us, best first. */
            plugs: z.array(z.enum(['stream', 'datagram', 'tap', 'passt'])).readonly(),
            /** Its own NAT keeps guests from this computer's loopback where `mayReachHost` is not on. */
            canCloseLoopback: z.boolean().optional(),
          })
          .readonly(),
      )
      .readonly()
      .optional(),
    diskBuses: z.array(z.string()).readonly(),
    displayAdapters: z.array(z.string()).readonly(),
    diskFormats: z.array(z.string()).readonly(),
    firmware: z.array(z.enum(['bios', 'uefi', 'uefi-secure'])).readonly(),
    maxVcpus: z.number().int(),
    /** Engines the installed build does not contain, with the clause after "because". */
    absentEngines: z
      .array(z.object({ engine: engineIdSchema, reason: textSchema }).readonly())
      .readonly(),
    /** How machines are started on an engine, where there is something to tell about it. */
    startRoutes: z
      .array(z.object({ engine: engineIdSchema, reason: textSchema }).readonly())
      .readonly(),
    /** Engines of a build that is not a release: its maker's development build, or a port by others. */
    youngEngines: z
      .array(
        z.object({ engine: engineIdSchema, build: z.enum(['development', 'port']) }).readonly(),
      )
      .readonly()
      .optional(),
    /** True: a machine's program takes the signals of an ending session for an order to cut the power. */
    endsWithSession: z.boolean().optional(),
    hasSnapshots: z.boolean(),
    /** The hypervisor has a window of its own for a machine. */
    hasOwnWindow: z.boolean(),
    /** True: the engine can also be written into the machine, for starts outside Polyvisor. */
    canWriteEngine: z.boolean(),
    /** False: hardware changes only while the machine is off; absent: what cannot change now waits for the next start. */
    canEditWhileRunning: z.boolean().optional(),
  })
  .readonly();
export type Capabilities = z.infer<typeof capabilitiesSchema>;

/** Outcome of looking for a hypervisor: found, looked and not there, or there and not usable. */
export const probeOutcomeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('pending') }),
  z.object({
    kind: z.literal('found'),
    version: z.string(),
    paths: z.record(z.string(), z.string()),
  }),
  z.object({ kind: z.literal('missing'), lookedIn: z.array(z.string()).readonly() }),
  z.object({
    kind: z.literal('broken'),
    command: z.array(z.string()).readonly(),
    exitCode: z.number().nullable(),
    stderrTail: z.string(),
  }),
]);
export type ProbeOutcome = z.infer<typeof probeOutcomeSchema>;

export const driverInfoSchema = z
  .object({
    id: driverIdSchema,
    title: z.string(),
    engines: z.array(engineInfoSchema).readonly(),
    probe: probeOutcomeSchema,
    capabilities: capabilitiesSchema.optional(),
    /** One sentence why the driver cannot work now. */
    problem: textSchema.optional(),
  })
  .readonly();
export type DriverInfo = Omit<z.infer<typeof driverInfoSchema>, 'problem'> & {
  readonly problem?: Text | undefined;
};
