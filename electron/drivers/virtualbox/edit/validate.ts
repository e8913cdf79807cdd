// Judges a configuration before it is stored: what this VirtualBox has, ranges of this host, files, ids, forwards.
import { totalmem } from 'node:os';
import { failure } from '../../../../shared/contract/errors.ts';
import {
  assertNoTwinDevices,
  assertNoTwinDisks,
  assertNoTwinForwards,
} from '../../../../shared/model/config-twins.ts';
import type { Capabilities } from '../../../../shared/model/driver.ts';
import type { VmConfig } from '../../../../shared/model/vm-config.ts';
import { fileAt, usableFormats } from './media.ts';
import { chipsetWords, nicSlots, placeOf } from './places.ts';

const smallestMiB = 4;

const unavailable = (feature: string, reason: string): Error =>
  failure('vm/feature-unavailable', { feature, reason });

/** What VirtualBox has already is its own matter; an edit of something else must not fail on it. */
const isNew = (row: Readonly<Record<string, unknown>>): boolean => placeOf(row) === undefined;

const assertRanges = ({ vcpus, memory }: VmConfig, { maxVcpus }: Capabilities): void => {
  if (vcpus < 1 || vcpus > maxVcpus) {
    throw failure('vm/vcpus-out-of-range', { vcpus, max: maxVcpus });
  }
  const hostMiB = Math.floor(totalmem() / (1024 * 1024));
  if (memory < smallestMiB || memory > hostMiB) {
    throw failure('vm/memory-out-of-range', { memoryMiB: memory, hostMiB });
  }
};

const assertDevices = (config: VmConfig, can: Capabilities): void => {
  const missing = [
    ...config.nics.map((nic) => nic.model).filter((model) => !can.nicModels.includes(model)),
    ...config.disks
      .filter(isNew)
      .map((disk) => disk.bus)
      .filter((bus) => !can.diskBuses.includes(bus)),
    ...[config.display].filter((display) => !can.displayAdapters.includes(display)),
  ][0];
  if (missing !== undefined) throw unavailable(missing, 'VirtualBox does not have it.');
  if (config.nics.length > nicSlots) {
    throw unavailable('Network card', `A machine of VirtualBox has ${nicSlots} of them at most.`);
  }
  const { kind, isSecureBoot } = config.firmware;
  const firmware = kind === 'uefi' && isSecureBoot === true ? 'uefi-secure' : kind;
  if (!can.firmware.includes(firmware)) {
    throw unavailable('Secure boot', 'Polyvisor does not set it up in VirtualBox.');
  }
  const buses = config.disks.map((disk) => disk.bus);
  // Both are the machine's one SCSI controller.
  if (buses.includes('lsilogic') && buses.includes('buslogic')) {
    throw unavailable('BusLogic', 'VirtualBox has it or LsiLogic in a machine, not both.');
  }
  if (buses.filter((bus) => bus === 'ide').length > 4) {
    throw unavailable('IDE', 'It has room for four drives.');
  }
};

const conversion = (format: string): string =>
  `VirtualBox does not work on ${format} images. qemu-img convert -O vdi makes one that it does.`;

const assertDisks = (config: VmConfig): void => {
  for (const { format, isReadOnly } of config.disks.filter(isNew)) {
    if (!usableFormats.includes(format)) throw unavailable(`A ${format} disk`, conversion(format));
    if (isReadOnly === true) {
      throw unavailable('A read-only disk', 'VirtualBox writes on every disk of a machine.');
    }
  }
  assertNoTwinDisks(config);
};

const assertFiles = async (config: VmConfig): Promise<void> => {
  const rows = [...config.disks, ...config.cdDrives, ...(config.floppy ? [config.floppy] : [])];
  for (const row of rows) if (row.path !== undefined && isNew(row)) await fileAt(row.path);
};

/** Rejects with the first problem. Never changes anything. */
export const validateConfig = async (config: VmConfig, can: Capabilities): Promise<void> => {
  assertRanges(config, can);
  assertDevices(config, can);
  assertDisks(config);
  assertNoTwinDevices(config);
  assertNoTwinForwards(config);
  await assertFiles(config);
};

/** What only VirtualBox knows, and what it has no switch for as it is without. */
export const completeConfig = (config: VmConfig): VmConfig => ({
  ...config,
  machineType: chipsetWords[config.chipset],
  cpuModel: 'default',
  hasGuestAgent: false,
  nics: config.nics.map((nic) =>
    nic.attachment.kind === 'nat' && nic.attachment.ipv6
      ? { ...nic, attachment: { ...nic.attachment, ipv6: false } }
      : nic,
  ),
});
