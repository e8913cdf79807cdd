// Devices of a VM as QEMU options: display, disks, CDs, floppy, NICs, serial port, tablet, agent channel. Pure.
import type {
  BootDevice,
  Disk,
  DiskBus,
  DisplayAdapter,
  VmConfig,
} from '../../../shared/model/vm-config.ts';
import type { Nic, NicModel } from '../../../shared/model/network.ts';
import type { VmFiles } from './files.ts';
import { netdevOf, netdevValue, option, type NicPlugs } from './netdev.ts';

/** Name of the block node a drive starts with. */
export const nodeOf = (drive: string): string => `${drive}-node`;
export const floppyId = 'floppy0';

export const displayDevices: Partial<Readonly<Record<DisplayAdapter, string>>> = {
  std: 'VGA',
  virtio: 'virtio-vga',
  vmware: 'vmware-svga',
  cirrus: 'cirrus-vga',
  qxl: 'qxl-vga',
};

/** Our names of adapters are QEMU's names of devices; those it has not are not here. */
export const nicDevices: readonly NicModel[] = [
  'virtio-net-pci',
  'e1000',
  'e1000-82545em',
  'e1000e',
  'rtl8139',
  'pcnet',
  'vmxnet3',
  'tulip',
  'ne2k_pci',
  'ne2k_isa',
];

/** The device that must be there for a disk bus; buses QEMU has no controller for are not here. */
export const busDevices: Partial<Readonly<Record<DiskBus, string>>> = {
  virtio: 'virtio-blk-pci',
  sata: 'ich9-ahci',
  ide: 'ide-hd',
  scsi: 'virtio-scsi-pci',
  nvme: 'nvme',
  lsisas: 'mptsas1068',
  usb: 'usb-storage',
};

/**
 * Ports and interrupts of ISA adapters, in their order: interrupts that neither PCI (10, 11), power management (9) nor
 * the first serial port (4) takes.
 */
const isaPlaces = [
  ['iobase=0x300', 'irq=3'],
  ['iobase=0x320', 'irq=5'],
  ['iobase=0x340', 'irq=7'],
  ['iobase=0x360', 'irq=15'],
] as const;
export const maxIsaNics = isaPlaces.length;
const isIsa = (model: NicModel): boolean => model === 'ne2k_isa';

const blockdev = (value: object): readonly string[] => ['-blockdev', JSON.stringify(value)];
const device = (...parts: readonly string[]): readonly string[] => ['-device', parts.join(',')];

/** A block node for a disc or a floppy: always raw, whatever its content claims. */
export const mediumNode = (nodeName: string, path: string, isReadOnly: boolean): object => ({
  'node-name': nodeName,
  'read-only': isReadOnly,
  driver: 'raw',
  file: { driver: 'file', filename: path },
});

const diskNode = (disk: Disk): readonly string[] =>
  blockdev({
    'node-name': nodeOf(disk.id),
    'read-only': disk.isReadOnly === true,
    discard: 'unmap',
    driver: disk.format,
    file: { driver: 'file', filename: disk.path, discard: 'unmap' },
  });

/** Hands out places on the disk controllers; adds an AHCI controller where the chipset's places are used up. */
class DiskPlaces {
  readonly controllers: (readonly string[])[] = [];
  private idePlaces: string[];
  private sataPlaces: string[];
  private ahciCount = 0;
  private readonly added = new Set<string>();

  constructor(chipset: VmConfig['chipset']) {
    const ahci = Array.from({ length: 6 }, (_, port) => `bus=ide.${port}`);
    this.sataPlaces = chipset === 'q35' ? ahci : [];
    this.idePlaces =
      chipset === 'q35'
        ? this.sataPlaces
        : ['bus=ide.0,unit=0', 'bus=ide.0,unit=1', 'bus=ide.1,unit=0', 'bus=ide.1,unit=1'];
  }

  /** Place on the chipset's own IDE (or, on q35, AHCI) controller, else on an added one. */
  ide(): string {
    return this.idePlaces.shift() ?? this.sata();
  }

  sata(): string {
    const place = this.sataPlaces.shift();
    if (place !== undefined) return place;
    const id = `ahci${this.ahciCount++}`;
    this.controllers.push(['-device', `ich9-ahci,id=${id}`]);
    this.sataPlaces.push(...Array.from({ length: 6 }, (_, port) => `bus=${id}.${port}`));
    return this.sata();
  }

  /** On the one controller of its kind, which the first of them adds. */
  on(controller: string, id: string): string {
    if (!this.added.has(id)) this.controllers.push(device(controller, `id=${id}`));
    this.added.add(id);
    return `bus=${id}.0`;
  }
}

/** Of the one USB controller, which disks and the tablet share. */
const usbBus = 'bus=usb.0';

const diskDevice = (disk: Disk, places: DiskPlaces): readonly string[] => {
  switch (disk.bus) {
    case 'ide':
      return ['ide-hd', places.ide()];
    case 'sata':
      return ['ide-hd', places.sata()];
    case 'scsi':
      return ['scsi-hd', places.on('virtio-scsi-pci', 'scsi0')];
    case 'lsisas':
      return ['scsi-hd', places.on('mptsas1068', 'sas0')];
    case 'usb':
      return ['usb-storage', usbBus];
    case 'nvme':
      return ['nvme', `serial=${disk.id}`];
    case 'virtio':
      return ['virtio-blk-pci'];
    case 'lsilogic':
    case 'buslogic':
      // Refused by validate(): not in busDevices.
      throw new Error(`no ${disk.bus} controller`);
  }
};

