// Networks as objects of their own: what their owner wrote down, and what is observed about them.
import { z } from 'zod';
import { appErrorSchema } from '../contract/errors.ts';
import { epochMsSchema, vmIdSchema } from './brand.ts';
import { hostAddressSchema, macSchema, portSchema, vlanTagSchema } from './network.ts';
import { textSchema } from './text.ts';

/** Never changes; attachments and, where the hypervisor has networks itself, its names are this id. */
export const networkIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,31}$/)
  .brand<'NetworkId'>();
export type NetworkId = z.infer<typeof networkIdSchema>;
export const toNetworkId = (text: string): NetworkId => networkIdSchema.parse(text);

/** `bridged`: a bridge on this computer with a network card in it; `hostOnly`: a bridge with this computer alone. */
export const networkKindSchema = z.enum(['natNetwork', 'internal', 'hostOnly', 'bridged']);
export type NetworkKind = z.infer<typeof networkKindSchema>;

const ipv4Schema = z.ipv4();
const cidr4Schema = z.cidrv4();
const cidr6Schema = z.cidrv6();

export const addressPlanSchema = z
  .looseObject({
    /** For example `10.20.0.0/24`: the network's own address, no host bits. */
    subnet: cidr4Schema,
    /** This computer's or the router's address in it. */
    gateway: ipv4Schema,
    /** Absent: no DHCP. */
    dhcp: z.object({ first: ipv4Schema, last: ipv4Schema }).readonly().optional(),
  })
  .readonly();
export type AddressPlan = z.infer<typeof addressPlanSchema>;

export const reservationSchema = z
  .looseObject({ mac: macSchema, address: ipv4Schema, name: z.string().max(63).optional() })
  .readonly();
export type Reservation = z.infer<typeof reservationSchema>;

export const dnsNameSchema = z
  .looseObject({ name: z.string().min(1).max(253), address: z.union([z.ipv4(), z.ipv6()]) })
  .readonly();
export type DnsName = z.infer<typeof dnsNameSchema>;

/** A forward of a NAT network: to a machine's NIC, wherever its address is, or to a fixed address. */
export const networkForwardSchema = z
  .looseObject({
    id: z.string().min(1).max(64),
    protocol: z.enum(['tcp', 'udp']),
    hostAddress: hostAddressSchema,
    hostPort: portSchema,
    to: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('nic'), vm: vmIdSchema, nic: z.string() }),
      z.object({ kind: z.literal('address'), address: ipv4Schema }),
    ]),
    guestPort: portSchema,
  })
  .readonly();
export type NetworkForward = z.infer<typeof networkForwardSchema>;

export const networkSchema = z
  .looseObject({
    id: networkIdSchema,
    name: z.string().trim().min(1).max(60),
    kind: networkKindSchema,
    isEnabled: z.boolean(),
    /** natNetwork and hostOnly have one; internal may. */
    ipv4: addressPlanSchema.optional(),
    /** natNetwork: a /64 prefix, for example `fd12:3456:789a:1::/64`. */
    ipv6: z.object({ prefix: cidr6Schema }).readonly().optional(),
    reservations: z.array(reservationSchema).max(256).readonly(),
    dnsNames: z.array(dnsNameSchema).max(256).readonly(),
    forwards: z.array(networkForwardSchema).max(256).readonly(),
    /** Names of VLANs, for people; a tag that is used needs no row. */
    vlans: z
      .array(z.object({ tag: vlanTagSchema, name: z.string().max(40) }).readonly())
      .max(256)
      .readonly(),
    /** bridged: the network card, for example `enp5s0`. */
    uplink: z.string().min(1).max(15).optional(),
    /** natNetwork: machines may reach services that listen on this computer's loopback. */
    mayReachHost: z.boolean(),
    /** natNetwork: start machines from the network (TFTP): absolute folder, file below it. */
    networkBoot: z
      .object({ folder: z.string().min(1).max(4096), file: z.string().min(1).max(255) })
      .readonly()
      .optional(),
  })
  .readonly();
export type Network = z.infer<typeof networkSchema>;

/** Who gives out addresses and leads out of a NAT network. `gateway`: no reservations, no names. */
export const serviceWaySchema = z.enum(['namespace', 'gateway']);
export type ServiceWay = z.infer<typeof serviceWaySchema>;

export const networkStatusSchema = z
  .object({
    /** `idle`: nothing is attached, nothing runs. */
    state: z.enum(['idle', 'starting', 'up', 'failed', 'needsSetUp']),
    way: z.union([serviceWaySchema, z.literal('switch'), z.literal('bridge')]).optional(),
    /** What does not work the way it runs; whole sentences. */
    limits: z.array(textSchema).readonly(),
    problem: appErrorSchema.optional(),
  })
  .readonly();
export type NetworkStatus = z.infer<typeof networkStatusSchema>;

/** Row of the state table `networks`. */
export const networkRowSchema = z
  .object({ network: networkSchema, status: networkStatusSchema })
  .readonly();
export type NetworkRow = z.infer<typeof networkRowSchema>;

export const leaseSchema = z
  .object({
    mac: macSchema,
    address: z.string(),
    hostname: z.string().optional(),
    /** Absent: it does not end. */
    until: epochMsSchema.optional(),
  })
  .readonly();
export type Lease = z.infer<typeof leaseSchema>;

/** Counters since the port was made; `rx`: from the guest into the network, `tx`: to the guest. */
export const portCountersSchema = z
  .object({
    rxFrames: z.number(),
    rxBytes: z.number(),
    txFrames: z.number(),
    txBytes: z.number(),
    /** Not delivered: wrong VLAN, limit exceeded, no cable, receiver too slow. */
    dropped: z.number(),
  })
  .readonly();
export type PortCounters = z.infer<typeof portCountersSchema>;

export const livePortSchema = z
  .object({
    vm: vmIdSchema,
    nic: z.string(),
    isConnected: z.boolean(),
    counters: portCountersSchema.optional(),
  })
  .readonly();
export type LivePort = z.infer<typeof livePortSchema>;

/** What changes from second to second; asked for while somebody looks. */
export const networkLiveSchema = z
  .object({ leases: z.array(leaseSchema).readonly(), ports: z.array(livePortSchema).readonly() })
  .readonly();
export type NetworkLive = z.infer<typeof networkLiveSchema>;

export const guestAddressSchema = z
  .object({
    nic: z.string().optional(),
    address: z.string(),
    source: z.enum(['lease', 'guestAgent', 'guestAdditions']),
  })
  .readonly();
export type GuestAddress = z.infer<typeof guestAddressSchema>;

/** A packet capture that runs; row of the state table `captures`, keyed `<vm>/<nic>`. */
export const captureSchema = z
  .object({ vm: vmIdSchema, nic: z.string(), path: z.string(), since: epochMsSchema })
  .readonly();
export type Capture = z.infer<typeof captureSchema>;

/** A network card of this computer, as an uplink. */
export const hostInterfaceSchema = z
  .object({
    name: z.string(),
    kind: z.enum(['ethernet', 'wifi', 'bridge', 'other']),
    mac: z.string().optional(),
    addresses: z.array(z.string()).readonly(),
    isUp: z.boolean(),
    hasCarrier: z.boolean(),
    isDefaultRoute: z.boolean(),
    /** The bridge it is in. */
    bridge: z.string().optional(),
    manager: z.enum(['networkManager', 'other', 'none', 'unknown']),
    /** Why it cannot be an uplink, with the way out. */
    refusal: textSchema.optional(),
  })
  .readonly();
export type HostInterface = z.infer<typeof hostInterfaceSchema>;
