// Guest families in full: which engines suit them, best first, and the hardware they are known to like. Device
// names are QEMU's. `family`: the row of shared/model/guest-family.ts that a machine of this kind carries.
// Source of every row unless it names another: host-compatibility notes, section 3. Add a row here for a family.
import type { tableTexts } from '../../../shared/i18n/en/table.ts';
import type { BackendKey } from './cell.ts';
import { cyberusIssue, hmr3, oracleKvmNews, qemuInvocation, vboxIssue } from './sources.ts';

type QuirkKey = Extract<keyof typeof tableTexts, `table.quirk.${string}`>;

export interface FamilyRow {
  readonly id: string;
  readonly title: string;
  readonly family: string;
  /** True: of the rows with this `family`, the one to go by when no more is known. */
  readonly isTypical?: boolean;
  /** Best first; what is left out comes last. */
  readonly order: readonly BackendKey[];
  readonly firmware: readonly ('bios' | 'uefi' | 'uefi-secure')[];
  readonly chipset: readonly ('pc' | 'q35')[];
  /** `host` = as new as the processor allows. */
  readonly cpu: string;
  readonly maxVcpus?: number;
  readonly maxMemoryMiB?: number;
  readonly minMemoryMiB?: number;
  readonly nics: readonly string[];
  readonly disks: readonly string[];
  readonly displays: readonly string[];
  readonly sounds?: readonly string[];
  readonly tpm?: 'optional' | 'required';
  readonly quirk?: QuirkKey;
  /** Short ids in osinfo-db 20221203; its devices are wrong or absent where we list our own. */
  readonly osinfo?: readonly string[];
  readonly source?: string;
}

const vd = 'virtualbox/vboxdrv';
const vk = 'virtualbox/kvm';
const vs = 'virtualbox/software';
const qk = 'qemu/kvm';
const qt = 'qemu/tcg';

const old = { firmware: ['bios'], chipset: ['pc'], disks: ['ide'], maxVcpus: 1 } as const;
const modern = {
  firmware: ['uefi', 'bios'],
  chipset: ['q35'],
  cpu: 'host',
  disks: ['virtio', 'sata'],
} as const;
const virtioNics = ['virtio-net-pci', 'e1000'] as const;

