// For rows of the compatibility table: whether a machine uses the feature, and whether the installed hypervisor, as
// Polyvisor drives it, offers it. Add a line here when a row can be told from a machine or from capabilities.
import type { EngineId } from '../../shared/model/brand.ts';
import type { Capabilities } from '../../shared/model/driver.ts';
import { familyById } from '../../shared/model/guest-family.ts';
import { vlanOf, type Vlan } from '../../shared/model/network.ts';
import type { PlugKind } from '../../shared/model/network-plan.ts';
import type { VmDefinition } from '../../shared/model/vm.ts';

export interface RowUse {
  readonly isWanted?: (definition: VmDefinition) => boolean;
  /** `undefined`: the capabilities do not tell. */
  readonly isOffered?: (capabilities: Capabilities, engine: EngineId) => boolean | undefined;
}

const forwardsOf = ({ config }: VmDefinition) =>
  config.nics.flatMap((nic) => (nic.attachment.kind === 'nat' ? nic.attachment.forwards : []));
/** By the hypervisor itself, or by being plugged into what Polyvisor supplies. */
const offers =
  (kind: string, ...plugs: readonly PlugKind[]) =>
  ({ nicAttachments, networking }: Capabilities, engine: EngineId): boolean | undefined => {
    const isListed = nicAttachments?.includes(kind);
    const here = networking?.find((row) => row.engine === engine);
    if (isListed === false || !here) return isListed;
    return here.native.includes(kind) || here.plugs.some((plug) => plugs.includes(plug));
  };
/** How machines get onto our switch, and how into a bridge. */
const onSwitch = ['stream', 'datagram'] as const;
const attachment = (kind: string, ...plugs: readonly PlugKind[]): RowUse => ({
  isWanted: ({ config }) => config.nics.some((nic) => nic.attachment.kind === kind),
  isOffered: offers(kind, ...plugs),
});
/** Machines that ask for such VLANs on one of these kinds of networks. */
const vlan =
  (modes: readonly Vlan['mode'][], ...kinds: readonly string[]) =>
  ({ config }: VmDefinition): boolean =>
    config.nics.some(({ attachment: a }) => {
      const mode = vlanOf(a)?.mode;
      return kinds.includes(a.kind) && mode !== undefined && modes.includes(mode);
    });
const nic = (...models: readonly string[]): RowUse => ({
  isWanted: ({ config }) => config.nics.some(({ model }) => models.includes(model)),
  isOffered: ({ nicModels }) => models.some((model) => nicModels.includes(model)),
});
const bus = (name: string): RowUse => ({
  isWanted: ({ config }) => config.disks.some((disk) => disk.bus === name),
  isOffered: ({ diskBuses }) => diskBuses.includes(name),
});
const format = (...names: readonly string[]): RowUse => ({
  isWanted: ({ config }) => config.disks.some((disk) => names.includes(disk.format)),
  isOffered: ({ diskFormats }) => names.some((name) => diskFormats.includes(name)),
});
const family = (...ids: readonly string[]): RowUse => ({
  isWanted: (definition) => ids.includes(definition.family),
});

// prettier-ignore
export const tableUses: Readonly<Record<string, RowUse>> = {
  speed: { isWanted: ({ family: id }) => !familyById(id).isLight },
  'vcpus.many': { isWanted: ({ config }) => config.vcpus > 1 },
  nested: { isWanted: ({ config }) => config.hasNestedVirtualization === true },
  'guest.odd-cpu': family('freedos'),
  'guest.os2': family('os2'),
  'guest.win9x': family('windows-9x'),
  'cpu.model': { isWanted: ({ config }) => config.cpuModel !== 'default' },
  'net.nat': attachment('nat'),
  'net.nat-forward': { isWanted: (definition) => forwardsOf(definition).length > 0 },
  'net.low-port': { isWanted: (definition) => forwardsOf(definition).some(({ hostPort }) => hostPort < 1024) },
  'net.nat-network': attachment('natNetwork', ...onSwitch),
  'net.internal': attachment('internal', ...onSwitch),
  'net.vlan-switch': { isWanted: vlan(['access', 'trunk'], 'natNetwork', 'internal') },
  'net.host-only': attachment('hostOnly', 'tap'),
  'net.bridged': attachment('bridged', 'tap'),
  'net.bridged-wifi': { isOffered: offers('bridged', 'tap') },
  'net.vlan-access': { isWanted: vlan(['access'], 'bridged', 'hostOnly'), isOffered: offers('bridged', 'tap') },
  'net.vlan-trunk': { isWanted: vlan(['trunk'], 'bridged', 'hostOnly'), isOffered: offers('bridged', 'tap') },
  'net.promiscuous': { isOffered: offers('bridged', 'tap') },
  'net.tunnel': { isOffered: offers('other') },
  'net.tap': { isOffered: offers('bridged', 'tap') },
  'net.bandwidth': { isWanted: ({ config }) => config.nics.some(({ bandwidthKbps }) => bandwidthKbps !== undefined) },
  'net.nat-ipv6': { isWanted: ({ config }) => config.nics.some(({ attachment: a }) => a.kind === 'nat' && a.ipv6) },
  'net.pxe': { isWanted: ({ config }) => config.bootOrder.includes('network') },
  'nic.pcnet': nic('pcnet', 'pcnet-fast3'),
  'nic.e1000': nic('e1000', 'e1000-82545em'),
  'nic.virtio': nic('virtio-net-pci'),
  'nic.e1000e': nic('e1000e'),
  'nic.rtl8139': nic('rtl8139'),
  'nic.vmxnet3': nic('vmxnet3'),
  'nic.82543gc': nic('e1000-82543gc'),
  'nic.ne2000': nic('ne2k_isa'),
  'nic.ne2k-pci': nic('ne2k_pci'),
  'nic.tulip': nic('tulip'),
  'disk.vdi': format('vdi'),
  'disk.vmdk-vhd': format('vmdk', 'vpc'),
  'disk.qcow2': format('qcow2'),
  'disk.raw': format('raw'),
  'state.save': { isOffered: ({ canSaveState }) => canSaveState },
  'bus.ide': bus('ide'),
  'bus.sata': bus('sata'),
  'bus.nvme': bus('nvme'),
  'bus.virtio-blk': bus('virtio'),
  'bus.virtio-scsi': bus('scsi'),
  'bus.lsilogic': bus('lsilogic'),
  'bus.sas': bus('lsisas'),
  'bus.buslogic': bus('buslogic'),
  'bus.usb-storage': bus('usb'),
  'bus.floppy': { isWanted: ({ config }) => config.floppy !== undefined },
  'firmware.bios': { isWanted: ({ config }) => config.firmware.kind === 'bios', isOffered: ({ firmware }) => firmware.includes('bios') },
  'firmware.uefi': { isWanted: ({ config }) => config.firmware.kind === 'uefi' },
  'firmware.secure-boot': { isWanted: ({ config }) => config.firmware.isSecureBoot === true },
  'port.serial': { isWanted: ({ config }) => config.hasSerialPort },
};
