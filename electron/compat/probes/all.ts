// Every host check, in the order of the Host page. Add a row here for a new check.
import { cpuInVm } from './cpu-in-vm.ts';
import { cpuVirt } from './cpu-virt.ts';
import { desktopSession } from './desktop-session.ts';
import { desktopTray } from './desktop-tray.ts';
import { diskFree } from './disk-free.ts';
import { kvmDev } from './kvm-dev.ts';
import { kvmMod } from './kvm-mod.ts';
import { kvmPerm } from './kvm-perm.ts';
import { kvmSpeed } from './kvm-speed.ts';
import { memAvail } from './mem-avail.ts';
import { netIpv6 } from './net-ipv6.ts';
import { netPorts } from './net-ports.ts';
import { netUserns } from './net-userns.ts';
import type { Probe } from './probe.ts';
import { qemuFirmware } from './qemu-firmware.ts';
import { qemuImg } from './qemu-img.ts';
import { qemuPresent } from './qemu-present.ts';

export const allProbes: readonly Probe[] = [
  cpuVirt,
  cpuInVm,
  kvmMod,
  kvmDev,
  kvmPerm,
  kvmSpeed,
  qemuPresent,
  qemuImg,
  qemuFirmware,
  memAvail,
  diskFree,
  netPorts,
  netIpv6,
  netUserns,
  desktopSession,
  desktopTray,
];
