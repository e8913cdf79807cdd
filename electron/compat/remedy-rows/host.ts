// Remedies for processor, KVM, QEMU, memory, disk and desktop. Add a row here.
// Package names: QEMU 7.2 on Debian 12 was tried; the others follow the distributions' own package lists.
import { installRow, type RemedyRow } from './remedy-row.ts';

export const hostRemedies = {
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
  loadAnyKvm: {
    label: 'host.remedy.loadKvm',
    needs: ['root'],
    command: 'sudo modprobe kvm_intel || sudo modprobe kvm_amd',
  },
  firmwareVirtualization: { label: 'host.remedy.firmwareVirtualization', needs: ['reboot'] },
  outerHost: { label: 'host.remedy.outerHost', needs: [] },
  stopOtherHypervisor: { label: 'host.remedy.stopOtherHypervisor', needs: [] },
  lookAgain: { label: 'host.remedy.lookAgain', needs: [] },
  installQemu: installRow('host.remedy.installQemu', {
    debian: 'qemu-system-x86 qemu-utils',
    fedora: 'qemu-kvm qemu-img',
    arch: 'qemu-desktop',
    suse: 'qemu-x86 qemu-tools',
  }),
  installQemuImg: installRow('host.remedy.installQemuImg', {
    debian: 'qemu-utils',
    fedora: 'qemu-img',
    arch: 'qemu-img',
    suse: 'qemu-tools',
  }),
  installUefi: installRow('host.remedy.installUefi', {
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
  installTray: installRow('host.remedy.installTray', {
    debian: 'gnome-shell-extension-appindicator',
    fedora: 'gnome-shell-extension-appindicator',
    arch: 'gnome-shell-extension-appindicator',
    suse: 'gnome-shell-extension-appindicator',
  }),
} as const satisfies Readonly<Record<string, RemedyRow>>;
