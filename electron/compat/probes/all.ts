// Every host check, in the order of the Host page. Add a row here for a new check.
import { cpuBios } from './cpu-bios.ts';
import { cpuInVm } from './cpu-in-vm.ts';
import { cpuLa57 } from './cpu-la57.ts';
import { cpuSplitLock } from './cpu-split-lock.ts';
import { cpuVirt } from './cpu-virt.ts';
import { cpuXsave } from './cpu-xsave.ts';
import { desktopSession } from './desktop-session.ts';
import { desktopTray } from './desktop-tray.ts';
import { desktopUsb } from './desktop-usb.ts';
import { diskFree } from './disk-free.ts';
import { hugePages } from './huge-pages.ts';
import { hvKvmMachines } from './hv-kvm-machines.ts';
import { hvOthers } from './hv-others.ts';
import { hvVboxMachines } from './hv-vbox-machines.ts';
import { iommu } from './iommu.ts';
import { kvmDev } from './kvm-dev.ts';
import { kvmMod } from './kvm-mod.ts';
import { kvmNested } from './kvm-nested.ts';
import { kvmPerm } from './kvm-perm.ts';
import { kvmPvm } from './kvm-pvm.ts';
import { kvmSandbox } from './kvm-sandbox.ts';
import { kvmSmm } from './kvm-smm.ts';
import { kvmSpeed } from './kvm-speed.ts';
import { kvmVhost } from './kvm-vhost.ts';
import { qemuApparmor, qemuSelinux } from './libvirt-confinement.ts';
import { libvirtConnection } from './libvirt-connection.ts';
import { libvirtHome } from './libvirt-home.ts';
import { libvirtNetwork } from './libvirt-network.ts';
import { memAvail } from './mem-avail.ts';
import { memLock } from './mem-lock.ts';
import { netBridge } from './net-bridge.ts';
import { netBridgeFilter } from './net-bridge-filter.ts';
import { netDocker } from './net-docker.ts';
import { netFirewall } from './net-firewall.ts';
import { netHelper } from './net-helper.ts';
import { netIp6Forwarding } from './net-ip6-forwarding.ts';
import { netIpv6 } from './net-ipv6.ts';
import { netMacvtap } from './net-macvtap.ts';
import { netManager } from './net-manager.ts';
import { netOvs } from './net-ovs.ts';
import { netPing } from './net-ping.ts';
import { netPorts } from './net-ports.ts';
import { netUserns } from './net-userns.ts';
import { netVlanBridge } from './net-vlan-bridge.ts';
import { netVlanModule } from './net-vlan-module.ts';
import { netVlanOffload } from './net-vlan-offload.ts';
import { netWifi } from './net-wifi.ts';
import type { Probe } from './probe.ts';
import { qemuFirmware } from './qemu-firmware.ts';
import { qemuImg } from './qemu-img.ts';
import { qemuModules } from './qemu-modules.ts';
import { qemuPasst } from './qemu-passt.ts';
import { qemuPresent } from './qemu-present.ts';
import { qemuTpm } from './qemu-tpm.ts';
import { qemuVirtiofs } from './qemu-virtiofs.ts';
import { vbDriverBuilt } from './vb-driver-built.ts';
import { vbDriverKconfig } from './vb-driver-kconfig.ts';
import { vbDriverLoaded } from './vb-driver-loaded.ts';
import { vbDriverMatch } from './vb-driver-match.ts';
import { vbDriverSigned } from './vb-driver-signed.ts';
import { vbExtensionPacks } from './vb-extension-packs.ts';
import { vbHardening } from './vb-hardening.ts';
import { vbHostOnlyRange } from './vb-host-only-range.ts';
import { vbKvm } from './vb-kvm.ts';
import { vbNetModules } from './vb-net-modules.ts';
import { vbService } from './vb-service.ts';
import { vbUsers } from './vb-users.ts';
import { vbVersion } from './vb-version.ts';
import { vboxdrvAndKvm } from './vboxdrv-and-kvm.ts';

export const allProbes: readonly Probe[] = [
  cpuVirt,
  cpuBios,
  cpuInVm,
  cpuXsave,
  cpuSplitLock,
  cpuLa57,
  iommu,
  hvOthers,
  kvmMod,
  kvmDev,
  kvmPerm,
  kvmSandbox,
  kvmSpeed,
  kvmPvm,
  kvmSmm,
  kvmNested,
  qemuPresent,
  qemuImg,
  qemuFirmware,
  qemuModules,
  qemuTpm,
  qemuVirtiofs,
  qemuPasst,
  qemuApparmor,
  qemuSelinux,
  libvirtConnection,
  libvirtHome,
  vbVersion,
  vbKvm,
  vbDriverLoaded,
  vbDriverBuilt,
  vbDriverSigned,
  vbDriverKconfig,
  vbDriverMatch,
  vboxdrvAndKvm,
  hvKvmMachines,
  hvVboxMachines,
  vbHardening,
  vbService,
  vbExtensionPacks,
  vbUsers,
  vbNetModules,
  vbHostOnlyRange,
  memAvail,
  memLock,
  hugePages,
  diskFree,
  netPorts,
  netIpv6,
  netUserns,
  netManager,
  netBridge,
  netWifi,
  netHelper,
  kvmVhost,
  netMacvtap,
  netVlanModule,
  netVlanBridge,
  netVlanOffload,
  netOvs,
  netFirewall,
  netBridgeFilter,
  netDocker,
  libvirtNetwork,
  netIp6Forwarding,
  netPing,
  desktopSession,
  desktopTray,
  desktopUsb,
];
