// English sentences of the checks of VirtualBox, its kernel driver, and other hypervisors on this computer.
export const hostVirtualBoxTexts = {
  'host.remedy.installVirtualBox':
    'Install VirtualBox. Debian’s stable releases do not carry it; Oracle’s own packages do.',
  'host.remedy.updateVirtualBox': 'Update VirtualBox to the newest 7.2.',
  'host.remedy.kvmBuildOfVirtualBox':
    'Install a VirtualBox that contains KVM: Oracle’s test builds (7.2.97 and newer) or the Cyberus port.',
  'host.remedy.loadVboxdrv': 'Load VirtualBox’s kernel modules.',
  'host.remedy.buildVboxdrv': 'Build VirtualBox’s kernel driver for this kernel.',
  'host.remedy.restartComputer':
    'Restart the computer, so that the driver of this version is loaded.',
  'host.remedy.signVboxdrv':
    'Enrol the key the driver is signed with; the computer asks for its password at the next start.',
  'host.remedy.keepKvmFromVirtualization':
    'Keep KVM from taking the processor’s virtualization when it is loaded. Remove this again before moving to kernel 6.16.',
  'host.remedy.unloadKvm': 'Unload KVM until the next restart; machines on KVM must be off.',
  'host.remedy.findLeftoverSetting':
    'Find the setting enable_virt_at_load, remove it, and restart the computer.',
} as const;
