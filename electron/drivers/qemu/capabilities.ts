// What the found QEMU can do, as data for the core and the window. Pure but for the firmware look-up.
import type { Capabilities } from '../../../shared/model/driver.ts';
import { displayDevices } from './command-line-devices.ts';
import type { QemuFeatures } from './features.ts';
import { findUefi } from './firmware.ts';

type Env = Readonly<Record<string, string | undefined>>;

const nicModels = ['virtio-net-pci', 'e1000', 'e1000e', 'rtl8139', 'pcnet', 'ne2k_pci'];
/** Device that must be there for a disk bus. */
const busDevices: Readonly<Record<string, string>> = {
  virtio: 'virtio-blk-pci',
  sata: 'ich9-ahci',
  ide: 'ide-hd',
  scsi: 'virtio-scsi-pci',
  nvme: 'nvme',
};

export const capabilitiesOf = (features: QemuFeatures, env: Env): Capabilities => {
  const hasDevice = (name: string): boolean => features.devices.includes(name);
  const hasCommand = (name: string): boolean => features.commands.includes(name);
  const machines = features.machines.filter((row) => /^(pc|q35)/.test(row.alias ?? row.name));
  const newest = machines.find((row) => row.alias === 'q35') ?? machines[0];
  const hasUefi = newest !== undefined && findUefi(env, newest.name, false) !== undefined;
  const hasSecure = newest !== undefined && findUefi(env, newest.name, true) !== undefined;
  return {
    canPause: hasCommand('stop'),
    canSaveState: hasCommand('migrate') && hasCommand('migrate-incoming'),
    canScreenshot: hasCommand('screendump'),
    canChangeForwardsLive: hasCommand('human-monitor-command'),
    canChangeCableLive: hasCommand('set_link'),
    canChangeMediumLive: hasCommand('blockdev-insert-medium'),
    consoles: ['screen', 'serial'],
    machineTypes: machines.map((row) => row.name),
    nicModels: nicModels.filter(hasDevice),
    diskBuses: Object.keys(busDevices).filter((bus) => hasDevice(busDevices[bus] ?? '')),
    displayAdapters: [
      ...Object.entries(displayDevices)
        .filter(([, name]) => hasDevice(name))
        .map(([adapter]) => adapter),
      'none',
    ],
    diskFormats: ['qcow2', 'raw', 'vdi', 'vmdk', 'vpc', 'vhdx'],
    firmware: [
      'bios',
      ...(hasUefi ? ['uefi' as const] : []),
      ...(hasSecure ? ['uefi-secure' as const] : []),
    ],
    maxVcpus: Math.max(1, ...machines.map((row) => row.maxVcpus)),
    absentEngines: [],
    startRoutes: [],
    hasSnapshots: false,
    hasOwnWindow: false,
    canWriteEngine: false,
  };
};
