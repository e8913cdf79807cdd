// NICs and port forwards of a VM. Networks as objects of their own come in a later part.
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

export const attachmentSchema = z.discriminatedUnion('kind', [
  z.looseObject({
    kind: z.literal('nat'),
    ipv6: z.boolean(),
    forwards: z.array(portForwardSchema).readonly(),
  }),
  z.looseObject({ kind: z.literal('none') }),
  /** Shared by machines, with addresses and a way out. */
  z.looseObject({ kind: z.literal('natNetwork'), network: z.string() }),
  /** Machines among themselves. */
  z.looseObject({ kind: z.literal('internal'), network: z.string() }),
  /** Machines and this computer. */
  z.looseObject({ kind: z.literal('hostOnly'), network: z.string() }),
  /** On the wire of one of this computer's network cards. */
  z.looseObject({ kind: z.literal('bridged'), uplink: z.string() }),
  /** A way we only keep, for example VirtualBox's generic drivers. */
  z.looseObject({ kind: z.literal('other'), name: z.string() }),
]);
export type NicAttachment = z.infer<typeof attachmentSchema>;

export const nicSchema = z
  .looseObject({
    id: z.string().regex(/^[a-z][a-z0-9]{0,15}$/),
    model: nicModelSchema,
    mac: macSchema,
    isCableConnected: z.boolean(),
    attachment: attachmentSchema,
  })
  .readonly();
export type Nic = z.infer<typeof nicSchema>;
