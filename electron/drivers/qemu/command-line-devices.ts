// Devices of a VM as QEMU options: display, disks, CDs, floppy, NICs, serial port, tablet, agent channel. Pure.
import type {
  BootDevice,
  Disk,
  DisplayAdapter,
  VmConfig,
} from '../../../shared/model/vm-config.ts';
import type { Nic, PortForward } from '../../../shared/model/network.ts';
import type { VmFiles } from './files.ts';

/** In QEMU's option syntax a comma is written twice. */
export const option = (value: string): string => value.replaceAll(',', ',,');

/** Name of the network back end behind a NIC; the NIC itself carries the id of the configuration. */
export const netdevOf = (nic: string): string => `net-${nic}`;
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

/** `tcp:127.0.0.1:8022-:22`, the rule of hostfwd= and hostfwd_add. */
export const forwardRule = (forward: PortForward): string =>
  `${forward.protocol}:${forward.hostAddress}:${forward.hostPort}-:${forward.guestPort}`;
/** The same without the guest's side, for hostfwd_remove. */
export const forwardKey = (forward: PortForward): string =>
  `${forward.protocol}:${forward.hostAddress}:${forward.hostPort}`;

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
  readonly controllers: string[][] = [];
  private idePlaces: string[];
  private sataPlaces: string[];
  private ahciCount = 0;
  private hasScsi = false;

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

  scsi(): string {
    if (!this.hasScsi) this.controllers.push(['-device', 'virtio-scsi-pci,id=scsi0']);
    this.hasScsi = true;
    return 'bus=scsi0.0';
  }
}

const diskDevice = (disk: Disk, places: DiskPlaces): readonly string[] => {
  switch (disk.bus) {
    case 'ide':
      return ['ide-hd', places.ide()];
    case 'sata':
      return ['ide-hd', places.sata()];
    case 'scsi':
      return ['scsi-hd', places.scsi()];
    case 'nvme':
      return ['nvme', `serial=${disk.id}`];
    case 'virtio':
      return ['virtio-blk-pci'];
    case 'lsisas':
    case 'usb':
    case 'lsilogic':
    case 'buslogic':
      // Refused by validate(): not among the offered buses.
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

const nicArgs = (nic: Nic, boot: readonly string[]): readonly string[] => {
  const { attachment } = nic;
  const backend =
    attachment.kind === 'nat'
      ? [
          '-netdev',
          [
            'user',
            `id=${netdevOf(nic.id)}`,
            // Both are always said: `ipv6=on` alone switches IPv4 off.
            'ipv4=on',
            `ipv6=${attachment.ipv6 ? 'on' : 'off'}`,
            ...attachment.forwards.map((forward) => `hostfwd=${forwardRule(forward)}`),
          ].join(','),
        ]
      : [];
  return [
    ...backend,
    ...device(
      nic.model,
      `id=${nic.id}`,
      `mac=${nic.mac}`,
      ...(attachment.kind === 'nat' ? [`netdev=${netdevOf(nic.id)}`] : []),
      // The network boot ROM costs seconds at every start: only where it is asked for.
      ...(boot.length > 0 ? boot : ['romfile=']),
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
): readonly string[] => {
  const boot = bootIndexes(config.bootOrder);
  const places = new DiskPlaces(config.chipset);
  const disks = config.disks.map((disk) => {
    const [model = '', ...place] = diskDevice(disk, places);
    return [
      ...diskNode(disk),
      ...device(model, ...place, `drive=${nodeOf(disk.id)}`, `id=${disk.id}`, ...boot('disk')),
    ];
  });
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
  const tablet = config.hasUsbTablet
    ? [...device('qemu-xhci', 'id=usb'), ...device('usb-tablet', 'bus=usb.0')]
    : [];
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
    ...disks.flat(),
    ...cds.flat(),
    ...floppyArgs(config, boot, isFloppyReadOnly),
    ...config.nics.flatMap((nic) => nicArgs(nic, boot('network'))),
    ...serial,
    ...tablet,
    ...agent,
  ];
};
