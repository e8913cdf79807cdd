// Ten families of old systems, what is proposed for them on each hypervisor, and a typical amount of memory: compared with the
// decision in old-families.spec.ts, started with exactly this hardware in the drivers' old-families tests.
import type { NicModel } from '../../../shared/model/network.ts';
import type { DiskBus, DisplayAdapter } from '../../../shared/model/vm-config.ts';

interface OldHardware {
  readonly bus: DiskBus;
  readonly nic: NicModel;
  readonly display: DisplayAdapter;
}
export interface OldFamily {
  /** Of shared/model/guest-family.ts. */
  readonly family: string;
  /** Rows of table/families.ts. */
  readonly rows: readonly string[];
  /** Best backend on a host that has all of them. */
  readonly best: string;
  /** Engine of a QEMU machine while KVM is healthy. */
  readonly onQemu: 'kvm' | 'tcg';
  readonly qemu: OldHardware;
  readonly virtualBox: OldHardware;
  /** QEMU's processor model. */
  readonly cpu: string;
}

const pcnet = { bus: 'ide', nic: 'pcnet' } as const;
const ne2k = { bus: 'ide', nic: 'ne2k_pci' } as const;
const onVirtualBox = { ...pcnet, display: 'vboxvga' } as const;
const vd = 'virtualbox/vboxdrv';
const qt = 'qemu/tcg';

// prettier-ignore
export const oldFamilies: readonly OldFamily[] = [
  { family: 'freedos', rows: ['dos'], best: qt, onQemu: 'tcg', qemu: { ...pcnet, display: 'cirrus' }, virtualBox: onVirtualBox, cpu: '486' },
  { family: 'windows-9x', rows: ['windows-95', 'windows-98se'], best: qt, onQemu: 'tcg', qemu: { ...pcnet, display: 'cirrus' }, virtualBox: onVirtualBox, cpu: 'pentium' },
  { family: 'windows-nt', rows: ['windows-nt'], best: vd, onQemu: 'tcg', qemu: { ...pcnet, display: 'cirrus' }, virtualBox: onVirtualBox, cpu: 'pentium' },
  { family: 'windows-xp', rows: ['windows-2000', 'windows-xp'], best: vd, onQemu: 'kvm', qemu: { bus: 'ide', nic: 'rtl8139', display: 'std' }, virtualBox: onVirtualBox, cpu: 'pentium3' },
  { family: 'os2', rows: ['os2'], best: vd, onQemu: 'tcg', qemu: { ...pcnet, display: 'std' }, virtualBox: onVirtualBox, cpu: 'pentium3' },
  { family: 'linux-old', rows: ['linux-20'], best: vd, onQemu: 'tcg', qemu: { ...pcnet, display: 'cirrus' }, virtualBox: onVirtualBox, cpu: 'pentium2' },
  { family: 'netware', rows: ['netware'], best: vd, onQemu: 'tcg', qemu: { ...pcnet, display: 'cirrus' }, virtualBox: onVirtualBox, cpu: 'pentium2' },
  { family: 'beos', rows: ['beos'], best: vd, onQemu: 'tcg', qemu: { ...ne2k, display: 'std' }, virtualBox: onVirtualBox, cpu: 'pentium2' },
  { family: 'nextstep', rows: ['nextstep'], best: vd, onQemu: 'tcg', qemu: { ...ne2k, display: 'std' }, virtualBox: onVirtualBox, cpu: 'pentium' },
  { family: 'old-unix', rows: ['old-unix'], best: vd, onQemu: 'tcg', qemu: { ...pcnet, display: 'std' }, virtualBox: onVirtualBox, cpu: 'pentium2' },
];
