// The hardware a new machine gets: what suits its guest family, where the hypervisor offers it, else the nearest it
// does offer. Data and pure choices; nothing here knows which hypervisor it is for.
import type { Capabilities } from '../../shared/model/driver.ts';
import type { GuestFamily } from '../../shared/model/guest-family.ts';
import { diskFormatSchema, type DiskFormat } from '../../shared/model/medium.ts';
import type { NicModel } from '../../shared/model/network.ts';
import type { DiskBus, DisplayAdapter } from '../../shared/model/vm-config.ts';

/** What files of a format are usually called. */
export const extensionOf: Readonly<Record<DiskFormat, string>> = {
  qcow2: 'qcow2',
  raw: 'img',
  vdi: 'vdi',
  vmdk: 'vmdk',
  vpc: 'vhd',
  vhdx: 'vhdx',
};

/** The format a driver names first is the one its new disks get. */
export const newDiskFormat = ({ diskFormats }: Pick<Capabilities, 'diskFormats'>): DiskFormat =>
  diskFormatSchema.safeParse(diskFormats[0]).data ?? 'raw';

/** Nearest first: what a guest that likes the key most probably has a driver for as well. */
const nearestBus: Partial<Readonly<Record<DiskBus, readonly DiskBus[]>>> = {
  virtio: ['scsi', 'sata', 'ide'],
  scsi: ['sata', 'ide'],
  nvme: ['sata', 'ide'],
  sata: ['ide'],
  ide: ['sata'],
};
const nearestNic: Partial<Readonly<Record<NicModel, readonly NicModel[]>>> = {
  'virtio-net-pci': ['e1000'],
  e1000e: ['e1000'],
  rtl8139: ['pcnet', 'e1000'],
  ne2k_pci: ['pcnet', 'e1000'],
  ne2k_isa: ['pcnet', 'e1000'],
  pcnet: ['pcnet-fast3', 'e1000'],
};
/** Old systems want a plain VGA, new ones an adapter that resizes. */
const newDisplays: readonly DisplayAdapter[] = ['vmware', 'vboxsvga', 'std', 'vboxvga'];
const oldDisplays: readonly DisplayAdapter[] = ['vboxvga', 'std', 'vmware'];

const firstOffered = <T extends string>(
  wanted: readonly T[],
  offered: readonly string[],
): T | undefined => wanted.find((each) => offered.includes(each));

export interface NewHardware {
  readonly bus: DiskBus;
  readonly nic: NicModel;
  readonly display: DisplayAdapter;
  readonly hasSerialPort: boolean;
}

/** What is not offered at all stays as the family has it: the driver then refuses it by its name. */
export const newHardware = (
  family: GuestFamily,
  firmware: 'bios' | 'uefi',
  capabilities: Capabilities,
): NewHardware => {
  const bus = firmware === 'uefi' && family.diskBus === 'ide' ? 'sata' : family.diskBus;
  const buses = [bus, ...(nearestBus[bus] ?? [])];
  // Windows and BSD of the virtio generation boot from SATA; a SCSI driver is rarer in their installers.
  const order =
    family.id === 'linux' ? buses : buses.filter((each) => each !== 'scsi' || bus === 'scsi');
  const nics = [family.nic, ...(nearestNic[family.nic] ?? [])];
  const displays = [family.display, ...(family.isLight ? oldDisplays : newDisplays)];
  return {
    bus: firstOffered(order, capabilities.diskBuses) ?? bus,
    nic: firstOffered(nics, capabilities.nicModels) ?? family.nic,
    display: firstOffered(displays, capabilities.displayAdapters) ?? family.display,
    hasSerialPort: capabilities.consoles.includes('serial'),
  };
};
