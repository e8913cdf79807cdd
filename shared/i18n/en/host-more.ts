// English sentences of the checks of processor, KVM, QEMU and its neighbours that few people need.
export const hostMoreTexts = {
  'host.check.cpuBios': 'Virtualization in the firmware',
  'host.check.cpuXsave': 'XSAVE',
  'host.check.cpuSplitLock': 'Split locks',
  'host.check.cpuLa57': '5-level paging',
  'host.check.iommu': 'Devices for guests (IOMMU)',
  'host.check.hvOthers': 'Other hypervisors',
  'host.check.kvmSandbox': 'KVM and the sandbox',
  'host.check.kvmPvm': 'Kind of KVM',
  'host.check.kvmSmm': 'Secure Boot for guests',
  'host.check.kvmNested': 'Machines in machines',
  'host.check.qemuModules': 'Parts of QEMU',
  'host.check.qemuTpm': 'TPM for guests',
  'host.check.virtiofs': 'Shared folders',
  'host.check.passt': 'Network without root',
  'host.check.apparmor': 'AppArmor and libvirt',
  'host.check.selinux': 'SELinux and libvirt',
  'host.check.libvirt': 'libvirt',
  'host.check.libvirtHome': 'libvirt and your home folder',
  'host.check.memLock': 'Locked memory',
  'host.check.hugePages': 'Huge pages',
  'host.check.usb': 'USB devices for guests',

  'host.sentence.cpuBiosLocked': 'The firmware of this computer has locked virtualization off.',
  'host.sentence.cpuBiosSilent':
    'The kernel’s log says nothing of the firmware having locked virtualization.',
  'host.sentence.cpuXsaveYes': 'The processor has XSAVE, which VirtualBox needs to run on KVM.',
  'host.sentence.cpuXsaveNo':
    'This processor is too old for VirtualBox on KVM, since it lacks XSAVE. QEMU on KVM works.',
  'host.sentence.splitLockOn':
    'Windows in VirtualBox on KVM may hang or crawl, since the kernel slows programs that use split locks.',
  'host.sentence.splitLockOff': 'The kernel does not slow programs that use split locks.',
  'host.sentence.la57On':
    'VirtualBox’s own engine can hang on this processor, whose 5-level paging is on. KVM is not affected.',
  'host.sentence.la57Off': '5-level paging is switched off.',
  'host.sentence.iommuYes': 'Devices of this computer can be given to guests.',
  'host.sentence.iommuNo':
    'Devices of this computer cannot be given to guests, since the IOMMU is off.',
  'host.sentence.hvOthers':
    'Another hypervisor is present: {names}. It may hold the processor’s virtualization.',
  'host.sentence.sandboxOpen': 'Polyvisor runs in a sandbox that lets it use KVM.',
  'host.sentence.sandboxClosed': 'Polyvisor runs in a sandbox without access to KVM.',
  'host.sentence.kvmPvm':
    'KVM is paravirtual here: machines cannot run machines inside, Secure Boot and the enlightenments for Windows are missing.',
  'host.sentence.smmYes': 'KVM has system management mode, which Secure Boot for guests needs.',
  'host.sentence.smmNo':
    'Secure Boot for guests needs system management mode, which this KVM lacks.',
  'host.sentence.nestedYes': 'Machines on KVM may run machines inside.',
  'host.sentence.nestedNo':
    'Machines on KVM cannot run machines inside, since that is switched off.',
  'host.sentence.kvmPermLater':
    'You were added to the group kvm, which counts from your next login on.',
  'host.sentence.qemuModulesNone': 'QEMU is built in one piece here, with all its parts.',
  'host.sentence.qemuModulesYes': 'The optional parts of QEMU are installed.',
  'host.sentence.qemuModulesSome':
    'Some optional parts of QEMU are not installed ({names}). Polyvisor does not need them.',
  'host.sentence.tpmYes': 'A TPM for guests is available.',
  'host.sentence.tpmNo': 'No TPM for guests: Windows 11 asks for one, and swtpm provides it.',
  'host.sentence.virtiofsYes': 'Fast shared folders are available.',
  'host.sentence.virtiofsNo': 'Fast shared folders need virtiofsd, which is not installed.',
  'host.sentence.passtYes': 'passt is installed, a faster network without root.',
  'host.sentence.passtNo': 'passt is not installed; guests use QEMU’s own network.',
  'host.sentence.apparmorOn':
    'AppArmor confines the machines of libvirt to certain folders. Those of Polyvisor are not confined.',
  'host.sentence.apparmorOff': 'AppArmor is switched off.',
  'host.sentence.selinuxOn':
    'SELinux confines the machines of libvirt by the labels of files. Those of Polyvisor are not confined.',
  'host.sentence.selinuxOff': 'SELinux enforces nothing.',
  'host.sentence.libvirtYes':
    'You may use the libvirt of this computer. Polyvisor works without it.',
  'host.sentence.libvirtClosed':
    'You may not use the libvirt of this computer. Polyvisor works without it.',
  'host.sentence.libvirtOff': 'libvirt is installed but does not run. Polyvisor works without it.',
  'host.sentence.libvirtHomeYes': 'libvirt’s user can reach your home folder.',
  'host.sentence.libvirtHomeNo':
    'libvirt’s user cannot reach your home folder, so disks in it are closed to the system’s libvirt.',
  'host.sentence.memLockYes': 'Enough memory may be locked to give devices to guests.',
  'host.sentence.memLockNo':
    'Only {mib} MiB of memory may be locked, too little to give devices to guests.',
  'host.sentence.hugePagesYes': 'Huge pages are available.',
  'host.sentence.hugePagesNo': 'Huge pages are off. Only large machines notice.',
  'host.sentence.usbYes': 'All {all} USB devices may be given to guests.',
  'host.sentence.usbSome':
    '{count} of {all} USB devices may be given to guests; the others need a rule.',
  'host.sentence.usbNone': 'No USB devices are plugged in.',

  'host.remedy.splitLockOnce': 'Switch the slowing off until the next restart.',
  'host.remedy.splitLockAlways': 'Switch it off for good.',
  'host.remedy.no5lvl': 'Start Linux with no5lvl, or run the machine on KVM.',
  'host.remedy.iommuIntel': 'Switch on “VT-d” in the firmware and start Linux with intel_iommu=on.',
  'host.remedy.flatpakKvm': 'Let the sandbox use KVM.',
  'host.remedy.snapKvm': 'Let the sandbox use KVM.',
  'host.remedy.nested': 'Allow it; all machines must be off.',
  'host.remedy.loginAgain': 'Log out and in again.',
  'host.remedy.hugePages': 'Reserve huge pages of 2 MiB each, here 1024 of them.',
  'host.remedy.memLock': 'Allow it, then log in again.',
  'host.remedy.installQemuParts': 'Install the optional parts of QEMU.',
  'host.remedy.installSwtpm': 'Install swtpm.',
  'host.remedy.installVirtiofsd': 'Install virtiofsd.',
  'host.remedy.installPasst': 'Install passt.',
  'host.remedy.libvirtImages':
    'Keep the disks of libvirt’s machines where AppArmor lets it read them.',
  'host.remedy.restoreLabels': 'Give the folder the label libvirt may read.',
  'host.remedy.joinLibvirt': 'Join the group libvirt, then log in again.',
  'host.remedy.startLibvirt': 'Start libvirt.',
  'host.remedy.openHome': 'Let libvirt’s user pass through your home folder.',
  'host.remedy.usbRule': 'Add a rule that gives you the device, with its own vendor number.',
  'host.remedy.stopVmware': 'Stop VMware’s services.',
  'host.remedy.bootPlainKernel': 'Start Linux without the other hypervisor.',
} as const;
