// Networks, as Polyvisor supplies them: VirtualBox with vboxdrv has its own; everywhere else machines plug into our switch
// (no privilege) or into a bridge of the host (one authorisation), since VirtualBox's own networks are kernel code.
import {
  byDriver,
  cells,
  degraded,
  everywhere,
  needs,
  no,
  probe,
  yes,
  type Cell,
  type TableRow,
} from './cell.ts';
import {
  cyberusIssue,
  cyberusReadme,
  passtMan,
  qemuNet,
  trials,
  vboxIssue,
  vboxNetworking,
} from './sources.ts';

/** Cells of the engines without vboxdrv, which all plug into what Polyvisor supplies. */
const without = (vboxdrv: Cell, others: Cell): TableRow['cells'] =>
  cells(vboxdrv, others, others, others, others);
const authorised = needs('table.needs.authorisation');
const limitOnSwitch = degraded('table.how.limitOnSwitch');
const link = 'https://wiki.qemu.org/Features/HelperNetworking';

// prettier-ignore
export const networkRows: readonly TableRow[] = [
  { id: 'net.nat', title: 'table.row.nat', cells: everywhere(yes), source: trials, standing: 'tried' },
  { id: 'net.nat-forward', title: 'table.row.natForward', cells: everywhere(yes), source: trials, standing: 'tried' },
  { id: 'net.low-port', title: 'table.row.lowPort', cells: everywhere(needs('table.needs.lowPorts')), source: vboxNetworking, standing: 'assumed' },
  { id: 'net.nat-network', title: 'table.row.natNetwork', cells: everywhere(yes), source: `${trials}; ${cyberusIssue(3)}`, standing: 'tried' },
  { id: 'net.internal', title: 'table.row.internal', cells: everywhere(yes), source: `${trials}; ${cyberusReadme}`, standing: 'tried' },
  { id: 'net.vlan-switch', title: 'table.row.vlanSwitch', cells: without(no('table.why.noVlanPorts'), yes), source: `${trials}; ${vboxNetworking}`, standing: 'tried' },
  { id: 'net.host-only', title: 'table.row.hostOnly', cells: without(degraded('table.how.hostOnlyRange'), authorised), source: `${trials}; ${cyberusIssue(27)}; https://github.com/cilium/cilium/pull/17900`, standing: 'tried' },
  { id: 'net.bridged', title: 'table.row.bridged', cells: without(yes, authorised), source: `${trials}; ${cyberusIssue(25)}; ${link}`, standing: 'tried' },
  { id: 'net.bridged-wifi', title: 'table.row.bridgedWifi', cells: without(degraded('table.how.wifiIpv4Only'), no('table.why.wifi')), source: 'https://git.zx2c4.com/linux-dev/commit/include/linux?id=ad4bb6f8883a13bb0f65b194dae36c62a02ac779; https://github.com/KylinOLAP/Kylin/issues/12', standing: 'read' },
  { id: 'net.vlan-access', title: 'table.row.vlanAccess', cells: without(no('table.why.noVlanPorts'), authorised), source: `${trials} (bridge with VLAN filter)`, standing: 'tried' },
  { id: 'net.vlan-trunk', title: 'table.row.vlanTrunk', cells: without(probe('table.probe.tagStripping'), authorised), source: `${trials}; https://github.com/Juniper/vqfx10k-vagrant/issues/9`, standing: 'tried' },
  { id: 'net.promiscuous', title: 'table.row.promiscuous', cells: without(yes, authorised), source: 'https://github.com/virtio-win/kvm-guest-drivers-windows/issues/1564', standing: 'read' },
  { id: 'net.tunnel', title: 'table.row.tunnel', cells: cells(degraded('table.how.tunnelListensEverywhere'), probe('table.probe.kvmBuild'), degraded('table.how.tunnelListensEverywhere'), yes, yes), source: `${trials}; ${vboxNetworking}`, standing: 'tried' },
  { id: 'net.tap', title: 'table.row.tap', cells: without(no('table.why.tapByVboxdrv'), authorised), source: trials, standing: 'tried' },
  { id: 'net.bandwidth', title: 'table.row.bandwidth', cells: without(yes, limitOnSwitch), source: `${vboxNetworking}; the port's limit in Polyvisor's switch`, standing: 'read' },
  { id: 'net.pxe', title: 'table.row.pxe', cells: everywhere(yes), source: trials, standing: 'tried' },
  { id: 'net.nat-ipv6', title: 'table.row.natIpv6', cells: byDriver(degraded('table.how.natIpv6Partial'), yes), source: `${passtMan}; ${vboxNetworking}`, standing: 'read' },
  { id: 'nic.pcnet', title: 'table.row.nicPcnet', cells: everywhere(yes), source: `${trials}; ${vboxNetworking}`, standing: 'tried' },
  { id: 'nic.e1000', title: 'table.row.nicE1000', cells: everywhere(yes), source: `${trials}; ${vboxNetworking}`, standing: 'tried' },
  { id: 'nic.virtio', title: 'table.row.nicVirtio', cells: everywhere(yes), source: `${trials}; ${vboxNetworking}`, standing: 'tried' },
  { id: 'nic.e1000e', title: 'table.row.nicE1000e', cells: byDriver(no('table.why.notInVirtualBox'), yes), source: `${trials}; ${qemuNet}`, standing: 'tried' },
  { id: 'nic.rtl8139', title: 'table.row.nicRtl8139', cells: byDriver(no('table.why.notInVirtualBox'), yes), source: `${trials}; ${qemuNet}`, standing: 'tried' },
  { id: 'nic.vmxnet3', title: 'table.row.nicVmxnet3', cells: byDriver(no('table.why.notInVirtualBox'), yes), source: `${trials}; ${vboxIssue(134)}`, standing: 'tried' },
  { id: 'nic.82543gc', title: 'table.row.nic82543gc', cells: byDriver(yes, no('table.why.notInQemu')), source: `${trials}; ${vboxNetworking}`, standing: 'tried' },
  { id: 'nic.ne2000', title: 'table.row.nicNe2000', cells: everywhere(yes), source: trials, standing: 'tried' },
  { id: 'nic.ne2k-pci', title: 'table.row.nicNe2kPci', cells: byDriver(no('table.why.notInVirtualBox'), yes), source: trials, standing: 'tried' },
  { id: 'nic.tulip', title: 'table.row.nicTulip', cells: byDriver(no('table.why.notInVirtualBox'), yes), source: trials, standing: 'tried' },
];
