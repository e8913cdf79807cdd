// English sentences of the decision. `because.*`, `no.*` and `lost.*` are clauses that complete "because ...";
// `question.*` are whole questions; `feature.*` are names.
export const decisionTexts = {
  'decision.because.pinned': 'you chose it for this machine',
  'decision.because.pinUnknown':
    'the engine you chose for this machine, {engine}, is not known here',
  'decision.because.savedState': 'its saved memory loads only on {engine}',
  'decision.because.savedElsewhere':
    'the saved memory loads only on the engine that saved it; starting here means discarding it first',
  'decision.because.only': '{engine} is the only engine that is ready here',
  'decision.because.noEngine': 'no engine is known for this machine',
  'decision.because.neverAutomatic': '{engine} is very slow and is used only when you say so',
  'decision.because.crashesEarly':
    'it failed {crashes} times at the start or within a minute of it on {engine}',
  'decision.because.driverPending': '{driver} is still being looked at',
  'decision.because.driverMissing': '{driver} is not installed',
  'decision.because.driverBroken': '{driver} is installed but does not work',
  'decision.because.engineNotChecked': '{engine} has not been checked on this computer',
  'decision.because.softwareAlways': 'software emulation needs nothing from this computer',
  'decision.because.kvmHealthy':
    'KVM works here: the self-test took {times} times as long as on software emulation, start included',
  'decision.because.kvmSlow':
    'KVM is present here but slower than software emulation (measured: about {times} times slower)',
  'decision.because.kvmSlowAtLeast':
    'KVM is present here but slower than software emulation (measured: at least {times} times slower)',
  'decision.because.kvmNotChecked': 'KVM has not been checked on this computer yet',
  'decision.because.kvmCouldNotLook': 'KVM could not be checked ({detail})',
  'decision.because.kvmExpectedGood':
    'KVM works here, though its speed could not be measured while this computer is busy',
  'decision.because.kvmExpectedSlow':
    'KVM is paravirtual here and probably slower than software emulation; measuring it did not succeed yet',
  'decision.because.kvmAbsent': 'this computer offers no KVM',
  'decision.because.kvmNoPermission': 'you are not allowed to use KVM',
  'decision.because.kvmBusy': 'another program holds the processor’s virtualization',
  'decision.because.kvmCannotCreate': 'KVM refuses to create a machine',
  'decision.because.kvmCrashes': 'KVM is present here but guests stop in it',
  'decision.because.kvmForced': 'you chose to use KVM here in spite of its check',
  'decision.because.heldByMachine':
    '{other} is running and holds the processor’s virtualization, which VirtualBox’s own engine and KVM cannot share',
  'decision.because.heldByProgram':
    'the program {other} holds the processor’s virtualization, which VirtualBox’s own engine and KVM cannot share',
  'decision.because.driverOlderThanKernel':
    'VirtualBox {version} is older than what is known to go well with kernel {kernel}',
  'decision.because.family9x':
    'Windows 95, 98 and Me crash on newer processors’ address caches, and software emulation is fast enough for them',
  'decision.because.familyDos':
    'DOS programs count on a slow processor, and software emulation is fast enough for them',
  'decision.because.familyOld':
    'systems of that age count on old processors, and software emulation is fast enough for them',
  'decision.because.familyOs2':
    'OS/2 needs a processor behaviour that software emulation has and KVM has not',
  'decision.question.useAnyway': 'Start on {engine} anyway?',
  'decision.question.notChecked': '{engine} could not be checked. Start on it anyway?',
  'decision.question.otherThanPin':
    'This machine is set to {pinned}, which is not possible now. Start it on {engine} this time?',
  'decision.lost.speed':
    'the guest’s code runs in software, many times slower than on a processor with virtualization',
  'decision.unknown.notLooked': 'this computer has not been looked at yet',
  'decision.unknown.capabilities': 'the hypervisor has not answered yet what it can do',
  'decision.unknown.unreadable': '{path} could not be read',

  'decision.unknown.table': '{feature} is not settled there: {sentence}',
  'decision.limited.table': '{feature} works with a limit: {sentence}',
  'decision.no.table': '{feature} does not work there: {sentence}',
  'decision.no.networkYet':
    'Polyvisor cannot attach machines on {engine} to {value, select, natNetwork {a NAT network} internal {an internal network} hostOnly {a host-only network} bridged {a bridged network} other {this network}} yet',
  'decision.question.busyNow':
    '{other} holds the processor’s virtualization. Start it in software on {engine} meanwhile?',
  'decision.feature.os2': 'OS/2',
  'decision.feature.oldSystem': 'A system of the days of DOS',
  'decision.feature.win9x': 'Windows 95, 98 or Me',
  'decision.feature.nested': 'Running machines inside the machine',
  'decision.feature.natNetwork': 'Its NAT network',
  'decision.feature.vlan': 'Its VLAN',
  'decision.feature.internal': 'Its internal network',
  'decision.feature.hostOnly': 'Its host-only network',
  'decision.feature.bridged': 'Its bridged network',

  'decision.feature.machineType': 'Machine type',
  'decision.feature.uefi': 'UEFI firmware',
  'decision.feature.secureBoot': 'Secure Boot',
  'decision.feature.memory': 'Memory',
  'decision.feature.memoryAvailable': 'Memory free now',
  'decision.feature.vcpus': 'Number of processors',
  'decision.feature.vcpusHost': 'Processors of this computer',
  'decision.feature.diskFormat': 'Disk format',
  'decision.feature.diskBus': 'Disk controller',
  'decision.feature.saveState': 'Saved state',
  'decision.feature.nicModel': 'Network adapter',
  'decision.feature.display': 'Display adapter',
  'decision.feature.serial': 'Serial console',
  'decision.feature.liveForwards': 'Port forwards while running',
  'decision.feature.lowPort': 'Ports below 1024',
  'decision.feature.natIpv6': 'IPv6 in NAT',
  'decision.feature.guestAgent': 'Guest agent',

  'decision.no.machineType': 'the machine type {value} is not known to the installed hypervisor',
  'decision.no.uefi': 'no UEFI firmware for guests is installed',
  'decision.no.secureBootFirmware': 'no UEFI firmware with Secure Boot is installed',
  'decision.no.smm': 'Secure Boot needs system management mode, which this KVM lacks',
  'decision.no.memory': '{value} MiB of memory is asked and this computer has {limit} MiB',
  'decision.no.memoryAvailable':
    'with its {value} MiB it may exhaust the memory: {limit} MiB are free now',
  'decision.no.vcpus': '{value} processors are asked and {engine} offers {limit} at most',
  'decision.no.vcpusHost': 'its {value} processors share the {limit} of this computer',
  'decision.no.diskFormat': 'disks in the format {value} cannot be opened',
  'decision.no.diskBus': 'the disk controller {value} is not known to the installed hypervisor',
  'decision.no.saveState': 'its state cannot be saved',
  'decision.no.nicModel': 'the network adapter {value} is not known to the installed hypervisor',
  'decision.no.display': 'the display adapter {value} is not known to the installed hypervisor',
  'decision.no.serial': 'it has no serial console',
  'decision.no.liveForwards': 'port forwards change only when it is off',
  'decision.no.lowPort':
    'host port {value} needs a permission: ports from {limit} up are open to everybody',
  'decision.no.natIpv6': 'this computer has no IPv6, so the guest reaches nothing with it',
} as const;
