// Which engines suit a guest family when nothing else forces the choice. Data, best first, as backend keys
// (driver/engine); an engine a row leaves out comes after those it names. Add a row here for a new family.
// Source: host-compatibility notes, section 3 (guest families), with the pages named there.
import type { MessageKey } from '../../shared/i18n/catalog.en.ts';

export interface FamilyEngines {
  readonly order: readonly string[];
  /** Set where software emulation comes before QEMU on KVM: the clause that says why. */
  readonly softwareFirst?: MessageKey;
  readonly source: string;
}

const kvmQemu = 'qemu/kvm';
const tcg = 'qemu/tcg';
const vboxdrv = 'virtualbox/vboxdrv';
const vboxKvm = 'virtualbox/kvm';
const vboxSoftware = 'virtualbox/software';

const modern: FamilyEngines = {
  order: [kvmQemu, vboxKvm, vboxdrv],
  source: 'notes section 3, Windows 8.1 to 11, Linux 5.x, BSD',
};

// prettier-ignore
const rows: Readonly<Record<string, FamilyEngines>> = {
  demo: modern,
  'windows-11': modern,
  'windows-server': modern,
  'windows-10': modern,
  'windows-7': { order: [kvmQemu, vboxdrv, vboxKvm], source: 'notes section 3, Windows Vista/7' },
  'windows-xp': { order: [vboxdrv, kvmQemu, vboxKvm], source: 'notes section 3, Windows XP/2003; https://github.com/VirtualBox/virtualbox/issues/762' },
  'windows-9x': { order: [tcg, vboxdrv, kvmQemu], softwareFirst: 'decision.because.family9x', source: 'https://github.com/JHRobotics/patcher9x' },
  freedos: { order: [tcg, vboxdrv, vboxSoftware, kvmQemu], softwareFirst: 'decision.because.familyDos', source: 'notes section 3, MS-DOS/FreeDOS' },
  os2: { order: [vboxdrv, tcg, kvmQemu], softwareFirst: 'decision.because.familyOs2', source: 'VirtualBox HMR3-x86.cpp (HM/MissingOS2TlbFlushWorkaround)' },
  freebsd: { order: [kvmQemu, vboxdrv, vboxKvm], source: 'notes section 3, FreeBSD' },
  haiku: { order: [kvmQemu, vboxdrv], source: 'notes section 3, Haiku' },
  linux: modern,
  other: modern,
};

export const familyEngines = (family: string): FamilyEngines => rows[family] ?? modern;
