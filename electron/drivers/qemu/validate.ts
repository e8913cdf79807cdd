// Judges a configuration before it is stored: ranges of this host and this QEMU, files, ids, forwards.
import { totalmem } from 'node:os';
import { failure } from '../../../shared/contract/errors.ts';
import {
  assertNoTwinDevices,
  assertNoTwinDisks,
  assertNoTwinForwards,
} from '../../../shared/model/config-twins.ts';
import type { VmConfig } from '../../../shared/model/vm-config.ts';
import { busDevices, displayDevices, maxIsaNics, nicDevices } from './command-line-devices.ts';
import type { QemuFeatures } from './features.ts';
import { findUefi } from './firmware.ts';
import { assertForwardPossible } from './host-ports.ts';
import { assertMediaUsable } from './media-checks.ts';

type Env = Readonly<Record<string, string | undefined>>;

const unavailable = (feature: string, reason: string): Error =>
  failure('vm/feature-unavailable', { feature, reason });

const assertProcessors = (config: VmConfig, features: QemuFeatures): void => {
  const machine = features.machines.find(
    (row) => row.name === config.machineType || row.alias === config.chipset,
  );
  // More than the host has is slow, not impossible: the window says so before.
  const max = machine?.maxVcpus ?? 1;
  const { vcpus } = config;
  if (vcpus < 1 || vcpus > max) throw failure('vm/vcpus-out-of-range', { vcpus, max });
};

const assertMemory = (config: VmConfig): void => {
  const hostMiB = Math.floor(totalmem() / (1024 * 1024));
  const memoryMiB = config.memory;
  if (memoryMiB < 1 || memoryMiB > hostMiB) {
    throw failure('vm/memory-out-of-range', { memoryMiB, hostMiB });
  }
};

const assertForwards = (config: VmConfig): void => {
  for (const { attachment } of config.nics) {
    if (attachment.kind === 'nat') attachment.forwards.forEach(assertForwardPossible);
  }
  assertNoTwinForwards(config);
};

const noSuchDevice = 'QEMU has no such device.';

const assertDevices = (config: VmConfig, features: QemuFeatures): void => {
  const { display, disks, nics } = config;
  const wanted: readonly (readonly [string, string | undefined])[] = [
    ...nics.map(({ model }) => [model, nicDevices.find((name) => name === model)] as const),
    ...disks.map(({ bus }) => [bus, busDevices[bus]] as const),
    ...(display === 'none' ? [] : [[display, displayDevices[display]] as const]),
  ];
  for (const [ours, name] of wanted) {
    if (name === undefined) throw unavailable(ours, noSuchDevice);
    if (!features.devices.includes(name)) throw unavailable(name, 'This QEMU does not have it.');
  }
  if (nics.filter(({ model }) => model === 'ne2k_isa').length > maxIsaNics) {
    throw unavailable('ne2k_isa', `A machine takes ${maxIsaNics} of them at most.`);
  }
};

const assertFirmware = (config: VmConfig, env: Env): void => {
  if (config.firmware.kind !== 'uefi') return;
  const isSecure = config.firmware.isSecureBoot === true;
  if (findUefi(env, config.machineType, isSecure)) return;
  throw unavailable('UEFI', 'No UEFI firmware for this machine is installed (package ovmf).');
};

export const validateConfig = async (
  config: VmConfig,
  features: QemuFeatures,
  env: Env,
): Promise<void> => {
  assertProcessors(config, features);
  assertMemory(config);
  assertNoTwinDevices(config);
  assertNoTwinDisks(config);
  assertForwards(config);
  assertDevices(config, features);
  assertFirmware(config, env);
  await assertMediaUsable(config);
};