// prettier-ignore
export const familyRows: readonly FamilyRow[] = [
  { id: 'dos', title: 'MS-DOS, FreeDOS, Windows 3', family: 'freedos', isTypical: true, order: [qt, vd, vs, qk], ...old, cpu: '486', maxMemoryMiB: 64, nics: ['pcnet', 'ne2k_isa'], displays: ['cirrus', 'std'], sounds: ['sb16', 'adlib'], quirk: 'table.quirk.dosSpeed', osinfo: ['msdos6.22', 'freedos1.2'], source: oracleKvmNews },
  { id: 'windows-95', title: 'Windows 95, 98 first edition', family: 'windows-9x', order: [qt, vd, qk], ...old, cpu: 'pentium', maxMemoryMiB: 512, nics: ['pcnet', 'rtl8139'], displays: ['cirrus'], sounds: ['sb16'], quirk: 'table.quirk.divideByZero', osinfo: ['win95', 'win98'], source: 'https://github.com/JHRobotics/patcher9x' },
  { id: 'windows-98se', title: 'Windows 98 second edition, Me', family: 'windows-9x', isTypical: true, order: [qt, vd, qk], ...old, cpu: 'pentium3', maxMemoryMiB: 512, nics: ['rtl8139', 'pcnet'], displays: ['cirrus'], sounds: ['sb16', 'ac97'], quirk: 'table.quirk.tlb', osinfo: ['win98'], source: 'https://github.com/JHRobotics/patcher9x; https://github.com/jhrobotics/patcher9x/issues/18' },
  { id: 'windows-nt', title: 'Windows NT 3.51, 4.0', family: 'windows-nt', isTypical: true, order: [vd, qt, qk], ...old, cpu: 'pentium', maxVcpus: 2, maxMemoryMiB: 1024, nics: ['pcnet'], disks: ['ide', 'buslogic'], displays: ['cirrus'], sounds: ['sb16'], quirk: 'table.quirk.cpuidLimit', osinfo: ['winnt4.0'] },
  { id: 'windows-2000', title: 'Windows 2000', family: 'windows-xp', order: [vd, qk, qt], ...old, cpu: 'pentium3', maxVcpus: 2, maxMemoryMiB: 3584, nics: ['pcnet', 'rtl8139'], displays: ['cirrus', 'std'], sounds: ['ac97'], quirk: 'table.quirk.win2kDisk', osinfo: ['win2k'], source: qemuInvocation },
  { id: 'windows-xp', title: 'Windows XP, Server 2003', family: 'windows-xp', isTypical: true, order: [vd, qk, vk], ...old, cpu: 'host', maxVcpus: 4, maxMemoryMiB: 3584, nics: ['e1000', 'rtl8139'], disks: ['ide', 'virtio'], displays: ['qxl', 'std'], sounds: ['ac97'], quirk: 'table.quirk.hal', osinfo: ['winxp'], source: vboxIssue(762) },
  { id: 'windows-7', title: 'Windows Vista, 7, Server 2008 R2', family: 'windows-7', isTypical: true, order: [qk, vd, vk], firmware: ['bios'], chipset: ['q35', 'pc'], cpu: 'host', nics: ['e1000', 'virtio-net-pci'], disks: ['sata', 'virtio'], displays: ['qxl', 'std'], sounds: ['hda'], quirk: 'table.quirk.sha2', osinfo: ['win7'] },
  { id: 'windows-10', title: 'Windows 8.1, 10, Server 2012 to 2022', family: 'windows-10', isTypical: true, order: [qk, vk, vd], firmware: ['uefi'], chipset: ['q35'], cpu: 'host', nics: ['virtio-net-pci', 'e1000e'], disks: ['virtio', 'sata'], displays: ['qxl', 'virtio'], sounds: ['hda'], tpm: 'optional', quirk: 'table.quirk.hyperv', osinfo: ['win10'] },
  { id: 'windows-11', title: 'Windows 11, Server 2025', family: 'windows-11', isTypical: true, order: [qk, vk, vd], firmware: ['uefi-secure'], chipset: ['q35'], cpu: 'host', minMemoryMiB: 4096, nics: ['virtio-net-pci', 'e1000e'], disks: ['virtio', 'sata', 'nvme'], displays: ['qxl', 'virtio'], sounds: ['hda'], tpm: 'required', quirk: 'table.quirk.win11', osinfo: ['win11'] },
  { id: 'linux', title: 'Linux 5 and newer', family: 'linux', isTypical: true, order: [qk, vk, vd], ...modern, nics: ['virtio-net-pci'], displays: ['virtio', 'std'], sounds: ['hda'], osinfo: ['ubuntu22.04', 'fedora37', 'linux2022'] },
  { id: 'linux-v3', title: 'RHEL 10, CentOS Stream 10', family: 'linux', order: [qk, vd], ...modern, nics: ['virtio-net-pci'], displays: ['virtio'], quirk: 'table.quirk.v3', osinfo: ['centos-stream9'], source: vboxIssue(642) },
  { id: 'linux-26', title: 'Linux 2.6 to 4', family: 'linux', order: [qk, vk, vd], firmware: ['bios'], chipset: ['pc', 'q35'], cpu: 'host', nics: ['virtio-net-pci', 'e1000'], disks: ['virtio', 'sata'], displays: ['qxl', 'cirrus'] },
  { id: 'linux-20', title: 'Linux 2.0 to 2.4', family: 'linux-old', isTypical: true, order: [vd, qt, qk], ...old, cpu: 'pentium2', nics: ['pcnet', 'ne2k_pci', 'tulip'], displays: ['cirrus'], quirk: 'table.quirk.noapic' },
  { id: 'android', title: 'Android for PCs', family: 'linux', order: [qk, vd], ...modern, nics: virtioNics, displays: ['virtio'], quirk: 'table.quirk.needs3d', osinfo: ['android-x86-9.0'] },
  { id: 'chromeos', title: 'ChromeOS Flex', family: 'linux', order: [qk], ...modern, firmware: ['uefi'], nics: ['virtio-net-pci'], displays: ['virtio'], tpm: 'optional', quirk: 'table.quirk.unsupported' },
  { id: 'freebsd', title: 'FreeBSD', family: 'freebsd', isTypical: true, order: [qk, vd, vk], ...modern, nics: virtioNics, displays: ['std'], osinfo: ['freebsd13.0'] },
  { id: 'openbsd', title: 'OpenBSD', family: 'freebsd', order: [qk, vd], ...modern, firmware: ['bios', 'uefi'], nics: ['virtio-net-pci'], displays: ['std'], osinfo: ['openbsd7.0'] },
  { id: 'netbsd', title: 'NetBSD', family: 'freebsd', order: [qk, vd], ...modern, firmware: ['bios', 'uefi'], chipset: ['pc', 'q35'], nics: virtioNics, displays: ['std'], osinfo: ['netbsd9.0'] },
  { id: 'dragonfly', title: 'DragonFly BSD', family: 'freebsd', order: [qk, vd], ...modern, firmware: ['bios'], nics: virtioNics, disks: ['sata', 'virtio'], displays: ['std'] },
  { id: 'os2', title: 'OS/2 Warp, eComStation, ArcaOS', family: 'os2', isTypical: true, order: [vd, qt, qk], ...old, cpu: 'pentium3', maxMemoryMiB: 2048, nics: ['pcnet', 'e1000'], disks: ['ide', 'sata'], displays: ['std'], sounds: ['sb16', 'ac97'], quirk: 'table.quirk.os2Tlb', source: hmr3 },
  { id: 'solaris', title: 'Solaris, illumos', family: 'other', order: [vd, qk], firmware: ['bios', 'uefi'], chipset: ['pc', 'q35'], cpu: 'host', minMemoryMiB: 2048, nics: ['e1000'], disks: ['ide', 'sata'], displays: ['std'], quirk: 'table.quirk.x2apic', osinfo: ['solaris11'] },
  { id: 'macos', title: 'macOS', family: 'other', order: [qk, vd], firmware: ['uefi'], chipset: ['q35'], cpu: 'Penryn', nics: ['e1000-82545em', 'vmxnet3', 'virtio-net-pci'], disks: ['sata', 'virtio'], displays: ['std', 'vmware'], quirk: 'table.quirk.macos', osinfo: ['macosx10.7'], source: 'https://yjlink.cc/?id=1472' },
  { id: 'haiku', title: 'Haiku', family: 'haiku', isTypical: true, order: [qk, vd], ...modern, nics: virtioNics, displays: ['std'], osinfo: ['haikur1beta3'] },
  { id: 'reactos', title: 'ReactOS', family: 'other', order: [vd, qk], ...old, cpu: 'pentium3', nics: ['e1000', 'pcnet'], displays: ['std', 'vboxvga'] },
  { id: 'beos', title: 'BeOS, Zeta', family: 'beos', isTypical: true, order: [vd, qt], ...old, cpu: 'pentium2', maxMemoryMiB: 1024, nics: ['ne2k_pci', 'rtl8139'], displays: ['std'], quirk: 'table.quirk.beos' },
  { id: 'nextstep', title: 'NeXTSTEP, OPENSTEP', family: 'nextstep', isTypical: true, order: [vd, qt], ...old, cpu: 'pentium', maxMemoryMiB: 512, nics: ['ne2k_pci', 'tulip'], displays: ['std'], sounds: ['sb16'] },
  { id: 'netware', title: 'Novell NetWare', family: 'netware', isTypical: true, order: [vd, qt], ...old, cpu: 'pentium2', nics: ['pcnet'], disks: ['ide', 'buslogic'], displays: ['cirrus'], quirk: 'table.quirk.busLogicImages' },
  { id: 'old-unix', title: 'QNX 4 and 6, SCO, UnixWare', family: 'old-unix', isTypical: true, order: [vd, qt], ...old, cpu: 'pentium2', nics: ['pcnet', 'tulip'], disks: ['ide', 'buslogic', 'lsi53c895a'], displays: ['std'] },
  { id: 'plan9', title: 'Plan 9, 9front, Minix', family: 'other', order: [qk, vd], firmware: ['bios'], chipset: ['pc'], cpu: 'host', nics: virtioNics, disks: ['virtio', 'ide'], displays: ['std'] },
  { id: 'router', title: 'Routers (OPNsense, RouterOS, VyOS)', family: 'freebsd', order: [qk, vd], ...modern, nics: ['virtio-net-pci'], disks: ['virtio'], displays: ['std'], quirk: 'table.quirk.trunk', source: 'https://github.com/Juniper/vqfx10k-vagrant/issues/9' },
  { id: 'appliance', title: 'Appliances made for VMware', family: 'other', order: [vd, qk], firmware: ['bios'], chipset: ['pc'], cpu: 'host', nics: ['e1000', 'virtio-net-pci'], disks: ['sata'], displays: ['std'], quirk: 'table.quirk.vmxnet3', source: vboxIssue(134) },
  { id: 'hypervisor', title: 'Hypervisors (ESXi, Hyper-V, Proxmox)', family: 'other', order: [qk, vd], firmware: ['uefi'], chipset: ['q35'], cpu: 'host', nics: ['vmxnet3', 'e1000e'], disks: ['sata', 'nvme', 'pvscsi'], displays: ['std'], quirk: 'table.quirk.needsNested', source: cyberusIssue(19) },
];