/** Numbers the devices of each kind in the boot order; kinds that are not in it never boot. */
const bootIndexes = (order: readonly BootDevice[]): ((kind: BootDevice) => readonly string[]) => {
  const used = new Map<BootDevice, number>();
  return (kind) => {
    const place = order.indexOf(kind);
    if (place < 0) return [];
    const count = used.get(kind) ?? 0;
    used.set(kind, count + 1);
    return [`bootindex=${place * 32 + count + 1}`];
  };
};

const floppyArgs = (
  config: VmConfig,
  boot: ReturnType<typeof bootIndexes>,
  isReadOnly: boolean,
): readonly string[] => {
  if (!config.floppy) return [];
  const { path } = config.floppy;
  const [index] = boot('floppy');
  return [
    // The boot order of drive A: is its controller's property.
    ...(index === undefined ? [] : ['-global', `isa-fdc.bootindexA=${index.split('=')[1]}`]),
    // The q35 machine has no floppy controller of its own.
    ...(config.chipset === 'q35' ? device('isa-fdc') : []),
    ...(path === undefined
      ? []
      : // An image that may not be written is a floppy with its tab open.
        blockdev(mediumNode(nodeOf(floppyId), path, isReadOnly))),
    ...device(
      'floppy',
      `id=${floppyId}`,
      'unit=0',
      ...(path === undefined ? ['drive-type=144'] : [`drive=${nodeOf(floppyId)}`]),
    ),
  ];
};

const nicArgs = (
  nic: Nic,
  plugs: NicPlugs,
  isaPlace: readonly string[],
  boot: readonly string[],
): readonly string[] => {
  const netdev = netdevValue(nic, plugs[nic.id]);
  return [
    ...(netdev === undefined ? [] : ['-netdev', netdev]),
    ...device(
      nic.model,
      `id=${nic.id}`,
      `mac=${nic.mac}`,
      ...(netdev === undefined ? [] : [`netdev=${netdevOf(nic.id)}`]),
      // The network boot ROM costs seconds at every start: only where it is asked for. ISA adapters have none.
      ...(isIsa(nic.model) ? isaPlace : boot.length > 0 ? boot : ['romfile=']),
    ),
  ];
};

const socketChardev = (
  id: string,
  path: string,
  ...extra: readonly string[]
): readonly string[] => [
  '-chardev',
  [`socket,id=${id}`, `path=${option(path)}`, 'server=on', 'wait=off', ...extra].join(','),
];

export const deviceArgs = (
  config: VmConfig,
  files: VmFiles,
  isFloppyReadOnly: boolean,
  plugs: NicPlugs = {},
): readonly string[] => {
  const boot = bootIndexes(config.bootOrder);
  const places = new DiskPlaces(config.chipset);
  const disks = config.disks.map((disk) => {
    const [model = '', ...place] = diskDevice(disk, places);
    const args = [
      ...diskNode(disk),
      ...device(model, ...place, `drive=${nodeOf(disk.id)}`, `id=${disk.id}`, ...boot('disk')),
    ];
    return { isUsb: disk.bus === 'usb', args };
  });
  const usbDisks = disks.filter(({ isUsb }) => isUsb).flatMap(({ args }) => args);
  const cds = config.cdDrives.map((drive) => [
    ...(drive.path === undefined ? [] : blockdev(mediumNode(nodeOf(drive.id), drive.path, true))),
    ...device(
      'ide-cd',
      places.ide(),
      `id=${drive.id}`,
      ...(drive.path === undefined ? [] : [`drive=${nodeOf(drive.id)}`]),
      ...boot('cd'),
    ),
  ]);
  const adapter = displayDevices[config.display];
  const display = adapter === undefined ? [] : device(adapter);
  const serial = config.hasSerialPort
    ? [
        ...socketChardev(
          'serial0',
          files.serial,
          `logfile=${option(files.serialLog)}`,
          'logappend=on',
        ),
        ...device('isa-serial', 'chardev=serial0'),
      ]
    : [];
  // Its place behind the adapters is part of machines that exist: their guests number adapters by it.
  const usb = [
    ...(config.hasUsbTablet || usbDisks.length > 0 ? device('qemu-xhci', 'id=usb') : []),
    ...(config.hasUsbTablet ? device('usb-tablet', usbBus) : []),
    ...usbDisks,
  ];
  const isaNics = config.nics.filter(({ model }) => isIsa(model));
  const nics = config.nics.map((nic) => ({
    isOnIsa: isIsa(nic.model),
    args: nicArgs(nic, plugs, isaPlaces[isaNics.indexOf(nic)] ?? [], boot('network')),
  }));
  const agent = config.hasGuestAgent
    ? [
        ...device('virtio-serial-pci', 'id=vserial0'),
        ...socketChardev('agent0', files.agent),
        ...device('virtserialport', 'chardev=agent0', 'name=org.qemu.guest_agent.0'),
      ]
    : [];
  return [
    ...display,
    ...places.controllers.flat(),
    ...disks.flatMap(({ isUsb, args }) => (isUsb ? [] : args)),
    ...cds.flat(),
    ...floppyArgs(config, boot, isFloppyReadOnly),
    // QEMU 11 refuses an NE2000 on ISA behind one on PCI: "Detected duplicate SaveStateEntry: id=ne2000".
    ...nics.flatMap(({ isOnIsa, args }) => (isOnIsa ? args : [])),
    ...nics.flatMap(({ isOnIsa, args }) => (isOnIsa ? [] : args)),
    ...serial,
    ...usb,
    ...agent,
  ];
};
