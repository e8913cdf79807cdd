// Judges a configuration before it is stored: what this VirtualBox has, and ranges of this host.
import { totalmem } from 'node:os';
import { failure } from '../../../shared/contract/errors.ts';
import type { Capabilities } from '../../../shared/model/driver.ts';
import type { VmConfig } from '../../../shared/model/vm-config.ts';

const unavailable = (feature: string, reason: string): Error =>
  failure('vm/feature-unavailable', { feature, reason });

const smallestMiB = 4;

export const validateConfig = async (config: VmConfig, can: Capabilities): Promise<void> => {
  const { vcpus } = config;
  const max = can.maxVcpus;
  if (vcpus < 1 || vcpus > max) throw failure('vm/vcpus-out-of-range', { vcpus, max });
  const hostMiB = Math.floor(totalmem() / (1024 * 1024));
  const memoryMiB = config.memory;
  if (memoryMiB < smallestMiB || memoryMiB > hostMiB)
    throw failure('vm/memory-out-of-range', { memoryMiB, hostMiB });
  const missing = [
    ...config.nics.map((nic) => nic.model).filter((model) => !can.nicModels.includes(model)),
    ...config.disks.map((disk) => disk.bus).filter((bus) => !can.diskBuses.includes(bus)),
    ...[config.display].filter((display) => !can.displayAdapters.includes(display)),
  ][0];
  if (missing !== undefined) throw unavailable(missing, 'VirtualBox does not have it.');
  const macs = config.nics.map((nic) => nic.mac);
  const mac = macs.find((value, index) => macs.indexOf(value) !== index);
  if (mac !== undefined) throw unavailable('Network card', `Two cards have the address ${mac}.`);
};
