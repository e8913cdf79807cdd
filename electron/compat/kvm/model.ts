// What the KVM check measures and what it may conclude. The conclusion is drawn in judge.ts.
// "Could not look" is never "no": it is `undecided`, with its reason.
import { z } from 'zod';

/** Outcome of looking at the device node. */
export const deviceLookSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('opened'),
    /** Octal permission bits, for example `660`. */
    mode: z.string(),
    uid: z.number(),
    gid: z.number(),
  }),
  z.object({ kind: z.literal('absent'), detail: z.string() }),
  z.object({
    kind: z.literal('denied'),
    mode: z.string(),
    uid: z.number(),
    gid: z.number(),
    detail: z.string(),
  }),
  z.object({ kind: z.literal('busy'), detail: z.string() }),
  z.object({ kind: z.literal('failed'), detail: z.string() }),
]);
export type DeviceLook = z.infer<typeof deviceLookSchema>;

/** Outcome of asking QEMU for an empty VM on KVM. */
export const createLookSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('created'), answer: z.string() }),
  z.object({ kind: z.literal('refused'), stderr: z.string() }),
  z.object({ kind: z.literal('failed'), detail: z.string() }),
]);
export type CreateLook = z.infer<typeof createLookSchema>;

/** Stages of the self-test in order: real, protected, 64-bit mode, SSE and 16-byte exchange. */
export const stages = ['real', 'protected', 'long', 'extended'] as const;
export type Stage = (typeof stages)[number];

/** One start of the self-test ROM. Times are milliseconds since the start of the process. */
export const selfTestRunSchema = z.object({
  engine: z.enum(['kvm', 'tcg']),
  cpuModel: z.string(),
  reached: z.partialRecord(z.enum(stages), z.number()),
  totalMs: z.number(),
  end: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('passed') }),
    /** The CPU offered has no 64-bit mode or no 16-byte exchange: passed as far as it goes. */
    z.object({ kind: z.literal('passedInPart') }),
    /** The processor emulation gave up, QEMU died, or the guest computed something wrong. */
    z.object({ kind: z.literal('stopped'), how: z.string() }),
    z.object({ kind: z.literal('timedOut'), limitMs: z.number() }),
    /** QEMU could not be run at all. */
    z.object({ kind: z.literal('notRun'), how: z.string() }),
  ]),
  stderr: z.string(),
  argv: z.array(z.string()),
});
export type SelfTestRun = z.infer<typeof selfTestRunSchema>;

export const measurementsSchema = z.object({
  device: deviceLookSchema,
  /** Absent when the device could not be opened. */
  create: createLookSchema.optional(),
  runs: z.array(selfTestRunSchema),
  /** One-minute load average when the check began, and how many CPUs carry it. */
  load: z.object({ average: z.number(), cpus: z.number() }),
});
export type KvmMeasurements = z.infer<typeof measurementsSchema>;

export const kvmVerdictSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('absent') }),
  z.object({ kind: z.literal('noPermission'), mode: z.string(), uid: z.number(), gid: z.number() }),
  z.object({ kind: z.literal('busy') }),
  z.object({ kind: z.literal('cannotCreateVm'), stderr: z.string() }),
  /** Guests stop for a reason that load cannot explain; `after` = last stage reached. */
  z.object({ kind: z.literal('crashes'), after: z.enum(stages).optional(), how: z.string() }),
  z.object({
    kind: z.literal('slowerThanSoftware'),
    /** Time on KVM relative to software emulation. */
    ratio: z.number(),
    /** The stage was never reached in time: the true ratio is higher. */
    isLowerBound: z.boolean(),
    /** The guest also stopped after this stage. */
    stopsAfter: z.enum(stages).optional(),
  }),
  z.object({ kind: z.literal('healthy'), ratio: z.number() }),
  z.object({
    kind: z.literal('undecided'),
    reason: z.enum(['loaded', 'borderline', 'softwareFailed', 'timedOutOnce', 'couldNotLook']),
    detail: z.string(),
    ratio: z.number().optional(),
  }),
]);
export type KvmVerdict = z.infer<typeof kvmVerdictSchema>;

export const kvmCheckResultSchema = z.object({
  verdict: kvmVerdictSchema,
  measurements: measurementsSchema,
  device: z.string(),
  /** Milliseconds since the epoch. */
  checkedAt: z.number(),
  durationMs: z.number(),
});
export type KvmCheckResult = z.infer<typeof kvmCheckResultSchema>;
