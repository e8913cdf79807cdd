// Networks. On VirtualBox without vboxdrv only NAT and user-space tunnels work: its other networks are kernel code.
import {
  byDriver,
  cells,
  degraded,
  everywhere,
  needs,
  no,
  probe,
  yes,
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

const noDriver = no('table.why.vboxNetworkNeedsDriver');
const bridge = needs('table.needs.bridge');
const link = 'https://wiki.qemu.org/Features/HelperNetworking';

// prettier-ignore
export const networkRows: readonly TableRow[] = [
  { id: 'net.nat', title: 'table.row.nat', cells: everywhere(yes), source: trials, standing: 'tried' },
  { id: 'net.nat-forward', title: 'table.row.natForward', cells: everywhere(yes), source: trials, standing: 'tried' },
  { id: 'net.low-port', title: 'table.row.lowPort', cells: everywhere(needs('table.needs.lowPorts')), source: vboxNetworking, standing: 'assumed' },
  { id: 'net.nat-network', title: 'table.row.natNetwork', cells: cells(yes, noDriver, noDriver, needs('table.needs.sharedSwitch'), needs('table.needs.sharedSwitch')), source: `${trials}; ${cyberusIssue(3)}`, standing: 'tried' },
  { id: 'net.internal', title: 'table.row.internal', cells: cells(yes, noDriver, noDriver, yes, yes), source: `${trials}; ${cyberusReadme}`, standing: 'tried' },
  { id: 'net.host-only', title: 'table.row.hostOnly', cells: cells(degraded('table.how.hostOnlyRange'), noDriver, noDriver, bridge, bridge), source: `${trials}; ${cyberusIssue(27)}; https://github.com/cilium/cilium/pull/17900`, standing: 'tried' },
  { id: 'net.bridged', title: 'table.row.bridged', cells: cells(yes, noDriver, noDriver, bridge, bridge), source: `${trials}; ${cyberusIssue(25)}; ${link}`, standing: 'tried' },
  { id: 'net.bridged-wifi', title: 'table.row.bridgedWifi', cells: cells(degraded('table.how.wifiIpv4Only'), noDriver, noDriver, no('table.why.wifi'), no('table.why.wifi')), source: 'https://git.zx2c4.com/linux-dev/commit/include/linux?id=ad4bb6f8883a13bb0f65b194dae36c62a02ac779; https://github.com/KylinOLAP/Kylin/issues/12', standing: 'read' },
  { id: 'net.vlan-access', title: 'table.row.vlanAccess', cells: cells(needs('table.needs.vlanInterface'), noDriver, noDriver, bridge, bridge), source: `${trials} (bridge with VLAN filter)`, standing: 'tried' },
  { id: 'net.vlan-trunk', title: 'table.row.vlanTrunk', cells: cells(probe('table.probe.tagStripping'), noDriver, noDriver, bridge, bridge), source: `${trials}; https://github.com/Juniper/vqfx10k-vagrant/issues/9`, standing: 'tried' },
  { id: 'net.promiscuous', title: 'table.row.promiscuous', cells: cells(yes, noDriver, noDriver, bridge, bridge), source: 'https://github.com/virtio-win/kvm-guest-drivers-windows/issues/1564', standing: 'read' },
  { id: 'net.tunnel', title: 'table.row.tunnel', cells: cells(degraded('table.how.tunnelListensEverywhere'), probe('table.probe.kvmBuild'), degraded('table.how.tunnelListensEverywhere'), yes, yes), source: `${trials}; ${vboxNetworking}`, standing: 'tried' },
  { id: 'net.tap', title: 'table.row.tap', cells: cells(needs('table.needs.tap'), needs('table.needs.tap'), needs('table.needs.tap'), needs('table.needs.tap'), needs('table.needs.tap')), source: trials, standing: 'tried' },
  { id: 'net.bandwidth', title: 'table.row.bandwidth', cells: cells(yes, probe('table.probe.kvmBuild'), probe('table.probe.start'), degraded('table.how.limitOnTap'), degraded('table.how.limitOnTap')), source: vboxNetworking, standing: 'assumed' },
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
