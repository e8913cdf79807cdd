// A small VM for specs: one vCPU, no disks.
import { toDriverId, toEpochMs, toMiB, toVmId, type VmId } from '../model/brand.ts';
import type { VmConfig } from '../model/vm-config.ts';
import type { VmDefinition } from '../model/vm.ts';

/** The n-th id of the test world. */
export const testVmId = (n: number): VmId =>
  toVmId(`00000000-0000-4000-8000-${String(n).padStart(12, '0')}`);

export const testConfig = (change: Partial<VmConfig> = {}): VmConfig => ({
  vcpus: 1,
  memory: toMiB(64),
  firmware: { kind: 'bios' },
  chipset: 'pc',
  machineType: 'pc-i440fx-7.2',
  cpuModel: 'default',
  disks: [],
  cdDrives: [],
  bootOrder: ['disk'],
  display: 'std',
  nics: [],
  hasSerialPort: true,
  rtcBase: 'utc',
  hasUsbTablet: false,
  hasGuestAgent: false,
  ...change,
});

export const testDefinition = (n = 1): VmDefinition => ({
  version: 1,
  id: testVmId(n),
  name: `vm ${n}`,
  driver: toDriverId('qemu'),
  family: 'linux',
  createdAt: toEpochMs(0),
  config: testConfig(),
});
