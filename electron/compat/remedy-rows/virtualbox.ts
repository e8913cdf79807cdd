// Remedies for VirtualBox, its kernel driver and what stands beside it. Add a row here.
// Commands follow the distributions' own packages and Oracle's; none was run here, where no kernel driver can be built.
import { installRow, type RemedyRow } from './remedy-row.ts';

export const virtualBoxRemedies = {
  installVirtualBox: installRow('host.remedy.installVirtualBox', {
    debian: 'virtualbox virtualbox-dkms',
    fedora: 'VirtualBox akmod-VirtualBox',
    arch: 'virtualbox virtualbox-host-modules-arch',
    suse: 'virtualbox',
  }),
  updateVirtualBox: { label: 'host.remedy.updateVirtualBox', needs: ['root'] },
  kvmBuildOfVirtualBox: { label: 'host.remedy.kvmBuildOfVirtualBox', needs: ['root'] },
  loadVboxdrv: {
    label: 'host.remedy.loadVboxdrv',
    needs: ['root'],
    command: 'sudo modprobe vboxdrv && sudo modprobe -a vboxnetflt vboxnetadp',
  },
  buildVboxdrv: {
    label: 'host.remedy.buildVboxdrv',
    needs: ['root'],
    command: {
      debian:
        'sudo apt install virtualbox-dkms linux-headers-$(uname -r) && sudo dkms autoinstall -k $(uname -r) && sudo modprobe vboxdrv',
      fedora:
        'sudo dnf install akmod-VirtualBox kernel-devel-$(uname -r) && sudo akmods --kernels $(uname -r) && sudo systemctl restart vboxdrv.service',
      arch: 'sudo pacman -S virtualbox-host-modules-arch && sudo modprobe vboxdrv',
      suse: 'sudo zypper install virtualbox-kmp-default && sudo modprobe vboxdrv',
    },
  },
  vboxconfig: {
    label: 'host.remedy.buildVboxdrv',
    needs: ['root'],
    command: 'sudo /sbin/vboxconfig',
  },
  restartComputer: { label: 'host.remedy.restartComputer', needs: ['reboot'] },
  signVboxdrv: {
    label: 'host.remedy.signVboxdrv',
    needs: ['root', 'reboot'],
    command: {
      debian: 'sudo mokutil --import /var/lib/dkms/mok.pub',
      fedora:
        'sudo kmodgenca -a && sudo mokutil --import /etc/pki/akmods/certs/public_key.der && sudo akmods --force',
    },
  },
  keepKvmFromVirtualization: {
    label: 'host.remedy.keepKvmFromVirtualization',
    needs: ['root', 'reboot'],
    command: "echo 'options kvm enable_virt_at_load=0' | sudo tee /etc/modprobe.d/vbox-kvm.conf",
  },
  unloadKvm: {
    label: 'host.remedy.unloadKvm',
    needs: ['root'],
    command: 'sudo modprobe -r kvm_intel kvm_amd kvm',
  },
  findLeftoverSetting: {
    label: 'host.remedy.findLeftoverSetting',
    needs: ['root', 'reboot'],
    command:
      'grep -rn enable_virt_at_load /etc/modprobe.d /run/modprobe.d /usr/lib/modprobe.d /etc/default/grub /proc/cmdline',
  },
  joinVboxusers: {
    label: 'host.remedy.joinVboxusers',
    needs: ['root', 'relogin'],
    command: 'sudo usermod -aG vboxusers "$USER"',
  },
  loadVboxnet: {
    label: 'host.remedy.loadVboxnet',
    needs: ['root'],
    command: 'sudo modprobe -a vboxnetflt vboxnetadp',
  },
  hostOnlyRange: {
    label: 'host.remedy.hostOnlyRange',
    needs: ['root'],
    command:
      "sudo mkdir -p /etc/vbox && echo '* 10.0.0.0/8 192.168.0.0/16' | sudo tee /etc/vbox/networks.conf",
  },
  installPack: {
    label: 'host.remedy.installPack',
    needs: ['root'],
    command: {
      arch: 'sudo pacman -S virtualbox-ext-vnc',
      suse: 'sudo zypper install virtualbox-vnc',
    },
  },
  updatePack: {
    label: 'host.remedy.updatePack',
    needs: ['root'],
  },
  endService: {
    label: 'host.remedy.endService',
    needs: [],
  },
  stopMachinesOnKvm: {
    label: 'host.remedy.stopMachinesOnKvm',
    needs: [],
  },
  stopMachinesOnVirtualBox: {
    label: 'host.remedy.stopMachinesOnVirtualBox',
    needs: [],
  },
} as const satisfies Readonly<Record<string, RemedyRow>>;
