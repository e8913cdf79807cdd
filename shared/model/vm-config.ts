// The hardware of a VM as its owner wrote it down. Unknown keys survive a round trip (loose objects).
import { z } from 'zod';
import { mibSchema } from './brand.ts';
import { diskFormatSchema } from './medium.ts';
import { nicSchema } from './network.ts';

export const firmwareSchema = z.looseObject({
  kind: z.enum(['bios', 'uefi']),
  /** Only with `uefi`. */
  isSecureBoot: z.boolean().optional(),
});

/** `scsi`: virtio-scsi. Which driver offers what: Capabilities.diskBuses. */
export const diskBusSchema = z.enum([
  'virtio',
  'sata',
  'ide',
  'scsi',
  'nvme',
  'lsilogic',
  'lsisas',
  /** VirtualBox only. */
  'buslogic',
  'usb',
]);
export type DiskBus = z.infer<typeof diskBusSchema>;

const deviceIdSchema = z.string().regex(/^[a-z][a-z0-9]{0,15}$/);

export const diskSchema = z
  .looseObject({
    id: deviceIdSchema,
    /** Absolute path on the host. */
    path: z.string().min(1),
    format: diskFormatSchema,
    bus: diskBusSchema,
    isReadOnly: z.boolean().optional(),
    /** True: made by us for this VM, so deleting "with disks" removes it. Existing images stay false. */
    isOwned: z.boolean(),
  })
  .readonly();
export type Disk = z.infer<typeof diskSchema>;

/** A CD drive; without `path` it is empty. */
export const cdDriveSchema = z
  .looseObject({ id: deviceIdSchema, path: z.string().min(1).optional() })
  .readonly();
export type CdDrive = z.infer<typeof cdDriveSchema>;

/** `vmware` is VirtualBox's VMSVGA. Which driver offers what: Capabilities.displayAdapters. */
export const displayAdapterSchema = z.enum([
  'std',
  'virtio',
  'vmware',
  'cirrus',
  'qxl',
  'vboxvga',
  'vboxsvga',
  'none',
]);
export type DisplayAdapter = z.infer<typeof displayAdapterSchema>;

export const bootDeviceSchema = z.enum(['disk', 'cd', 'floppy', 'network']);
export type BootDevice = z.infer<typeof bootDeviceSchema>;

export const vmConfigSchema = z
  .looseObject({
    vcpus: z.number().int().min(1).max(512),
    memory: mibSchema,
    firmware: firmwareSchema,
    chipset: z.enum(['q35', 'pc']),
    /** Versioned machine type stored at creation, for example `pc-q35-7.2`: saved state depends on it. */
    machineType: z.string().regex(/^[a-z0-9.+-]{1,64}$/),
    /** CPU model; `default` = the engine's best migratable choice. */
    cpuModel: z.string().regex(/^[A-Za-z0-9._+,=-]{1,128}$/),
    disks: z.array(diskSchema).max(24).readonly(),
    cdDrives: z.array(cdDriveSchema).max(4).readonly(),
    /** Floppy drive A:, if the VM has one; without `path` it is empty. */
    floppy: z.looseObject({ path: z.string().min(1).optional() }).optional(),
    bootOrder: z.array(bootDeviceSchema).min(1).max(4).readonly(),
    display: displayAdapterSchema,
    nics: z.array(nicSchema).max(8).readonly(),
    hasSerialPort: z.boolean(),
    rtcBase: z.enum(['utc', 'localtime']),
    hasUsbTablet: z.boolean(),
    hasGuestAgent: z.boolean(),
    /** The guest may run machines itself; absent: no. */
    hasNestedVirtualization: z.boolean().optional(),
  })
  .readonly();
export type VmConfig = z.infer<typeof vmConfigSchema>;
