// Facts probed on the host, requirements of features, verdicts, and the decision which engine runs a VM.
// A failed look is `unknown`, a negative look is `no`: kept apart all the way to the screen.
import { z } from 'zod';
import { driverIdSchema, engineIdSchema, epochMsSchema } from './brand.ts';
import { backendSchema } from './driver.ts';
import { textSchema } from './text.ts';

/** A command a person can run, shown with a copy button; argv is never joined for a shell by us. */
export const remedySchema = z
  .object({
    label: textSchema,
    /** Text to copy into a terminal, if the remedy is a command. */
    command: z.string().optional(),
    needs: z.array(z.enum(['root', 'relogin', 'reboot'])).readonly(),
  })
  .readonly();
export type Remedy = z.infer<typeof remedySchema>;

/** One check of the host: what was looked at, how, what came out. `id` as in the rules, e.g. `kvm.speed`. */
export const hostCheckSchema = z
  .object({
    id: z.string(),
    category: z.enum([
      'processor',
      'kvm',
      'qemu',
      'virtualbox',
      'memory',
      'disk',
      'network',
      'desktop',
    ]),
    /** `running`: being looked at now. */
    verdict: z.enum(['good', 'info', 'warn', 'blocked', 'unknown', 'running']),
    title: textSchema,
    /** One sentence: what is true. */
    sentence: textSchema,
    /** What was tested, as command or path. */
    tested: z.string(),
    /** What came out, unshortened up to 16 KiB. */
    raw: z.string(),
    remedies: z.array(remedySchema).readonly(),
    checkedAt: epochMsSchema.optional(),
    /** Going on would freeze or crash this computer: to be shown before everything else. */
    isCritical: z.boolean().optional(),
    /** Backends this verdict bears on. */
    affects: z.array(backendSchema).readonly(),
  })
  .readonly();
export type HostCheck = z.infer<typeof hostCheckSchema>;

/** How usable an engine is on this host, distilled from the checks. */
export const engineFactSchema = z
  .object({
    driver: driverIdSchema,
    engine: engineIdSchema,
    standing: z.enum(['usable', 'slow', 'unusable', 'unknown']),
    /** Why, as one clause that completes "because ...". */
    reason: textSchema,
    /** Measured time relative to software emulation: > 1 = slower than software. */
    slowdownVsSoftware: z.number().optional(),
    confidence: z.enum(['measured', 'documented', 'assumed']),
    checkIds: z.array(z.string()).readonly(),
    /** What would make the engine usable. */
    remedy: remedySchema.optional(),
    /** The user said "use it anyway". */
    isForced: z.boolean(),
    /** A start would freeze or crash the host: never tried, whatever the user says. */
    wouldFreeze: z.boolean().optional(),
  })
  .readonly();
export type EngineFact = z.infer<typeof engineFactSchema>;

/** Three honest answers to "does this feature work here?". */
export const verdictSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('yes') }),
  z.object({
    kind: z.literal('no'),
    reason: textSchema,
    remedy: remedySchema.optional(),
  }),
  z.object({ kind: z.literal('unknown'), reason: textSchema }),
]);
export type Verdict = z.infer<typeof verdictSchema>;

export const candidateSchema = z
  .object({
    kind: z.literal('candidate'),
    backend: backendSchema,
    standing: z.enum(['chosen', 'possible', 'needsConsent', 'refused', 'unknown']),
    score: z.number(),
    reasons: z.array(textSchema).readonly(),
    lost: z.array(textSchema).readonly(),
    unlock: remedySchema.optional(),
  })
  .readonly();
export type Candidate = z.infer<typeof candidateSchema>;

/** Another driver's backend: reachable only after conversion, so it can never be `chosen`. */
export const suggestionSchema = z
  .object({
    kind: z.literal('suggestion'),
    backend: backendSchema,
    requires: z.literal('conversion'),
    reasons: z.array(textSchema).readonly(),
  })
  .readonly();
export type Suggestion = z.infer<typeof suggestionSchema>;

export const decisionSchema = z
  .object({
    outcome: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('use'), backend: backendSchema }),
      /** Possible, but only with the user's word (a loss, or a pin that fails). */
      z.object({ kind: z.literal('ask'), backend: backendSchema, question: textSchema }),
      z.object({ kind: z.literal('none') }),
    ]),
    /** The clause after "because". */
    because: textSchema,
    lost: z.array(textSchema).readonly(),
    candidates: z.array(candidateSchema).readonly(),
    suggestions: z.array(suggestionSchema).readonly(),
    action: remedySchema.optional(),
    confidence: z.enum(['measured', 'documented', 'assumed']),
    pinned: backendSchema.optional(),
  })
  .readonly();
export type Decision = z.infer<typeof decisionSchema>;

/** Which engine really ran, read back after start. */
export const engineProofSchema = z
  .object({
    backend: backendSchema,
    /** What the hypervisor was asked and answered, e.g. `query-kvm {"enabled":false}`. */
    witness: z.string(),
    readAt: epochMsSchema,
    /** The decided backend, when the proof contradicts it: an alarm. */
    contradicts: backendSchema.optional(),
  })
  .readonly();
export type EngineProof = z.infer<typeof engineProofSchema>;
