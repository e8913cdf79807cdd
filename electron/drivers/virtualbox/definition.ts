// A machine of VirtualBox as a definition of ours. Odd values never throw: what we have no word for becomes the
// nearest one, and VirtualBox's own is remembered in a loose key beside it, so that nothing is overwritten by it.
//
// Where the parts came from, for whoever changes them: a network adapter's id is `nic` and its slot (0 to 7); a disk,
// CD drive or floppy drive has `controller`, `port` and `device` as loose keys; a port forward's id is its rule's name.
import { dirname, sep } from 'node:path';
import { toEpochMs, toMiB, toVmId, type DriverId } from '../../../shared/model/brand.ts';
import type { DiskFormat } from '../../../shared/model/medium.ts';
import {
  macSchema,
  portForwardSchema,
  type Nic,
  type NicAttachment,
  type NicModel,
  type PortForward,
} from '../../../shared/model/network.ts';
import type { BootDevice, CdDrive, Disk, VmConfig } from '../../../shared/model/vm-config.ts';
import {
  maxVmNameLength,
  vmDefinitionSchema,
  type VmDefinition,
} from '../../../shared/model/vm.ts';
import { familyOfOsType } from './definition-guest.ts';
import {
  controllerByVirtualBoxName,
  displayByVirtualBoxName,
  nicByVirtualBoxName,
} from './device-names.ts';

export interface ForwardFacts {
  readonly name: string;
  readonly protocol: 'tcp' | 'udp';
  readonly hostAddress: string;
  readonly hostPort: number;
  readonly guestAddress: string;
  readonly guestPort: number;
}

export interface NicFacts {
  /** 0 to 7. */
  readonly slot: number;
  /** `82540EM`, or the API's `I82540EM`. */
  readonly type: string;
  /** Twelve hexadecimal digits. */
  readonly mac: string;
  readonly isCableConnected: boolean;
  readonly mode:
    'none' | 'nat' | 'natNetwork' | 'bridged' | 'internal' | 'hostOnly' | 'generic' | 'other';
  /** Name of the network, of the host's card, or of the generic driver. */
  readonly network: string;
  readonly hasIpv6: boolean;
  /** NAT: the host's loopback. */
  readonly mayReachHost?: boolean;
  readonly forwards: readonly ForwardFacts[];
}

export interface DriveFacts {
  readonly kind: 'disk' | 'cd' | 'floppy';
  readonly controller: string;
  /** The controller's type: `IntelAhci`. */
  readonly controllerType: string;
  readonly port: number;
  readonly device: number;
  /** Absent: the drive is empty. */
  readonly path?: string | undefined;
  /** VirtualBox's name of the image format: `VDI`. */
  readonly format?: string | undefined;
  readonly isReadOnly?: boolean | undefined;
}

/** What is read of a machine, from whichever source, in VirtualBox's words. */
export interface MachineFacts {
  readonly id: string;
  readonly name: string;
  readonly osType: string;
  readonly description: string;
  readonly settingsFile: string;
  readonly logFolder: string;
  readonly createdAtMs: number;
  readonly vcpus: number;
  readonly memoryMiB: number;
  readonly firmware: string;
  readonly chipset: string;
  readonly graphics: string;
  readonly pointing: string;
  readonly isClockUtc: boolean;
  readonly hasSerialPort: boolean;
  /** `DVD`, `HardDisk`; VBoxManage: `dvd`, `disk`. */
  readonly bootOrder: readonly string[];
  readonly drives: readonly DriveFacts[];
  readonly nics: readonly NicFacts[];
}

const maxNotes = 10_000;

/** A name that can be shown in a line. VirtualBox's may be longer and hold anything. */
export const shownName = (name: string, id: string): string => {
  const clean = name.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu, ' ').trim();
  if (clean === '') return `VM ${id.slice(0, 8)}`;
  if (clean.length <= maxVmNameLength) return clean;
  // Never half of a surrogate pair.
  return `${clean.slice(0, maxVmNameLength - 1).replace(/[\ud800-\udbff]$/, '')}…`;
};

const formats: Readonly<Record<string, DiskFormat>> = {
  vdi: 'vdi',
  vmdk: 'vmdk',
  vhd: 'vpc',
  vhdx: 'vhdx',
  qcow: 'qcow2',
  qcow2: 'qcow2',
  raw: 'raw',
};
const formatOf = (format: string | undefined, path: string): DiskFormat => {
  const extension = /\.(\w+)$/.exec(path)?.[1]?.toLowerCase() ?? '';
  return formats[(format ?? '').toLowerCase()] ?? formats[extension] ?? 'raw';
};

