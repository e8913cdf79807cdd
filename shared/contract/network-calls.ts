// The calls about networks, adapters and what is set up on this computer for them; part of the contract.
import { z } from 'zod';
import { engineIdSchema, jobIdSchema, vmIdSchema } from '../model/brand.ts';
import { connectivitySchema, networkPlanSchema } from '../model/network-plan.ts';
import { hostAddressSchema, nicSchema, portSchema } from '../model/network.ts';
import {
  guestAddressSchema,
  hostInterfaceSchema,
  networkForwardSchema,
  networkIdSchema,
  networkKindSchema,
  networkLiveSchema,
  networkSchema,
} from '../model/networks.ts';
import { call, type Contract } from './define.ts';
import { appErrorSchema } from './errors.ts';

const nothing = z.void();
const noArgs = z.object({}).strict();
const vmArgs = z.object({ id: vmIdSchema }).strict();
const job = z.object({ job: jobIdSchema });
const path = z.string().min(1).max(4096);

export const networkCalls = {
  /** Rejects with `network/*` for wrong input; nothing is stored then. `id` may be left to us (from the name). */
  create: call(
    z.object({
      network: networkSchema.unwrap().omit({ id: true }),
      id: networkIdSchema.optional(),
    }),
    z.object({ id: networkIdSchema }),
  ),
  edit: call(z.object({ network: networkSchema }), nothing),
  /** Rejects with `network/in-use` while machines are attached. Undoes what was set up for it on this computer. */
  remove: call(z.object({ id: networkIdSchema }), job),
  /** Sensible values for a new network of the kind: free name and subnet, MAC ranges, uplink. */
  suggest: call(
    z.object({ kind: networkKindSchema }),
    z.object({ network: networkSchema.unwrap().omit({ id: true }) }),
  ),
  /** The first problem of the draft, or none; what `create` and `edit` would reject with. */
  check: call(
    z.object({
      network: networkSchema.unwrap().omit({ id: true }),
      id: networkIdSchema.optional(),
    }),
    z.object({ problem: appErrorSchema.optional(), field: z.string().optional() }),
  ),
  /** What setting the network up on this computer would do. Nothing is done. */
  previewSetUp: call(
    z.object({ id: networkIdSchema }),
    z.object({
      plan: networkPlanSchema,
      before: z.array(z.string()).readonly(),
      after: z.array(z.string()).readonly(),
    }),
  ),
  /** Carries the plan out; asks for one authorisation. An uplink then waits for `keep`. */
  setUp: call(z.object({ id: networkIdSchema }), job),
  /**
   * What plugging this NIC in would do on the machine's engine (or on `engine`). `appliesAt`, of a machine that runs:
   * its port can take it now, it waits for the next start, or it can be changed only while the machine is off.
   */
  planNic: call(
    z.object({ id: vmIdSchema, nic: nicSchema, engine: engineIdSchema.optional() }),
    z.object({
      plan: networkPlanSchema,
      appliesAt: z.enum(['now', 'nextStart', 'off']).optional(),
    }),
  ),
  /** Changes where a NIC is plugged in, live where the engine can; else at the next start. */
  attach: call(
    z.object({ id: vmIdSchema, nic: nicSchema }),
    z.object({ appliesAt: z.enum(['now', 'nextStart']) }),
  ),
  keep: call(z.object({ change: z.string() }), nothing),
  rollBack: call(z.object({ change: z.string() }), nothing),
  connectivity: call(z.object({ change: z.string() }), connectivitySchema),
  undo: call(z.object({ change: z.string() }), job),
  undoAll: call(noArgs, job),
  live: call(z.object({ id: networkIdSchema }), networkLiveSchema),
  addresses: call(vmArgs, z.object({ addresses: z.array(guestAddressSchema).readonly() })),
  uplinks: call(noArgs, z.object({ interfaces: z.array(hostInterfaceSchema).readonly() })),
  addForward: call(z.object({ id: networkIdSchema, forward: networkForwardSchema }), nothing),
  removeForward: call(z.object({ id: networkIdSchema, forward: z.string() }), nothing),
  /** Whether something answers behind a TCP forward, by a connection to it. */
  testForward: call(
    z.object({ hostAddress: hostAddressSchema, hostPort: portSchema }),
    z.object({ outcome: z.enum(['answers', 'openButSilent', 'closed']) }),
  ),
  /** Who has the port now; absent: free. */
  portHolder: call(
    z.object({
      protocol: z.enum(['tcp', 'udp']),
      hostAddress: hostAddressSchema,
      hostPort: portSchema,
      /** It is one of our forwards: only programs are looked for, not our networks and machines. */
      isOurs: z.boolean().optional(),
    }),
    z.object({ by: z.string().optional(), free: portSchema.optional() }),
  ),
  startCapture: call(z.object({ id: vmIdSchema, nic: z.string(), path }), nothing),
  stopCapture: call(z.object({ id: vmIdSchema, nic: z.string() }), nothing),
} as const satisfies Contract[string];
