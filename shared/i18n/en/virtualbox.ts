// English sentences about VirtualBox: why a machine did not start, how it starts. The code itself is shown beside.
export const virtualboxTexts = {
  'virtualbox.start.driverMissing':
    'VirtualBox’s kernel driver is not loaded, so its own engine cannot run.',
  'virtualbox.start.driverNotAccessible':
    'VirtualBox’s kernel driver is loaded, but you may not use it.',
  'virtualbox.start.driverDead':
    'VirtualBox’s kernel driver has a device file, but nothing answers behind it.',
  'virtualbox.start.driverOpenError': 'VirtualBox’s kernel driver could not be opened.',
  'virtualbox.start.driverMismatch':
    'VirtualBox’s kernel driver is of another version than VirtualBox itself.',
  'virtualbox.start.driverless':
    'VirtualBox runs without its kernel driver here, and no other engine was left to it.',
  'virtualbox.start.driverlessNetwork':
    'The network “{network}” needs VirtualBox’s kernel driver, which is not loaded.',
  'virtualbox.start.noHardware': 'The processor offers VirtualBox no hardware virtualization.',
  'virtualbox.start.disabledInFirmware':
    'Hardware virtualization is switched off in the computer’s firmware.',
  'virtualbox.start.inUse':
    'Another hypervisor, most likely KVM, holds the processor’s virtualization.',
  'virtualbox.start.hostNotEnabled':
    'The kernel did not switch the processor’s virtualization on for VirtualBox. A setting left over from an older guide (enable_virt_at_load=0) does that.',
  'virtualbox.start.kvmNotInBuild': 'This VirtualBox was built without KVM.',
  'virtualbox.start.kvmNotPermitted': 'You may not use KVM on this computer.',
  'virtualbox.start.kvmMissing': 'KVM is not loaded on this computer.',
  'virtualbox.start.kvmLacks': 'KVM lacks a feature that VirtualBox needs ({feature}).',
  'virtualbox.start.kvmFailed': 'KVM is there, but VirtualBox could not start a machine on it.',
  'virtualbox.start.interfaceMissing':
    'This computer has no network interface {network}, which the machine is attached to.',
  'virtualbox.start.nestedNeedsDriver':
    'Virtualization inside the machine is switched on, and that needs VirtualBox’s kernel driver.',
  'virtualbox.route.headless':
    'It runs without a window of its own, on VirtualBox’s kernel driver.',
  'virtualbox.route.headlessBuild':
    'It runs without a window of its own: this VirtualBox does not need its kernel driver.',
  'virtualbox.route.hiddenDisplay':
    'VirtualBox’s kernel driver is not loaded, and only VirtualBox’s program with a window starts without it: it runs on a hidden display of its own.',
  'virtualbox.absent.kvm': 'this VirtualBox was built without KVM',
  'virtualbox.absent.vboxdrv': 'this VirtualBox was built for KVM alone',
  'virtualbox.engineSetting.warning':
    'VirtualBox raises the version of this machine’s settings for good when an engine is written into it. An older VirtualBox cannot read it afterwards, not even after the choice is taken back.',
  'virtualbox.start.unknown': 'VirtualBox says: {message}',
} as const;
