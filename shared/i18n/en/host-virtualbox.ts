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
  'host.check.vbVersion': 'VirtualBox',
  'host.check.vbKvm': 'VirtualBox on KVM',
  'host.check.vbDriverLoaded': 'Kernel driver',
  'host.check.vbDriverBuilt': 'Kernel driver for this kernel',
  'host.check.vbSigned': 'Kernel driver and Secure Boot',
  'host.check.vbKconfig': 'Kernel options',
  'host.check.vbMatch': 'Version of the kernel driver',
  'host.check.avl': 'Kernel driver beside KVM',
  'host.check.hvKvm': 'Machines on KVM',
  'host.check.hvVbox': 'Machines on the kernel driver',
  'host.check.vbHardening': 'Hardening',
  'host.check.vbService': 'VirtualBox’s service',
  'host.check.vbPacks': 'Extension packs',
  'host.check.vbUsers': 'USB devices in VirtualBox',
  'host.check.vbNetModules': 'VirtualBox’s networks',
  'host.check.vbHostOnly': 'Host-only addresses',

  'host.sentence.vbYes': 'VirtualBox {version} is installed.',
  'host.sentence.vbDevelopment':
    'VirtualBox {version} is installed, a development build of Oracle’s.',
  'host.sentence.vbNo': 'VirtualBox is not installed.',
  'host.sentence.vbBroken': 'VirtualBox is installed but does not work.',
  'host.sentence.vbKvmYes': 'This VirtualBox can use KVM.',
  'host.sentence.vbKvmNo': 'This VirtualBox was built without KVM.',
  'host.sentence.vbDriverYes': 'VirtualBox’s kernel driver is loaded.',
  'host.sentence.vbDriverNo':
    'VirtualBox’s kernel driver is not loaded, so its own engine cannot run.',
  'host.sentence.vbDriverDead':
    'VirtualBox’s kernel driver has a device, but nothing answers behind it.',
  'host.sentence.vbDriverDenied': 'You may not use VirtualBox’s kernel driver.',
  'host.sentence.vbBuiltYes':
    'VirtualBox’s kernel driver is built for kernel {kernel}; it is not loaded.',
  'host.sentence.vbBuiltNo': 'VirtualBox’s kernel driver is not built for kernel {kernel}.',
  'host.sentence.vbBuiltNoHeaders':
    'VirtualBox’s kernel driver is not built for kernel {kernel}, whose headers are missing too.',
  'host.sentence.vbSignedYes':
    'Secure Boot is on, and VirtualBox’s kernel driver is loaded all the same.',
  'host.sentence.vbSignedNo':
    'Secure Boot blocks VirtualBox’s unsigned kernel driver. KVM needs no driver and works.',
  'host.sentence.vbSignedLater':
    'Secure Boot is on: VirtualBox’s kernel driver will have to be signed.',
  'host.sentence.vbKconfigYes': 'This kernel has the options VirtualBox’s driver needs.',
  'host.sentence.vbKconfigNo': 'This kernel lacks what VirtualBox’s driver needs ({options}).',
  'host.sentence.vbMatchYes': 'VirtualBox and its kernel driver are both version {version}.',
  'host.sentence.vbMatchNo':
    'VirtualBox is version {program} and its kernel driver is version {driver}.',
  'host.sentence.hvKvmNone': 'No machine runs on KVM now.',
  'host.sentence.hvKvmSome': 'KVM is in use: {names}. VirtualBox’s own engine has to wait.',
  'host.sentence.hvVboxNone': 'No machine runs on VirtualBox’s kernel driver now.',
  'host.sentence.hvVboxSome': 'VirtualBox’s own engine is in use: {names}. KVM has to wait.',
  'host.sentence.vbHardened':
    'VirtualBox’s programs are hardened: they start with root’s rights to open the kernel driver, and without it only on the ways Polyvisor knows.',
  'host.sentence.vbNotHardened':
    'VirtualBox’s programs are not hardened: they open the kernel driver with your own rights.',
  'host.sentence.vbServiceYes': 'VirtualBox’s service is that of the installed version.',
  'host.sentence.vbServiceOld': 'A VirtualBox service of an older installation is still running.',
  'host.sentence.vbPacksYes': 'Installed: {names}.',
  'host.sentence.vbPacksNo':
    'No extension pack is installed: the screen of a machine is shown as pictures.',
  'host.sentence.vbPacksOld': '{name} is of another version ({version}) than VirtualBox.',
  'host.sentence.vbUsersYes': 'USB devices can be attached in VirtualBox.',
  'host.sentence.vbUsersLater':
    'You were added to the group vboxusers, which counts from your next login on.',
  'host.sentence.vbUsersNo':
    'USB devices cannot be attached in VirtualBox, since you are not in the group vboxusers.',
  'host.sentence.vbNetModulesYes': 'VirtualBox’s own networks are available.',
  'host.sentence.vbNetModulesNo':
    'VirtualBox’s network modules are missing: bridged, host-only, internal and NAT networks do not work.',
  'host.sentence.vbHostOnlyOwn': 'Host-only networks may have addresses in {ranges}.',
  'host.sentence.vbHostOnlyUsual': 'VirtualBox allows host-only addresses only in 192.168.56.0/21.',

  'host.remedy.joinVboxusers': 'Join the group vboxusers, then log in again.',
  'host.remedy.loadVboxnet': 'Load VirtualBox’s network modules.',
  'host.remedy.hostOnlyRange': 'Allow more addresses.',
  'host.remedy.installPack':
    'Install the package with the VNC extension pack, where your distribution has one.',
  'host.remedy.updatePack': 'Install the extension pack of VirtualBox’s own version.',
  'host.remedy.endService': 'Stop all machines of VirtualBox, then end that service.',
  'host.remedy.stopMachinesOnKvm': 'Stop them, or start the machine on KVM too.',
  'host.remedy.stopMachinesOnVirtualBox': 'Stop them, or run them on KVM too.',
} as const;
