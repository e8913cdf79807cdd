// What has to be done so that a network or an adapter works, as data: previewed, executed, verified and undone from it.
import { z } from 'zod';
import { epochMsSchema } from './brand.ts';
import { vlanSchema } from './network.ts';
import { networkIdSchema, serviceWaySchema } from './networks.ts';
import { textSchema } from './text.ts';

/** A Linux interface name: 1 to 15 characters, no slash, no space, no leading dash or dot. */
export const interfaceNameSchema = z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,14}$/);
const cidr = z.union([z.cidrv4(), z.cidrv6()]);

/**
 * What the privileged helper can be asked for; it validates everything again. `port.vlans` without `vlan`: none.
 * `uplink.attach` rolls back by itself after `rollbackSeconds` unless `confirm` comes. Taps belong to the caller.
 */
export const privilegedRequestSchema = z.discriminatedUnion('verb', [
  z
    .object({
      verb: z.literal('bridge.create'),
      bridge: interfaceNameSchema,
      address: cidr.optional(),
    })
    .strict(),
  z.object({ verb: z.literal('bridge.remove'), bridge: interfaceNameSchema }).strict(),
  z
    .object({
      verb: z.literal('uplink.attach'),
      bridge: interfaceNameSchema,
      uplink: interfaceNameSchema,
      rollbackSeconds: z.number().int().min(5).max(300),
    })
    .strict(),
  z
    .object({
      verb: z.literal('uplink.detach'),
      bridge: interfaceNameSchema,
      uplink: interfaceNameSchema,
    })
    .strict(),
  z
    .object({
      verb: z.literal('tap.create'),
      tap: interfaceNameSchema,
      bridge: interfaceNameSchema,
    })
    .strict(),
  z.object({ verb: z.literal('tap.remove'), tap: interfaceNameSchema }).strict(),
  z
    .object({
      verb: z.literal('port.vlans'),
      port: interfaceNameSchema,
      vlan: vlanSchema.optional(),
    })
    .strict(),
  z.object({ verb: z.literal('confirm'), bridge: interfaceNameSchema }).strict(),
  z.object({ verb: z.literal('rollback'), bridge: interfaceNameSchema }).strict(),
  z.object({ verb: z.literal('undo.all') }).strict(),
]);
export type PrivilegedRequest = z.infer<typeof privilegedRequestSchema>;

export type PlugKind = 'stream' | 'datagram' | 'tap' | 'passt';

/** One step. Its sentence is `text`; `privilege` is what carrying it out needs. */
export const planStepSchema = z.discriminatedUnion('kind', [
  /** The hypervisor does it by itself: its NAT, its own network of that name. */
  z.object({
    kind: z.literal('native'),
    privilege: z.literal('none'),
    attachment: z.string(),
    text: textSchema,
  }),
  z.object({ kind: z.literal('passt'), privilege: z.literal('none'), text: textSchema }),
  z.object({
    kind: z.literal('switch'),
    privilege: z.literal('none'),
    network: networkIdSchema,
    text: textSchema,
  }),
  z.object({
    kind: z.literal('service'),
    privilege: z.literal('none'),
    network: networkIdSchema,
    way: serviceWaySchema,
    text: textSchema,
  }),
  z.object({
    kind: z.literal('port'),
    privilege: z.literal('none'),
    network: networkIdSchema,
    plug: z.enum(['stream', 'datagram']),
    vlan: vlanSchema.optional(),
    text: textSchema,
  }),
  /** Plugs the machine into a tap that is there. */
  z.object({
    kind: z.literal('openTap'),
    privilege: z.literal('none'),
    tap: interfaceNameSchema,
    text: textSchema,
  }),
  /** `command`: the argv as people may read it; what is carried out is `request` and `undo`. */
  z.object({
    kind: z.literal('privileged'),
    privilege: z.literal('authorisation'),
    request: privilegedRequestSchema,
    undo: privilegedRequestSchema.optional(),
    command: z.array(z.string()).readonly(),
    text: textSchema,
  }),
]);
export type PlanStep = z.infer<typeof planStepSchema>;

export const networkPlanSchema = z.discriminatedUnion('kind', [
  z
    .object({
      kind: z.literal('plan'),
      steps: z.array(planStepSchema).readonly(),
      /** What will not work this way; whole sentences. */
      limits: z.array(textSchema).readonly(),
    })
    .readonly(),
  z
    .object({
      kind: z.literal('refused'),
      reason: textSchema,
      /** The other way, a whole sentence. */
      alternative: textSchema.optional(),
    })
    .readonly(),
]);
export type NetworkPlan = z.infer<typeof networkPlanSchema>;

/** A change made to this computer; row of the state table `hostChanges`. */
export const hostChangeSchema = z
  .object({
    id: z.string(),
    at: epochMsSchema,
    what: textSchema,
    why: textSchema,
    request: privilegedRequestSchema,
    undo: privilegedRequestSchema.optional(),
    /** `awaiting`: goes back by itself at `until` unless it is kept. `begun`: the manager died in the middle. */
    standing: z.enum(['begun', 'awaiting', 'applied', 'undone']),
    until: epochMsSchema.optional(),
  })
  .readonly();
export type HostChange = z.infer<typeof hostChangeSchema>;

/** Outcome of a look after an uplink was moved. */
export const connectivitySchema = z
  .object({
    checks: z
      .array(
        z
          .object({
            id: z.enum(['router', 'names', 'ssh', 'carrier']),
            result: z.enum(['yes', 'no', 'unknown']),
          })
          .readonly(),
      )
      .readonly(),
  })
  .readonly();
export type Connectivity = z.infer<typeof connectivitySchema>;