const isBelow = (folder: string, path: string): boolean =>
  folder !== '' && path.startsWith(folder.endsWith(sep) ? folder : folder + sep);

/** Our ids allow letters and digits; two controllers of one bus get a letter behind. */
const uniqueIds = (): ((wanted: string) => string) => {
  const taken = new Set<string>();
  return (wanted) => {
    let id = wanted;
    for (let letter = 0; taken.has(id); letter += 1) id = `${wanted}${'bcdefgh'.charAt(letter)}`;
    taken.add(id);
    return id;
  };
};

const placeOf = (
  drive: DriveFacts,
): { readonly controller: string; readonly port: number; readonly device: number } => ({
  controller: drive.controller,
  port: drive.port,
  device: drive.device,
});

const busOf = (drive: DriveFacts): Disk['bus'] => {
  const bus = controllerByVirtualBoxName(drive.controllerType)?.bus;
  return bus === undefined || bus === 'floppy' ? 'sata' : bus;
};

const disksOf = (facts: MachineFacts): readonly Disk[] => {
  const unique = uniqueIds();
  const folder = dirname(facts.settingsFile);
  return facts.drives.flatMap((drive): Disk[] => {
    const { path } = drive;
    if (drive.kind !== 'disk' || path === undefined || path === '') return [];
    const bus = busOf(drive);
    const isKnown = controllerByVirtualBoxName(drive.controllerType) !== undefined;
    return [
      {
        id: unique(`${bus}${drive.port}x${drive.device}`),
        path,
        format: formatOf(drive.format, path),
        bus,
        // The folder we keep for it is called by its id.
        isOwned: isBelow(folder, path) || path.split(sep).includes(facts.id),
        ...(drive.isReadOnly ? { isReadOnly: true } : {}),
        ...placeOf(drive),
        ...(isKnown ? {} : { controllerType: drive.controllerType }),
      },
    ];
  });
};

const cdsOf = (facts: MachineFacts): readonly CdDrive[] => {
  const unique = uniqueIds();
  return facts.drives.flatMap((drive): CdDrive[] => {
    if (drive.kind !== 'cd') return [];
    return [
      {
        id: unique(`cd${busOf(drive)}${drive.port}x${drive.device}`),
        ...(drive.path ? { path: drive.path } : {}),
        ...placeOf(drive),
      },
    ];
  });
};

const floppyOf = (facts: MachineFacts): VmConfig['floppy'] => {
  const drive = facts.drives.find((row) => row.kind === 'floppy');
  return drive && { ...(drive.path ? { path: drive.path } : {}), ...placeOf(drive) };
};

const bootDevices: Readonly<Record<string, BootDevice>> = {
  floppy: 'floppy',
  dvd: 'cd',
  disk: 'disk',
  harddisk: 'disk',
  net: 'network',
  network: 'network',
};
const bootOrderOf = (facts: MachineFacts): readonly BootDevice[] => {
  const order = facts.bootOrder.flatMap((name) => bootDevices[name.toLowerCase()] ?? []);
  return order.length > 0 ? [...new Set(order)] : ['disk'];
};

/** Cards we have no name for, by the one that looks most alike to a guest. */
const nearestModel: Readonly<Record<string, NicModel>> = { Am79C960: 'pcnet', I82583V: 'e1000' };
const fallbackModel: NicModel = 'ne2k_isa';

const macOf = (nic: NicFacts): string => {
  const mac = nic.mac.toLowerCase().match(/.{2}/g)?.join(':') ?? '';
  return macSchema.safeParse(mac).success ? mac : `08:00:27:00:00:0${nic.slot}`;
};

const forwardsOf = (nic: NicFacts): readonly PortForward[] =>
  nic.forwards.flatMap((rule) => {
    const forward = {
      id: rule.name.slice(0, 64),
      protocol: rule.protocol,
      hostAddress: rule.hostAddress,
      hostPort: rule.hostPort,
      guestPort: rule.guestPort,
      ...(rule.guestAddress === '' ? {} : { guestAddress: rule.guestAddress }),
      ...(rule.name.length > 64 ? { rule: rule.name } : {}),
    };
    const read = portForwardSchema.safeParse(forward);
    return read.success ? [read.data] : [];
  });

