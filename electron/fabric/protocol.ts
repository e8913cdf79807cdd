// What the fabric process is asked and what it tells: JSON lines over an owner-only unix socket, requests with an id,
// answers with the same id, events without. The fabric carries NAT networks and internal networks for every hypervisor:
// one switch per network with VLAN ports, and at one of its ports the service end of a NAT network.
import { z } from 'zod';
import { appErrorSchema } from '../../shared/contract/errors.ts';
import { vmIdSchema } from '../../shared/model/brand.ts';
import {
  hostAddressSchema,
  macSchema,
  portSchema,
  vlanSchema,
} from '../../shared/model/network.ts';
import {
  addressPlanSchema,
  dnsNameSchema,
  leaseSchema,
  networkIdSchema,
  portCountersSchema,
  reservationSchema,
  serviceWaySchema,
} from '../../shared/model/networks.ts';

export const protocolVersion = 1;

/** A forward to an address; forwards to a NIC are resolved by MAC where the lease is known: in the fabric. */
export const fabricForwardSchema = z
  .object({
    id: z.string(),
    protocol: z.enum(['tcp', 'udp']),
    hostAddress: hostAddressSchema,
    hostPort: portSchema,
    to: z.union([z.object({ mac: macSchema }), z.object({ address: z.ipv4() })]),
    guestPort: portSchema,
  })
  .readonly();
export type FabricForward = z.infer<typeof fabricForwardSchema>;

/** The service end of a NAT network. `namespace` needs user namespaces; `gateway` is a QEMU without devices. */
/** What a service end in a namespace is made of. */
export const namespacePrograms = [
  'unshare',
  'nsenter',
  'ip',
  'nft',
  'dnsmasq',
  'slirp4netns',
  'python3',
] as const;

export const serviceSpecSchema = z
  .object({
    way: serviceWaySchema,
    ipv4: addressPlanSchema,
    ipv6: z.object({ prefix: z.cidrv6() }).readonly().optional(),
    reservations: z.array(reservationSchema).readonly(),
    dnsNames: z.array(dnsNameSchema).readonly(),
    forwards: z.array(fabricForwardSchema).readonly(),
    mayReachHost: z.boolean(),
    networkBoot: z.object({ folder: z.string(), file: z.string() }).readonly().optional(),
    /** Absolute paths of the programs it needs: qemu, or unshare, nsenter, ip, nft, dnsmasq, slirp4netns, python3. */
    programs: z.record(z.string(), z.string()),
  })
  .readonly();
export type ServiceSpec = z.infer<typeof serviceSpecSchema>;

/**
 * `stream`: the guest's QEMU listens at `path` (`-netdev stream,server=on`), the switch connects and connects again.
 * `datagram`: one frame per UDP datagram on 127.0.0.1 between `switchPort` (absent: chosen) and `peerPort` (absent: not
 * known yet, frames are dropped); datagrams from elsewhere are dropped.
 */
export const endpointSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('stream'), path: z.string().min(1).max(107) }).readonly(),
  z
    .object({
      kind: z.literal('datagram'),
      switchPort: portSchema.optional(),
      peerPort: portSchema.optional(),
    })
    .readonly(),
]);
export type Endpoint = z.infer<typeof endpointSchema>;

export const fabricPortSchema = z
  .object({
    network: networkIdSchema,
    vm: vmIdSchema,
    nic: z.string(),
    mac: macSchema,
    /** DNS label under which the service knows it. */
    hostname: z.string().max(63).optional(),
    endpoint: endpointSchema,
    /** Absent: untagged frames of no VLAN only. */
    vlan: vlanSchema.optional(),
    isCableConnected: z.boolean(),
    bandwidthKbps: z.number().int().positive().optional(),
  })
  .readonly();
export type FabricPort = z.infer<typeof fabricPortSchema>;

const portRef = { vm: vmIdSchema, nic: z.string() };
const nothing = z.object({});

