// NICs and port forwards of a VM. The networks they attach to are objects of their own: networks.ts.
import { z } from 'zod';

export const macSchema = z
  .string()
  .regex(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/)
  .refine((mac) => (Number.parseInt(mac.slice(0, 2), 16) & 1) === 0, 'multicast address');

export const portSchema = z.number().int().min(1).max(65535);

/** IPv4 or IPv6 literal, or empty for every address. Shape only: the host judges reachability. */
export const hostAddressSchema = z.string().regex(/^$|^[0-9.]{7,15}$|^[0-9a-fA-F:]{2,39}$/);

export const portForwardSchema = z
  .looseObject({
    id: z.string().min(1).max(64),
    protocol: z.enum(['tcp', 'udp']),
    hostAddress: hostAddressSchema,
    hostPort: portSchema,
    guestPort: portSchema,
  })
  .readonly();
export type PortForward = z.infer<typeof portForwardSchema>;

/** QEMU's names; where only VirtualBox has the device, its chip. Which driver offers what: Capabilities.nicModels. */
export const nicModelSchema = z.enum([
  'virtio-net-pci',
  'e1000',
  'e1000e',
  'rtl8139',
  'pcnet',
  'ne2k_pci',
  'ne2k_isa',
  'vmxnet3',
  'tulip',
  /** Intel 82545EM. */
  'e1000-82545em',
  /** Intel 82543GC, VirtualBox only. */
  'e1000-82543gc',
  /** AMD Am79C973, VirtualBox only. */
  'pcnet-fast3',
]);
export type NicModel = z.infer<typeof nicModelSchema>;

/** An 802.1Q VLAN id. 0 and 4095 are reserved by the standard. */
export const vlanTagSchema = z.number().int().min(1).max(4094);

/**
 * How a NIC takes part in VLANs. `access`: the guest sends untagged frames, all of them belong to `tag`. `trunk`: the
 * guest tags its frames itself, with one of `tags`; its untagged frames belong to `native`, without it they are dropped.
 * Absent on an attachment: no VLAN, untagged frames only.
 */
export const vlanSchema = z.discriminatedUnion('mode', [
  z.object({ mode: z.literal('access'), tag: vlanTagSchema }).readonly(),
  z
    .object({
      mode: z.literal('trunk'),
      tags: z.array(vlanTagSchema).min(1).max(4094).readonly(),
      native: vlanTagSchema.optional(),
    })
    .readonly(),
]);
export type Vlan = z.infer<typeof vlanSchema>;

export const attachmentSchema = z.discriminatedUnion('kind', [
  z.looseObject({
    kind: z.literal('nat'),
    ipv6: z.boolean(),
    forwards: z.array(portForwardSchema).readonly(),
    /** The program that carries it where the hypervisor leaves a choice; absent: its own (slirp). */
    stack: z.enum(['slirp', 'passt']).optional(),
    /** True: the guest may reach services that listen on this computer's loopback. Absent: no. */
    mayReachHost: z.boolean().optional(),
  }),
  z.looseObject({ kind: z.literal('none') }),
  /** Shared by machines, with addresses and a way out. `network`: id of a Network, in VirtualBox its name. */
  z.looseObject({
    kind: z.literal('natNetwork'),
    network: z.string(),
    vlan: vlanSchema.optional(),
  }),
  /** Machines among themselves. */
  z.looseObject({ kind: z.literal('internal'), network: z.string(), vlan: vlanSchema.optional() }),
  /** Machines and this computer. */
  z.looseObject({ kind: z.literal('hostOnly'), network: z.string(), vlan: vlanSchema.optional() }),
  /** On the wire of one of this computer's network cards. */
  z.looseObject({ kind: z.literal('bridged'), uplink: z.string(), vlan: vlanSchema.optional() }),
  /** A way we only keep, for example VirtualBox's generic drivers. */
  z.looseObject({ kind: z.literal('other'), name: z.string() }),
]);
export type NicAttachment = z.infer<typeof attachmentSchema>;

interface OfKind {
  readonly kind: NicAttachment['kind'];
}
/** Networks of our switch, and adapters in them. */
export const isOnSwitch = ({ kind }: OfKind): boolean =>
  kind === 'natNetwork' || kind === 'internal';
/** Made of a bridge of this computer, which takes an authorisation; and adapters in them. */
export const isOnBridge = ({ kind }: OfKind): boolean => kind === 'hostOnly' || kind === 'bridged';

/** The VLAN setting of an attachment that can have one. */
export const vlanOf = (attachment: NicAttachment): Vlan | undefined => {
  switch (attachment.kind) {
    case 'natNetwork':
    case 'internal':
    case 'hostOnly':
    case 'bridged':
      return attachment.vlan;
    default:
      return undefined;
  }
};

export const nicSchema = z
  .looseObject({
    id: z.string().regex(/^[a-z][a-z0-9]{0,15}$/),
    model: nicModelSchema,
    mac: macSchema,
    isCableConnected: z.boolean(),
    /** Bandwidth limit in kbit/s (1000 bits), each direction; absent: none. */
    bandwidthKbps: z.number().int().min(64).max(100_000_000).optional(),
    attachment: attachmentSchema,
  })
  .readonly();
export type Nic = z.infer<typeof nicSchema>;
