// What a person can do about a failed check or feature, per family of distributions. Commands are shown with
// a copy button and never run from here. Add a row here for a new remedy.
// Package names: QEMU 7.2 on Debian 12 was tried; the others follow the distributions' own package lists.
import type { Remedy } from '../../shared/model/compat.ts';
import type { MessageKey } from '../../shared/i18n/catalog.en.ts';
import { text } from '../../shared/model/text.ts';
import type { DistributionFamily } from './host-facts.ts';

interface RemedyRow {
  readonly label: MessageKey;
  readonly needs: Remedy['needs'];
  /** One command for all, one per family (missing families show the label alone), or none. */
  readonly command?: string | Partial<Readonly<Record<DistributionFamily, string>>>;
}

const install = (
  label: MessageKey,
  packages: Readonly<Record<Exclude<DistributionFamily, 'other'>, string>>,
): RemedyRow => ({
  label,
  needs: ['root'],
  command: {
    debian: `sudo apt install ${packages.debian}`,
    fedora: `sudo dnf install ${packages.fedora}`,
    arch: `sudo pacman -S ${packages.arch}`,
    suse: `sudo zypper install ${packages.suse}`,
  },
});

const rows = {
  joinKvmGroup: {
    label: 'host.remedy.joinKvmGroup',
    needs: ['root', 'relogin'],
    command: 'sudo usermod -aG kvm "$USER"',
  },
  grantKvmOnce: {
    label: 'host.remedy.grantKvmOnce',
    needs: ['root'],
    command: 'sudo setfacl -m "u:$USER:rw" /dev/kvm',
  },
  loadKvmIntel: {
    label: 'host.remedy.loadKvm',
    needs: ['root'],
    command: 'sudo modprobe kvm_intel',
  },
  loadKvmAmd: {
    label: 'host.remedy.loadKvm',
    needs: ['root'],
    command: 'sudo modprobe kvm_amd',
  },
  firmwareVirtualization: { label: 'host.remedy.firmwareVirtualization', needs: ['reboot'] },
  outerHost: { label: 'host.remedy.outerHost', needs: [] },
  stopOtherHypervisor: { label: 'host.remedy.stopOtherHypervisor', needs: [] },
  lookAgain: { label: 'host.remedy.lookAgain', needs: [] },
  installQemu: install('host.remedy.installQemu', {
    debian: 'qemu-system-x86 qemu-utils',
    fedora: 'qemu-kvm qemu-img',
    arch: 'qemu-desktop',
    suse: 'qemu-x86 qemu-tools',
  }),
  installQemuImg: install('host.remedy.installQemuImg', {
    debian: 'qemu-utils',
    fedora: 'qemu-img',
    arch: 'qemu-img',
    suse: 'qemu-tools',
  }),
  installUefi: install('host.remedy.installUefi', {
    debian: 'ovmf',
    fedora: 'edk2-ovmf',
    arch: 'edk2-ovmf',
    suse: 'qemu-ovmf-x86_64',
  }),
  allowLowPorts: {
    label: 'host.remedy.allowLowPorts',
    needs: ['root'],
    command: 'sudo sysctl -w net.ipv4.ip_unprivileged_port_start=80',
  },
  useOtherPort: { label: 'host.remedy.useOtherPort', needs: [] },
  lessMemory: { label: 'host.remedy.lessMemory', needs: [] },
  freeSpace: { label: 'host.remedy.freeSpace', needs: [] },
  convertDisk: { label: 'host.remedy.convertDisk', needs: [] },
  allowUserNamespaces: {
    label: 'host.remedy.allowUserNamespaces',
    needs: ['root'],
    command: 'sudo sysctl -w kernel.unprivileged_userns_clone=1',
  },
  installPackage: { label: 'host.remedy.installPackage', needs: ['root'] },
  installTray: install('host.remedy.installTray', {
    debian: 'gnome-shell-extension-appindicator',
    fedora: 'gnome-shell-extension-appindicator',
    arch: 'gnome-shell-extension-appindicator',
    suse: 'gnome-shell-extension-appindicator',
  }),
} as const satisfies Readonly<Record<string, RemedyRow>>;

export type RemedyKey = keyof typeof rows;
export const remedyKeys = Object.keys(rows) as readonly RemedyKey[];

/** The remedy for this family; without a known command only the sentence. */
export const remedy = (key: RemedyKey, family: DistributionFamily): Remedy => {
  const row: RemedyRow = rows[key];
  const command = typeof row.command === 'object' ? row.command[family] : row.command;
  return {
    label: text(row.label),
    needs: row.needs,
    ...(command === undefined ? {} : { command }),
  };
};
