// Where a device of a definition sits in VirtualBox, and the words both sides have for the same hardware: read and
// written by the same tables. The reader keeps a device's place in loose keys, so that an edit finds it again:
// `slot` on network cards; `controller` (its name), `port` and `device` on disks, CD drives and the floppy drive.
//
// Ids: `nicN` with N = slot 0 to 7 (VBoxManage counts from 1); `diskN`, `cdN` running, in order of controller, port,
// device. A forward's id is the name of its rule. NAT has no IPv6 switch per adapter: the reader says `ipv6: false`.
import { dirname, sep } from 'node:path';
import type { NicAttachment, NicModel } from '../../../../shared/model/network.ts';
import type {
  BootDevice,
  DiskBus,
  DisplayAdapter,
  VmConfig,
} from '../../../../shared/model/vm-config.ts';

export const nicSlots = 8;
export const nicId = (slot: number): string => `nic${slot}`;
export const diskId = (index: number): string => `disk${index}`;
export const cdId = (index: number): string => `cd${index}`;

/** A device's place as the loose keys hold it. */
export interface Place {
  readonly controller: string;
  readonly port: number;
  readonly device: number;
}

/** `undefined`: the device is new, it has no place yet. */
export const placeOf = (row: Readonly<Record<string, unknown>>): Place | undefined => {
  const { controller, port, device } = row;
  if (typeof controller !== 'string' || typeof port !== 'number' || typeof device !== 'number') {
    return undefined;
  }
  return { controller, port, device };
};

export const slotOf = (row: Readonly<Record<string, unknown>>): number | undefined =>
  typeof row['slot'] === 'number' ? row['slot'] : undefined;

interface ControllerKind {
  /** As `showvminfo` prints it. */
  readonly type: string;
  /** Words for `storagectl --add` and `--controller`. */
  readonly add: string;
  readonly chip: string;
  /** What we call a new one. */
  readonly name: string;
}

/** Disk buses VirtualBox has. PIIX3, PIIX4 and ICH6 are all `ide`; we add PIIX4. */
export const controllerKinds: Readonly<Partial<Record<DiskBus | 'floppy', ControllerKind>>> = {
  ide: { type: 'PIIX4', add: 'ide', chip: 'PIIX4', name: 'IDE' },
  sata: { type: 'IntelAhci', add: 'sata', chip: 'IntelAhci', name: 'SATA' },
  scsi: { type: 'VirtioSCSI', add: 'virtio', chip: 'VirtIO', name: 'VirtIO' },
  nvme: { type: 'NVMe', add: 'pcie', chip: 'NVMe', name: 'NVMe' },
  lsilogic: { type: 'LsiLogic', add: 'scsi', chip: 'LSILogic', name: 'LsiLogic' },
  lsisas: { type: 'LsiLogicSas', add: 'sas', chip: 'LSILogicSAS', name: 'LsiLogic SAS' },
  buslogic: { type: 'BusLogic', add: 'scsi', chip: 'BusLogic', name: 'BusLogic' },
  usb: { type: 'USB', add: 'usb', chip: 'USB', name: 'USB' },
  floppy: { type: 'I82078', add: 'floppy', chip: 'I82078', name: 'Floppy' },
};

/** The bus of a controller by its type as printed (`storagecontrollertypeN`); `undefined` = one we do not know. */
export const busOfController = (type: string): DiskBus | 'floppy' | undefined => {
  if (/^(PIIX[34]|ICH6)$/.test(type)) return 'ide';
  const found = Object.entries(controllerKinds).find(([, kind]) => kind.type === type);
  return found?.[0] as DiskBus | 'floppy' | undefined;
};

/** VirtualBox's words for network chips: printed as `nictypeN`, given as `--nic-typeN`. */
export const nicTypes: Readonly<Partial<Record<NicModel, string>>> = {
  pcnet: 'Am79C970A',
  'pcnet-fast3': 'Am79C973',
  e1000: '82540EM',
  'e1000-82543gc': '82543GC',
  'e1000-82545em': '82545EM',
  'virtio-net-pci': 'virtio',
};

export const nicModelOf = (nicType: string): NicModel | undefined =>
  Object.entries(nicTypes).find(([, word]) => word === nicType)?.[0] as NicModel | undefined;

/** Words for `--nicN`; printed in the same spelling. `other` is kept, never made. */
export const attachmentWords: Readonly<Record<Exclude<NicAttachment['kind'], 'other'>, string>> = {
  nat: 'nat',
  none: 'null',
  natNetwork: 'natnetwork',
  internal: 'intnet',
  hostOnly: 'hostonly',
  bridged: 'bridged',
};

export const displayWords: Readonly<Partial<Record<DisplayAdapter, string>>> = {
  vboxvga: 'vboxvga',
  vmware: 'vmsvga',
  vboxsvga: 'vboxsvga',
  none: 'none',
};

export const displayOf = (word: string): DisplayAdapter | undefined =>
  Object.entries(displayWords).find(([, other]) => other === word)?.[0] as
    DisplayAdapter | undefined;

export const bootWords: Readonly<Record<BootDevice, string>> = {
  disk: 'disk',
  cd: 'dvd',
  floppy: 'floppy',
  network: 'net',
};

export const chipsetWords: Readonly<Record<VmConfig['chipset'], string>> = {
  q35: 'ich9',
  pc: 'piix3',
};

/** VirtualBox's machine type is its chipset; it has no versions. */
export const machineTypeOf = (chipset: VmConfig['chipset']): string => chipsetWords[chipset];

/** 12 hexadecimal digits without colons, as VBoxManage takes them. */
export const macWord = (mac: string): string => mac.replaceAll(':', '').toUpperCase();

/** From VirtualBox's spelling to ours. */
export const macOf = (word: string): string => (word.toLowerCase().match(/../g) ?? []).join(':');

/**
 * A disk below one of the machine's own folders belongs to it: deleting "with disks" removes it. The folders are
 * that of its settings file and the one we keep for it.
 */
export const isOwnedBy = (settingsFile: string, ourFolder: string, path: string): boolean =>
  [dirname(settingsFile), ourFolder].some((folder) => path.startsWith(folder + sep));
