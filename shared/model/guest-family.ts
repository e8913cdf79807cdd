// Guest families: what a system is called and the hardware it gets by default. Data; add a row for a family.
// Sources: host-compatibility notes (guest families), QEMU's own defaults, vendors' minimum requirements.
// Memory and disk are judgements: comfortable for a desktop install, not the vendors' minimum.
import type { DiskBus, DisplayAdapter } from './vm-config.ts';
import type { NicModel } from './network.ts';

export interface GuestFamily {
  readonly id: string;
  readonly title: string;
  /** Words looked for in a file name or volume label, lower case; first matching row wins. */
  readonly hints: readonly string[];
  readonly vcpus: number;
  readonly memoryMiB: number;
  readonly diskGiB: number;
  readonly chipset: 'q35' | 'pc';
  readonly firmware: 'bios' | 'uefi';
  readonly diskBus: DiskBus;
  readonly nic: NicModel;
  readonly display: DisplayAdapter;
  readonly rtcBase: 'utc' | 'localtime';
  readonly hasUsbTablet: boolean;
  /** True: old enough that software emulation runs it at a useful speed. */
  readonly isLight: boolean;
}

const modern = {
  chipset: 'q35',
  firmware: 'bios',
  diskBus: 'virtio',
  nic: 'virtio-net-pci',
  display: 'std',
  rtcBase: 'utc',
  hasUsbTablet: true,
  isLight: false,
} as const;
const windows = { ...modern, diskBus: 'sata', nic: 'e1000e', rtcBase: 'localtime' } as const;
const old = {
  chipset: 'pc',
  firmware: 'bios',
  diskBus: 'ide',
  rtcBase: 'localtime',
  hasUsbTablet: false,
  isLight: true,
} as const;

