// English sentences of the host area: titles of checks, what is true, and what a person can do.
export const hostTexts = {
  'host.check.cpuVirt': 'Hardware virtualization',
  'host.check.cpuInVm': 'Computer or virtual machine',
  'host.check.kvmMod': 'KVM module',
  'host.check.kvmDev': 'KVM device',
  'host.check.kvmPerm': 'Permission for KVM',
  'host.check.kvmSpeed': 'Speed of KVM',
  'host.check.qemu': 'QEMU',
  'host.check.qemuImg': 'Disk image tool',
  'host.check.qemuFirmware': 'UEFI firmware for guests',
  'host.check.memory': 'Memory',
  'host.check.disk': 'Disk space',
  'host.check.ports': 'Network ports',
  'host.check.ipv6': 'IPv6',
  'host.check.userns': 'User namespaces',
  'host.check.session': 'User session',
  'host.check.tray': 'Tray icons',

  'host.sentence.running': 'Looking …',
  'host.sentence.couldNotLook': '{what} could not be checked. That is not a no.',
  'host.sentence.cpuVirtYes': 'The processor offers {name}.',
  'host.sentence.cpuVirtNo':
    'The processor offers no hardware virtualization to Linux: it is missing or, more likely, switched off in the firmware.',
  'host.sentence.cpuVirtGuest':
    'The processor offers no hardware virtualization, since this computer is itself a virtual machine whose host does not pass it through.',
  'host.sentence.cpuRealHost': 'This computer is not a virtual machine.',
  'host.sentence.cpuNested':
    'This computer is itself a virtual machine; its host passes virtualization through, which costs some speed.',
  'host.sentence.cpuNotNested':
    'This computer is itself a virtual machine, and its host does not pass virtualization through.',
  'host.sentence.kvmModYes': 'The KVM module for this processor is loaded ({module}).',
  'host.sentence.kvmModOther':
    'KVM comes from the module {module} instead of one for the processor: its speed decides whether it is of use.',
  'host.sentence.kvmModBuiltIn':
    'No KVM module is loaded, yet the device is there: KVM is part of the kernel.',
  'host.sentence.kvmModNo': 'The KVM module is not loaded.',
  'host.sentence.kvmDevYes': 'The KVM device is there.',
  'host.sentence.kvmDevNo': 'There is no KVM device.',
  'host.sentence.kvmDevBusy': 'Another program holds the processor’s virtualization.',
  'host.sentence.kvmPermYes': 'You may use KVM.',
  'host.sentence.kvmPermNo': 'You are not allowed to use KVM.',
  'host.sentence.kvmPermNothing': 'There is no KVM to be allowed to.',
  'host.sentence.kvmSpeedNothing': 'There is no KVM to measure.',
  'host.sentence.kvmSpeedNotAllowed':
    'KVM could not be measured, since you are not allowed to use it.',
  'host.sentence.kvmCannotCreate': 'KVM refuses to create a machine.',
  'host.sentence.kvmCrashes': 'KVM is present, but the self-test stops in it ({how}).',
  'host.sentence.kvmSlow':
    'KVM is present but slower than software emulation: the self-test took about {times} times as long.',
  'host.sentence.kvmSlowAndStops':
    'KVM is present but slower than software emulation: the self-test took about {times} times as long and then stopped.',
  'host.sentence.kvmSlowAtLeast':
    'KVM is present but slower than software emulation: the self-test took at least {times} times as long and was ended.',
  'host.sentence.kvmHealthy':
    'KVM works: the self-test took {times} times as long as in software, most of it for starting.',
  'host.sentence.kvmUndecided':
    'The speed of KVM could not be decided ({detail}). That is not a no.',
  'host.sentence.qemuYes': 'QEMU {version} is installed.',
  'host.sentence.qemuNo': 'QEMU is not installed.',
  'host.sentence.qemuBroken': 'QEMU is installed but does not work.',
  'host.sentence.qemuImgYes': 'The disk image tool is installed (version {version}).',
  'host.sentence.qemuImgNo':
    'The disk image tool is not installed: disks cannot be made or looked at.',
  'host.sentence.uefiYes': 'UEFI firmware for guests is installed, without Secure Boot.',
  'host.sentence.uefiSecure':
    'UEFI firmware for guests is installed, with and without Secure Boot.',
  'host.sentence.uefiNo':
    'No UEFI firmware for guests is installed: machines start with a BIOS only.',
  'host.sentence.memoryYes': '{available} MiB of {total} MiB of memory are free.',
  'host.sentence.memoryLittle':
    'Only {available} MiB of {total} MiB of memory are free: larger machines may exhaust it.',
  'host.sentence.diskYes': '{gib} GiB are free where machines are kept.',
  'host.sentence.diskLittle':
    'Only {gib} GiB are free in {path}: guests stop when their disk cannot grow.',
  'host.sentence.ports': 'Port forwards are possible from port {lowest} up.',
  'host.sentence.ipv6Yes': 'This computer has IPv6.',
  'host.sentence.ipv6No': 'This computer has no IPv6; guests use IPv4.',
  'host.sentence.usernsYes': 'Ordinary programs may use user namespaces.',
  'host.sentence.usernsNo':
    'User namespaces are restricted ({path}): the sandbox of this window and some networks need them.',
  'host.sentence.sessionYes':
    'systemd runs for your session: machines keep running when you log out.',
  'host.sentence.sessionNo':
    'systemd does not run for your session: machines keep running when this window closes, but may end when you log out.',
  'host.sentence.trayYes': 'Your desktop shows tray icons.',
  'host.sentence.trayNo': 'Your desktop shows no tray icons; the window stays in reach instead.',
  'host.sentence.noBus': 'There is no desktop session, so no tray icon either.',

  'host.remedy.joinKvmGroup': 'Join the group kvm, then log in again.',
  'host.remedy.grantKvmOnce': 'Allow it until the next restart.',
  'host.remedy.loadKvm': 'Load the KVM module.',
  'host.remedy.firmwareVirtualization':
    'Switch on “Intel VT-x” or “SVM Mode” in the firmware set-up of this computer.',
  'host.remedy.outerHost':
    'On the computer that runs this one, switch on nested virtualization for it, then switch it off and on.',
  'host.remedy.stopOtherHypervisor':
    'Stop the machines of other programs (VirtualBox, VMware), then look again.',
  'host.remedy.lookAgain': 'Look again.',
  'host.remedy.installQemu': 'Install QEMU.',
  'host.remedy.installQemuImg': 'Install the disk image tool.',
  'host.remedy.installUefi': 'Install UEFI firmware for guests.',
  'host.remedy.allowLowPorts': 'Allow ports from 80 up, until the next restart.',
  'host.remedy.useOtherPort': 'Use a higher host port.',
  'host.remedy.lessMemory': 'Give the machine less memory, or stop another one.',
  'host.remedy.freeSpace': 'Free some space, or keep machines elsewhere.',
  'host.remedy.convertDisk': 'Convert the disk to qcow2.',
  'host.remedy.allowUserNamespaces': 'Allow user namespaces, until the next restart.',
  'host.remedy.installPackage':
    'Install Polyvisor from its .deb package, which brings the profile this system asks for.',
  'host.remedy.installTray': 'Install the tray extension for GNOME, then log in again.',
} as const;