const attachmentOf = (nic: NicFacts): NicAttachment => {
  switch (nic.mode) {
    case 'none':
      return { kind: 'none' };
    case 'nat':
      return {
        kind: 'nat',
        ipv6: nic.hasIpv6,
        forwards: forwardsOf(nic),
        ...(nic.mayReachHost ? { mayReachHost: true } : {}),
        ...(nic.network === '' ? {} : { network: nic.network }),
      };
    case 'natNetwork':
    case 'internal':
    case 'hostOnly':
      return { kind: nic.mode, network: nic.network };
    case 'bridged':
      return { kind: 'bridged', uplink: nic.network };
    case 'generic':
      return { kind: 'other', name: nic.network };
    case 'other':
      return { kind: 'other', name: nic.network };
  }
};

const nicOf = (nic: NicFacts): Nic => {
  const known = nicByVirtualBoxName(nic.type);
  return {
    id: `nic${nic.slot}`,
    model: known?.model ?? nearestModel[nic.type] ?? fallbackModel,
    mac: macOf(nic),
    isCableConnected: nic.isCableConnected,
    attachment: attachmentOf(nic),
    ...(known ? {} : { adapterType: nic.type }),
  };
};

const whole = (value: number, least: number, most: number): number =>
  Number.isFinite(value) ? Math.min(most, Math.max(least, Math.trunc(value))) : least;

const configOf = (facts: MachineFacts): VmConfig => {
  const floppy = floppyOf(facts);
  const chipset = facts.chipset.toLowerCase();
  return {
    vcpus: whole(facts.vcpus, 1, 512),
    memory: toMiB(whole(facts.memoryMiB, 0, 1 << 24)),
    firmware: { kind: /^efi/i.test(facts.firmware) ? 'uefi' : 'bios' },
    chipset: chipset === 'ich9' ? 'q35' : 'pc',
    machineType: /^[a-z0-9.+-]{1,64}$/.test(chipset) ? chipset : 'piix3',
    cpuModel: 'default',
    disks: disksOf(facts).slice(0, 24),
    cdDrives: cdsOf(facts).slice(0, 4),
    ...(floppy ? { floppy } : {}),
    bootOrder: bootOrderOf(facts),
    display: displayByVirtualBoxName(facts.graphics)?.display ?? 'none',
    nics: facts.nics.slice(0, 8).map(nicOf),
    hasSerialPort: facts.hasSerialPort,
    rtcBase: facts.isClockUtc ? 'utc' : 'localtime',
    hasUsbTablet: /tablet|multitouch/i.test(facts.pointing),
    hasGuestAgent: false,
  };
};

const emptyConfig: VmConfig = {
  vcpus: 1,
  memory: toMiB(0),
  firmware: { kind: 'bios' },
  chipset: 'pc',
  machineType: 'piix3',
  cpuModel: 'default',
  disks: [],
  cdDrives: [],
  bootOrder: ['disk'],
  display: 'none',
  nics: [],
  hasSerialPort: false,
  rtcBase: 'utc',
  hasUsbTablet: false,
  hasGuestAgent: false,
};

/** Of a machine that VirtualBox lists but cannot read: nothing is known but its name, if that. */
export const unreadableDefinition = (
  driver: DriverId,
  machine: { readonly id: string; readonly name: string; readonly createdAtMs: number },
): VmDefinition => ({
  version: 1,
  id: toVmId(machine.id),
  name: shownName(machine.name, machine.id),
  driver,
  family: 'other',
  createdAt: toEpochMs(machine.createdAtMs),
  config: emptyConfig,
});

/** Always a valid definition. */
export const toDefinition = (driver: DriverId, facts: MachineFacts): VmDefinition => {
  const name = shownName(facts.name, facts.id);
  const notes = facts.description.slice(0, maxNotes);
  const definition = {
    ...unreadableDefinition(driver, facts),
    family: familyOfOsType(facts.osType),
    config: configOf(facts),
    ...(notes === '' ? {} : { notes }),
    ...(name === facts.name ? {} : { fullName: facts.name }),
  };
  // A value none of the rules above thought of must not hide the machine.
  return vmDefinitionSchema.safeParse(definition).success
    ? definition
    : unreadableDefinition(driver, facts);
};