export const guestFamilies: readonly GuestFamily[] = [
  {
    id: 'demo',
    title: 'Demo (Polyvisor probe)',
    hints: ['polyvisor'],
    vcpus: 1,
    memoryMiB: 64,
    diskGiB: 1,
    ...modern,
    diskBus: 'ide',
    chipset: 'pc',
    nic: 'e1000',
    hasUsbTablet: false,
    isLight: true,
  },
  {
    id: 'windows-11',
    title: 'Windows 11',
    hints: ['win11', 'windows 11', 'windows11', 'windows_11'],
    vcpus: 4,
    memoryMiB: 8192,
    diskGiB: 80,
    ...windows,
    firmware: 'uefi',
  },
  {
    id: 'windows-server',
    title: 'Windows Server',
    hints: ['windows server', 'winserver', 'server_eval', 'sss_x64'],
    vcpus: 2,
    memoryMiB: 4096,
    diskGiB: 60,
    ...windows,
  },
  {
    id: 'windows-10',
    title: 'Windows 8 or 10',
    hints: ['win10', 'windows 10', 'windows10', 'win8', 'ccsa_x64', 'cccoma'],
    vcpus: 2,
    memoryMiB: 4096,
    diskGiB: 60,
    ...windows,
  },
  {
    id: 'windows-7',
    title: 'Windows Vista or 7',
    hints: ['win7', 'windows 7', 'vista', 'grmc'],
    vcpus: 2,
    memoryMiB: 2048,
    diskGiB: 40,
    ...windows,
    nic: 'e1000',
  },
  {
    id: 'windows-nt',
    title: 'Windows NT 3.51 or 4.0',
    hints: ['winnt', 'windows nt', 'windows_nt'],
    vcpus: 1,
    memoryMiB: 128,
    diskGiB: 2,
    ...old,
    nic: 'pcnet',
    display: 'cirrus',
  },
  {
    id: 'windows-xp',
    title: 'Windows 2000, XP or 2003',
    hints: ['winxp', 'windows xp', 'windows 2000', 'win2k', 'xp_', 'grtmp'],
    vcpus: 1,
    memoryMiB: 1024,
    diskGiB: 20,
    ...old,
    nic: 'rtl8139',
    display: 'std',
    hasUsbTablet: true,
  },
  {
    id: 'windows-9x',
    title: 'Windows 95, 98 or Me',
    hints: ['win98', 'win95', 'winme', 'windows 98', 'windows 95'],
    vcpus: 1,
    memoryMiB: 256,
    diskGiB: 4,
    ...old,
    nic: 'pcnet',
    display: 'cirrus',
  },
  {
    id: 'freebsd',
    title: 'BSD',
    hints: ['freebsd', 'openbsd', 'netbsd', 'ghostbsd', 'opnsense', 'pfsense'],
    vcpus: 2,
    memoryMiB: 2048,
    diskGiB: 20,
    ...modern,
  },
  {
    id: 'freedos',
    title: 'DOS',
    hints: ['freedos', 'msdos', 'ms-dos', 'drdos', 'fd13', 'fd14'],
    vcpus: 1,
    memoryMiB: 64,
    diskGiB: 1,
    ...old,
    nic: 'pcnet',
    display: 'cirrus',
  },
  {
    id: 'os2',
    title: 'OS/2, ArcaOS',
    hints: ['os2', 'os/2', 'warp', 'arcaos', 'ecomstation'],
    vcpus: 1,
    memoryMiB: 512,
    diskGiB: 4,
    ...old,
    nic: 'pcnet',
    display: 'std',
  },
  {
    id: 'haiku',
    title: 'Haiku',
    hints: ['haiku'],
    vcpus: 2,
    memoryMiB: 1024,
    diskGiB: 16,
    ...modern,
    diskBus: 'sata',
    nic: 'e1000',
  },
  {
    id: 'linux-old',
    title: 'Linux 2.0 to 2.4',
    // Nothing in a name tells them from newer ones.
    hints: [],
    vcpus: 1,
    memoryMiB: 128,
    diskGiB: 4,
    ...old,
    nic: 'pcnet',
    display: 'cirrus',
    rtcBase: 'utc',
  },
  {
    id: 'netware',
    title: 'Novell NetWare',
    hints: ['netware', 'nwserv'],
    vcpus: 1,
    memoryMiB: 256,
    diskGiB: 4,
    ...old,
    nic: 'pcnet',
    display: 'cirrus',
  },
  {
    id: 'beos',
    title: 'BeOS, Zeta',
    hints: ['beos'],
    vcpus: 1,
    memoryMiB: 256,
    diskGiB: 4,
    ...old,
    nic: 'ne2k_pci',
    display: 'std',
  },
  {
    id: 'nextstep',
    title: 'NeXTSTEP, OPENSTEP',
    hints: ['nextstep', 'openstep'],
    vcpus: 1,
    memoryMiB: 64,
    diskGiB: 2,
    ...old,
    nic: 'ne2k_pci',
    display: 'std',
  },
  {
    id: 'old-unix',
    title: 'QNX 4 and 6, SCO, UnixWare',
    hints: ['qnx', 'unixware', 'openserver', 'sco unix'],
    vcpus: 1,
    memoryMiB: 128,
    diskGiB: 4,
    ...old,
    nic: 'pcnet',
    display: 'std',
  },
  {
    id: 'linux',
    title: 'Linux',
    hints: [
      'linux',
      'ubuntu',
      'debian',
      'fedora',
      'mint',
      'arch',
      'alpine',
      'suse',
      'rocky',
      'alma',
      'centos',
      'kali',
      'gentoo',
      'nixos',
      'manjaro',
      'void',
      'slackware',
      'rhel',
      'proxmox',
      'tails',
    ],
    vcpus: 2,
    memoryMiB: 2048,
    diskGiB: 25,
    ...modern,
  },
  {
    id: 'other',
    title: 'Something else',
    hints: [],
    vcpus: 1,
    memoryMiB: 1024,
    diskGiB: 16,
    ...modern,
    diskBus: 'sata',
    nic: 'e1000',
  },
];

export const otherFamily: GuestFamily = guestFamilies[guestFamilies.length - 1]!;

export const familyById = (id: string): GuestFamily =>
  guestFamilies.find((family) => family.id === id) ?? otherFamily;

/** Guesses the family from a file name and volume label; `undefined` = no hint matched. */
export const guessFamily = (...texts: readonly (string | undefined)[]): GuestFamily | undefined => {
  const haystack = texts
    .filter((t) => t !== undefined)
    .join(' ')
    .toLowerCase();
  return guestFamilies.find((family) => family.hints.some((hint) => haystack.includes(hint)));
};
