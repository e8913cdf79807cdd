// English sentences about VirtualBox's kernel driver beside KVM.
export const vboxdrvTexts = {
  'vboxdrv.good': 'VirtualBox’s own engine can run on this kernel.',
  'vboxdrv.notBesideKvm':
    'A machine on KVM is running; VirtualBox’s own engine must not run at the same time.',
  'vboxdrv.kvmKeepsVirtualization':
    'KVM keeps the processor’s virtualization switched on for itself on this kernel, so VirtualBox’s own engine cannot start.',
  'vboxdrv.tooOldForKernel': 'This VirtualBox is too old for this kernel.',
  'vboxdrv.wantsKvmModule':
    'This VirtualBox wants the KVM module on this kernel: load it, or update VirtualBox.',
  'vboxdrv.leftoverSetting':
    'A setting left over from an older guide to VirtualBox now breaks or freezes this computer: remove it before using VirtualBox’s own engine.',
  'vboxdrv.versionCrashesKernel':
    'This very version of VirtualBox can crash this kernel: update VirtualBox to 7.2.14 or newer first.',
} as const;
