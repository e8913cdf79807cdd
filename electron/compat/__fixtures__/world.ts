// Machines, drivers and hosts for the specs of the decision. Plain data, changed by arguments.
import { toDriverId, toEngineId, toEpochMs, toMiB, toVmId } from '../../../shared/model/brand.ts';
import type { EngineFact } from '../../../shared/model/compat.ts';
import type { Backend, Capabilities, DriverInfo } from '../../../shared/model/driver.ts';
import { text } from '../../../shared/model/text.ts';
import type { VmConfig } from '../../../shared/model/vm-config.ts';
import type { VmDefinition } from '../../../shared/model/vm.ts';
import type { DecideInput } from '../decide-input.ts';
import { engineFacts, type EngineFactsInput } from '../engine-facts.ts';
import { features } from '../features.ts';
import { known, unknownFact, type HostFacts } from '../host-facts.ts';
import type { KvmVerdict } from '../kvm/model.ts';

export const qemuId = toDriverId('qemu');
export const kvm: Backend = { driver: qemuId, engine: toEngineId('kvm') };
export const tcg: Backend = { driver: qemuId, engine: toEngineId('tcg') };

export const capabilities: Capabilities = {
  canPause: true,
  canSaveState: true,
  canScreenshot: true,
  canChangeForwardsLive: true,
  canChangeCableLive: true,
  canChangeMediumLive: true,
  consoles: ['screen', 'serial'],
  machineTypes: ['pc-q35-7.2', 'pc-i440fx-7.2'],
  nicModels: ['virtio-net-pci', 'e1000'],
  diskBuses: ['virtio', 'sata', 'ide'],
  displayAdapters: ['std', 'virtio'],
  diskFormats: ['qcow2', 'raw', 'vdi'],
  firmware: ['bios', 'uefi'],
  maxVcpus: 255,
  absentEngines: [],
  startRoutes: [],
  hasSnapshots: false,
  hasOwnWindow: false,
  canWriteEngine: false,
};

export const qemu: DriverInfo = {
  id: qemuId,
  title: 'QEMU',
  engines: [
    { id: kvm.engine, speed: 'native', accelerator: 'kvm', title: 'QEMU on KVM', shortTitle: 'QEMU·KVM', mark: 'ring', isAutomatic: true },
    { id: tcg.engine, speed: 'software', title: 'QEMU, software', shortTitle: 'QEMU·software', mark: 'ring', isAutomatic: true },
  ],
  probe: { kind: 'found', version: '7.2.22', paths: { system: '/usr/bin/qemu-system-x86_64' } },
  capabilities,
};

export const virtualBoxId = toDriverId('virtualbox');
export const vboxKvm: Backend = { driver: virtualBoxId, engine: toEngineId('kvm') };
export const virtualBox: DriverInfo = {
  id: virtualBoxId,
  title: 'VirtualBox',
  engines: [
    { id: vboxKvm.engine, speed: 'native', accelerator: 'kvm', title: 'VirtualBox on KVM', shortTitle: 'VirtualBox·KVM', mark: 'box', isAutomatic: true },
    { id: toEngineId('software'), speed: 'software', title: 'VirtualBox, software', shortTitle: 'VirtualBox·software', mark: 'box', isAutomatic: false },
  ],
  probe: { kind: 'found', version: '7.2.22', paths: {} },
};

export const config: VmConfig = {
  vcpus: 2,
  memory: toMiB(2048),
  firmware: { kind: 'bios' },
  chipset: 'q35',
  machineType: 'pc-q35-7.2',
  cpuModel: 'default',
  disks: [{ id: 'disk0', path: '/vms/a.qcow2', format: 'qcow2', bus: 'virtio', isOwned: true }],
  cdDrives: [],
  bootOrder: ['disk'],
  display: 'std',
  nics: [],
  hasSerialPort: false,
  rtcBase: 'utc',
  hasUsbTablet: true,
  hasGuestAgent: false,
};

export const definition: VmDefinition = {
  version: 1,
  id: toVmId('11111111-2222-3333-4444-555555555555'),
  name: 'build-01',
  driver: qemuId,
  family: 'linux',
  createdAt: toEpochMs(0),
  config,
};

export const facts: HostFacts = {
  distribution: 'debian',
  cpus: known(4),
  memoryMiB: known(16_000),
  availableMemoryMiB: known(8000),
  lowestPort: known(1024),
  hasIpv6: known(true),
  hasKvmSmm: known(true),
  vboxdrv: unknownFact(text('decision.unknown.notLooked')),
};

export const nat = (hostPort: number, ipv6 = false): VmConfig['nics'][number] => ({
  id: 'nic0',
  model: 'virtio-net-pci',
  mac: '52:54:00:00:00:01',
  isCableConnected: true,
  attachment: {
    kind: 'nat',
    ipv6,
    forwards: [{ id: 'f', protocol: 'tcp', hostAddress: '', hostPort, guestPort: 22 }],
  },
});

/** Engine facts of QEMU as they follow from a verdict of the KVM check. */
export const factsFor = (
  verdict: KvmVerdict | undefined,
  more: Partial<EngineFactsInput> = {},
): readonly EngineFact[] =>
  engineFacts({
    drivers: [qemu],
    kvm: verdict,
    isParavirtualKvm: false,
    distribution: 'debian',
    forced: [],
    ...more,
  });

export const healthy: KvmVerdict = { kind: 'healthy', ratio: 0.83 };
export const slow: KvmVerdict = { kind: 'slowerThanSoftware', ratio: 29.7, isLowerBound: false };

export const usable = (backend: Backend): EngineFact => ({
  ...backend,
  standing: 'usable',
  reason: text('decision.because.kvmHealthy', { times: 1 }),
  confidence: 'measured',
  checkIds: [],
  isForced: false,
});

export const input = (more: Partial<DecideInput> = {}): DecideInput => ({
  definition,
  driver: qemu,
  others: [],
  engineFacts: factsFor(healthy),
  facts,
  features,
  ...more,
});
