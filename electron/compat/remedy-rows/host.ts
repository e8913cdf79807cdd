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
  loginAgain: {
    label: 'host.remedy.loginAgain',
    needs: ['relogin'],
  },
  splitLockOnce: {
    label: 'host.remedy.splitLockOnce',
    needs: ['root'],
    command: 'sudo sysctl -w kernel.split_lock_mitigate=0',
  },
  splitLockAlways: {
    label: 'host.remedy.splitLockAlways',
    needs: ['root'],
    command: 'echo kernel.split_lock_mitigate=0 | sudo tee /etc/sysctl.d/60-splitlock.conf',
  },
  no5lvl: {
    label: 'host.remedy.no5lvl',
    needs: ['root', 'reboot'],
  },
  iommuIntel: {
    label: 'host.remedy.iommuIntel',
    needs: ['root', 'reboot'],
    command: {
      fedora: 'sudo grubby --update-kernel=ALL --args=intel_iommu=on',
    },
  },
  flatpakKvm: {
    label: 'host.remedy.flatpakKvm',
    needs: [],
    command: 'flatpak override --user --device=kvm "$FLATPAK_ID"',
  },
  snapKvm: {
    label: 'host.remedy.snapKvm',
    needs: ['root'],
    command: 'sudo snap connect polyvisor:kvm',
  },
  nestedIntel: {
    label: 'host.remedy.nested',
    needs: ['root'],
    command:
      "echo 'options kvm_intel nested=1' | sudo tee /etc/modprobe.d/kvm-nested.conf && sudo modprobe -r kvm_intel && sudo modprobe kvm_intel",
  },
  nestedAmd: {
    label: 'host.remedy.nested',
    needs: ['root'],
    command:
      "echo 'options kvm_amd nested=1' | sudo tee /etc/modprobe.d/kvm-nested.conf && sudo modprobe -r kvm_amd && sudo modprobe kvm_amd",
  },
  hugePages: {
    label: 'host.remedy.hugePages',
    needs: ['root'],
    command: 'sudo sysctl -w vm.nr_hugepages=1024',
  },
  memLock: {
    label: 'host.remedy.memLock',
    needs: ['root', 'relogin'],
    command: 'echo "$USER - memlock unlimited" | sudo tee /etc/security/limits.d/90-vm.conf',
  },
  installQemuParts: installRow('host.remedy.installQemuParts', {
    debian: 'qemu-system-gui qemu-block-extra',
    fedora: 'qemu-ui-gtk qemu-ui-spice-core qemu-block-ssh qemu-audio-pipewire',
    arch: 'qemu-full',
    suse: 'qemu-ui-gtk qemu-spice qemu-block-ssh',
  }),
  installSwtpm: installRow('host.remedy.installSwtpm', {
    debian: 'swtpm swtpm-tools',
    fedora: 'swtpm swtpm-tools',
    arch: 'swtpm',
    suse: 'swtpm',
  }),
  installVirtiofsd: installRow('host.remedy.installVirtiofsd', {
    debian: 'virtiofsd',
    fedora: 'virtiofsd',
    arch: 'virtiofsd',
    suse: 'virtiofsd',
  }),
  installPasst: installRow('host.remedy.installPasst', {
    debian: 'passt',
    fedora: 'passt',
    arch: 'passt',
    suse: 'passt',
  }),
  libvirtImages: {
    label: 'host.remedy.libvirtImages',
    needs: ['root'],
    command: 'sudo mv DISK /var/lib/libvirt/images/',
  },
  restoreLabels: {
    label: 'host.remedy.restoreLabels',
    needs: ['root'],
    command: 'sudo restorecon -Rv FOLDER',
  },
  joinLibvirt: {
    label: 'host.remedy.joinLibvirt',
    needs: ['root', 'relogin'],
    command: 'sudo usermod -aG libvirt "$USER"',
  },
  startLibvirt: {
    label: 'host.remedy.startLibvirt',
    needs: ['root'],
    command: {
      debian: 'sudo systemctl enable --now libvirtd',
      fedora: 'sudo systemctl enable --now virtqemud.socket virtnetworkd.socket',
      arch: 'sudo systemctl enable --now libvirtd',
      suse: 'sudo systemctl enable --now virtqemud.socket virtnetworkd.socket',
    },
  },
  openHome: {
    label: 'host.remedy.openHome',
    needs: [],
    command: {
      debian: 'setfacl -m u:libvirt-qemu:x "$HOME"',
      fedora: 'setfacl -m u:qemu:x "$HOME"',
      arch: 'setfacl -m u:libvirt-qemu:x "$HOME"',
      suse: 'setfacl -m u:qemu:x "$HOME"',
    },
  },
  usbRule: {
    label: 'host.remedy.usbRule',
    needs: ['root'],
    command:
      'echo \'SUBSYSTEM=="usb", ATTR{idVendor}=="1234", TAG+="uaccess"\' | sudo tee /etc/udev/rules.d/70-vm-usb.rules && sudo udevadm control --reload && sudo udevadm trigger',
  },
  stopVmware: {
    label: 'host.remedy.stopVmware',
    needs: ['root'],
    command: 'sudo systemctl stop vmware',
  },
  bootPlainKernel: {
    label: 'host.remedy.bootPlainKernel',
    needs: ['reboot'],
  },
} as const satisfies Readonly<Record<string, RemedyRow>>;