/** Every request: `ensure…` is idempotent and changes in place what differs. */
export const fabricCalls = {
  hello: {
    args: nothing,
    result: z.object({ version: z.number(), pid: z.number(), startedAt: z.number() }),
  },
  /** A switch, and with `service` its service end. Resolves when it answers DHCP, or rejects with why not. */
  ensureNetwork: {
    args: z.object({ id: networkIdSchema, service: serviceSpecSchema.optional() }),
    result: nothing,
  },
  removeNetwork: { args: z.object({ id: networkIdSchema }), result: nothing },
  ensurePort: {
    args: fabricPortSchema,
    result: z.object({ switchPort: portSchema.optional() }),
  },
  removePort: { args: z.object(portRef), result: nothing },
  addForward: {
    args: z.object({ network: networkIdSchema, forward: fabricForwardSchema }),
    result: nothing,
  },
  removeForward: { args: z.object({ network: networkIdSchema, id: z.string() }), result: nothing },
  look: {
    args: z.object({ network: networkIdSchema }),
    result: z.object({
      leases: z.array(leaseSchema),
      ports: z.array(
        z.object({ ...portRef, isConnected: z.boolean(), counters: portCountersSchema }),
      ),
    }),
  },
  startCapture: { args: z.object({ ...portRef, path: z.string() }), result: nothing },
  stopCapture: { args: z.object(portRef), result: nothing },
  /** Everything that is there, for a manager that comes back. */
  list: {
    args: nothing,
    result: z.object({
      networks: z.array(z.object({ id: networkIdSchema, service: serviceSpecSchema.optional() })),
      ports: z.array(fabricPortSchema),
      captures: z.array(z.object({ ...portRef, path: z.string() })),
    }),
  },
  /** Ends the process when no network is left; else `isEnding` is false. */
  endIfIdle: { args: nothing, result: z.object({ isEnding: z.boolean() }) },
} as const;
export type FabricCall = keyof typeof fabricCalls;
export type CallArgs<C extends FabricCall> = z.infer<(typeof fabricCalls)[C]['args']>;
export type CallResult<C extends FabricCall> = z.infer<(typeof fabricCalls)[C]['result']>;

/** Told to every connected manager. */
export const fabricEventSchema = z.discriminatedUnion('kind', [
  /** The service end died and came back, or (with `problem`) did not. */
  z.object({
    kind: z.literal('service'),
    network: networkIdSchema,
    state: z.enum(['up', 'restarting', 'failed']),
    problem: appErrorSchema.optional(),
  }),
  z.object({ kind: z.literal('lease'), network: networkIdSchema }),
  z.object({ kind: z.literal('captureEnded'), ...portRef, problem: appErrorSchema.optional() }),
]);
export type FabricEvent = z.infer<typeof fabricEventSchema>;

export const requestSchema = z.object({
  id: z.number().int(),
  call: z.string(),
  args: z.unknown(),
});
export const answerSchema = z.union([
  z.object({ id: z.number().int(), result: z.unknown() }),
  z.object({ id: z.number().int(), error: appErrorSchema }),
]);

/** The manager's side. Every method rejects with AppFailure. */
export interface FabricClient {
  readonly call: <C extends FabricCall>(name: C, args: CallArgs<C>) => Promise<CallResult<C>>;
  /** Returns its undo. */
  readonly onEvent: (listener: (event: FabricEvent) => void) => () => void;
}

/** What the switch of one network offers to its service end, inside the fabric process. */
export interface ServicePort {
  /** Attaches a stream endpoint of the service (4-byte big-endian length + frame) as a port without VLAN. */
  readonly attach: (
    path: string,
    sieve?: FrameSieve,
  ) => { readonly isConnected: () => boolean; readonly dispose: () => void };
}

/** Sees every frame between a network and its service end. */
export interface FrameSieve {
  /** From the network to the service end. */
  readonly mayGoOut: (frame: Buffer) => boolean;
  readonly mayComeIn: (frame: Buffer) => boolean;
}

/** A running service end, inside the fabric process; owned by it, ended with `dispose`. */
export interface NetworkService {
  /** Changes in place what can be (reservations, names, forwards); rejects where it has to be started anew. */
  readonly update: (spec: ServiceSpec) => Promise<void>;
  readonly addForward: (forward: FabricForward) => Promise<void>;
  readonly removeForward: (id: string) => Promise<void>;
  readonly leases: () => Promise<readonly z.infer<typeof leaseSchema>[]>;
  /** Tells who has which DNS label and NIC; an absent one is forgotten. */
  readonly setHosts: (
    hosts: readonly { readonly mac: string; readonly hostname: string }[],
  ) => void;
  readonly dispose: () => Promise<void>;
}
