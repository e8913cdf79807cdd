// Networks, NICs and machines for specs.
import { testConfig } from '../../../shared/testing/definition.ts';
import { testNetwork } from '../../../shared/testing/network.ts';
import { toDriverId, toEpochMs, toMiB, toVmId, type VmId } from '../../../shared/model/brand.ts';
import type { Nic, NicAttachment } from '../../../shared/model/network.ts';
import type { HostInterface, Network } from '../../../shared/model/networks.ts';
import type { VmDefinition } from '../../../shared/model/vm.ts';

export const vmId = (digit: number): VmId =>
  toVmId(`${String(digit).repeat(8)}-0000-4000-8000-000000000000`);

export const natNetwork = (change: Partial<Network> = {}): Network =>
  testNetwork({ name: 'Lab', ...change });

/** Without addresses. */
export const plainNetwork = (
  kind: 'internal' | 'bridged',
  change: Partial<Network> = {},
): Network => {
  const network: Record<string, unknown> = { ...natNetwork(), kind };
  delete network['ipv4'];
  return { ...(network as unknown as Network), ...change };
};

export const nic = (attachment: NicAttachment, change: Partial<Nic> = {}): Nic => ({
  id: 'nic0',
  model: 'virtio-net-pci',
  mac: '52:54:00:00:00:01',
  isCableConnected: true,
  attachment,
  ...change,
});

export const machine = (id: VmId, name: string, nics: readonly Nic[]): VmDefinition => ({
  version: 1,
  id,
  name,
  driver: toDriverId('fake'),
  family: 'linux',
  createdAt: toEpochMs(0),
  config: testConfig({
    memory: toMiB(256),
    chipset: 'q35',
    machineType: 'pc-q35-7.2',
    nics,
  }),
});

export const card = (name: string, change: Partial<HostInterface> = {}): HostInterface => ({
  name,
  kind: 'ethernet',
  mac: '52:54:00:aa:00:01',
  addresses: [],
  isUp: true,
  hasCarrier: true,
  isDefaultRoute: true,
  manager: 'none',
  ...change,
});
