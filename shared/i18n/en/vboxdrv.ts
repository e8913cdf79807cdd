// English sentences about VirtualBox's kernel driver, alone and beside KVM. `because.*` are clauses that complete
// "because ...".
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

  'vboxdrv.because.ready': 'VirtualBox’s kernel driver is ready',
  'vboxdrv.because.notChecked': 'VirtualBox’s kernel driver has not been looked at yet',
  'vboxdrv.because.couldNotLook': 'VirtualBox’s kernel driver could not be looked at',
  'vboxdrv.because.notLoaded': 'VirtualBox’s kernel driver is not loaded',
  'vboxdrv.because.notLoadedNoVirtualization':
    'VirtualBox’s kernel driver is missing, and the processor offers no hardware virtualization it could use',
  'vboxdrv.because.notBuilt': 'VirtualBox’s kernel driver is not built for kernel {kernel}',
  'vboxdrv.because.notSigned':
    'VirtualBox’s kernel driver is not loaded, and Secure Boot takes only a signed one',
  'vboxdrv.because.deviceDead': 'nothing answers behind the device of VirtualBox’s kernel driver',
  'vboxdrv.because.denied': 'you may not use VirtualBox’s kernel driver',
  'vboxdrv.because.mismatch':
    'VirtualBox is version {program} and its kernel driver is version {driver}',
  'vboxdrv.because.noVirtualization': 'the processor offers no hardware virtualization here',
  'vboxdrv.because.kvmKeepsVirtualization':
    'KVM keeps the processor’s virtualization switched on for itself on this kernel',
  'vboxdrv.because.tooOldForKernel': 'this VirtualBox is too old for kernel {kernel}',
  'vboxdrv.because.wantsKvmModule':
    'this VirtualBox wants the KVM module on this kernel, and it is not loaded',
  'vboxdrv.because.leftoverSetting':
    'a setting left over from an older guide to VirtualBox would break or freeze this computer',
  'vboxdrv.because.versionCrashesKernel': 'this very version of VirtualBox can crash this kernel',
  'vboxdrv.because.forced': 'you chose to use it here in spite of its check',
  'vboxdrv.because.kvmNeedsXsave':
    'this processor lacks XSAVE, which VirtualBox needs to run on KVM',
  'vboxdrv.because.kvmMeasuredByEmulator':
    'KVM works here, as measured with the self-test, and this VirtualBox can use it',
  'vboxdrv.because.softwareInterpreter':
    'VirtualBox interprets guest code here, which needs nothing from this computer and is very slow',
} as const;
