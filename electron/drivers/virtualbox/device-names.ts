// Our names of devices and VirtualBox's: for VBoxManage, as `showvminfo` prints them, and in the API; with what a
// guest finds on its buses, which hardware.vtest.ts proves from inside. Add a row here for a device.
// Spellings: VBoxManage and the interface description inside vboxwebsrv of 7.2.22.
import type { NicModel } from '../../../shared/model/network.ts';
import type { DiskBus, DisplayAdapter } from '../../../shared/model/vm-config.ts';

export interface NicName {
  readonly model: NicModel;
  /** `modifyvm --nictypeN`; `nictypeN` of showvminfo is spelled alike. */
  readonly nicType: string;
  /** The emulated device in VirtualBox's internal configuration. */
  readonly device: string;
  /** NetworkAdapterType. */
  readonly api: string;
  /** PCI vendor:device; absent for an ISA card. */
  readonly pci?: string;
  /** I/O port of an ISA card that stands in the first slot. */
  readonly isaPort?: number;
}

export const nicNames: readonly NicName[] = [
  { model: 'pcnet', nicType: 'Am79C970A', device: 'pcnet', api: 'Am79C970A', pci: '1022:2000' },
  { model: 'pcnet-fast3', nicType: 'Am79C973', device: 'pcnet', api: 'Am79C973', pci: '1022:2000' },
  { model: 'e1000', nicType: '82540EM', device: 'e1000', api: 'I82540EM', pci: '8086:100e' },
  {
    model: 'e1000-82543gc',
    nicType: '82543GC',
    device: 'e1000',
    api: 'I82543GC',
    pci: '8086:1004',
  },
  {
    model: 'e1000-82545em',
    nicType: '82545EM',
    device: 'e1000',
    api: 'I82545EM',
    pci: '8086:100f',
  },
  {
    model: 'virtio-net-pci',
    nicType: 'virtio',
    device: 'virtio-net',
    api: 'Virtio',
    pci: '1af4:1000',
  },
  // Not in VBoxManage's help, but taken.
  { model: 'ne2k_isa', nicType: 'NE2000', device: 'dp8390', api: 'NE2000', isaPort: 0x300 },
];

export interface ControllerName {
  readonly bus: DiskBus | 'floppy';
  /** `storagectl --add` and `--controller`. */
  readonly add: string;
  readonly controller: string;
  /** `storagecontrollertypeN` of showvminfo. */
  readonly printed: string;
  /** StorageBus and StorageControllerType. */
  readonly apiBus: string;
  readonly apiType: string;
  /** PCI vendor:device; absent for the floppy controller, and for USB, where the disk is no PCI device. */
  readonly pci?: string;
}

/** Where a bus has several controllers, the first is the one for new machines. A machine holds one per bus. */
// prettier-ignore
export const controllerNames: readonly ControllerName[] = [
  { bus: 'ide', add: 'ide', controller: 'PIIX4', printed: 'PIIX4', apiBus: 'IDE', apiType: 'PIIX4', pci: '8086:7111' },
  { bus: 'ide', add: 'ide', controller: 'PIIX3', printed: 'PIIX3', apiBus: 'IDE', apiType: 'PIIX3', pci: '8086:7010' },
  { bus: 'ide', add: 'ide', controller: 'ICH6', printed: 'ICH6', apiBus: 'IDE', apiType: 'ICH6', pci: '8086:269e' },
  { bus: 'sata', add: 'sata', controller: 'IntelAhci', printed: 'IntelAhci', apiBus: 'SATA', apiType: 'IntelAhci', pci: '8086:2829' },
  { bus: 'lsilogic', add: 'scsi', controller: 'LSILogic', printed: 'LsiLogic', apiBus: 'SCSI', apiType: 'LsiLogic', pci: '1000:0030' },
  { bus: 'buslogic', add: 'scsi', controller: 'BusLogic', printed: 'BusLogic', apiBus: 'SCSI', apiType: 'BusLogic', pci: '104b:1040' },
  { bus: 'lsisas', add: 'sas', controller: 'LSILogicSAS', printed: 'LsiLogicSas', apiBus: 'SAS', apiType: 'LsiLogicSas', pci: '1000:0054' },
  { bus: 'nvme', add: 'pcie', controller: 'NVMe', printed: 'NVMe', apiBus: 'PCIe', apiType: 'NVMe', pci: '80ee:4e56' },
  { bus: 'scsi', add: 'virtio', controller: 'VirtIO', printed: 'VirtioSCSI', apiBus: 'VirtioSCSI', apiType: 'VirtioSCSI', pci: '1af4:1048' },
  { bus: 'usb', add: 'usb', controller: 'USB', printed: 'USB', apiBus: 'USB', apiType: 'USB' },
  { bus: 'floppy', add: 'floppy', controller: 'I82078', printed: 'I82078', apiBus: 'Floppy', apiType: 'I82078' },
];

export interface DisplayName {
  readonly display: DisplayAdapter;
  /** `modifyvm --graphicscontroller`. */
  readonly graphicsController: string;
  /** `graphicscontroller` of showvminfo. */
  readonly printed: string;
  /** GraphicsControllerType. */
  readonly api: string;
  readonly pci?: string;
}

// prettier-ignore
export const displayNames: readonly DisplayName[] = [
  { display: 'vmware', graphicsController: 'vmsvga', printed: 'vmsvga', api: 'VMSVGA', pci: '15ad:0405' },
  { display: 'vboxsvga', graphicsController: 'vboxsvga', printed: 'vboxsvga', api: 'VBoxSVGA', pci: '80ee:beef' },
  { display: 'vboxvga', graphicsController: 'vboxvga', printed: 'vboxvga', api: 'VBoxVGA', pci: '80ee:beef' },
  { display: 'none', graphicsController: 'none', printed: 'null', api: 'Null' },
];

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** By VBoxManage's or the API's name; `undefined`: an adapter we have no name for (3C501, usbnet). */
export const nicByVirtualBoxName = (name: string): NicName | undefined =>
  nicNames.find((row) => same(row.nicType, name) || same(row.api, name));
export const nicByModel = (model: NicModel): NicName | undefined =>
  nicNames.find((row) => row.model === model);

/** By `storagecontrollertypeN`, or the API's type. */
export const controllerByVirtualBoxName = (name: string): ControllerName | undefined =>
  controllerNames.find((row) => same(row.printed, name) || same(row.apiType, name));
/** The controller that a new machine gets for this bus; `undefined`: VirtualBox has none (virtio-blk). */
export const controllerByBus = (bus: ControllerName['bus']): ControllerName | undefined =>
  controllerNames.find((row) => row.bus === bus);

/** By `graphicscontroller`, or the API's type. */
export const displayByVirtualBoxName = (name: string): DisplayName | undefined =>
  displayNames.find((row) => same(row.printed, name) || same(row.api, name));
export const displayByAdapter = (display: DisplayAdapter): DisplayName | undefined =>
  displayNames.find((row) => row.display === display);
