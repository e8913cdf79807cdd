// Which engines suit a guest family when nothing else forces the choice, taken from the table of families.
import type { MessageKey } from '../../shared/i18n/catalog.en.ts';
import { familyRows } from './table/families.ts';

export interface FamilyEngines {
  /** Backend keys (driver/engine), best first; an engine left out comes after those named. */
  readonly order: readonly string[];
  /** Set where software emulation comes before KVM: the clause that says why. */
  readonly softwareFirst?: MessageKey;
}

/** For families without a row of their own: what suits current systems. */
const usual: FamilyEngines = { order: ['qemu/kvm', 'virtualbox/kvm', 'virtualbox/vboxdrv'] };

/** A row here for every family whose typical row prefers software emulation to KVM; a spec compares the two. */
const softwareReasons: Readonly<Record<string, MessageKey>> = {
  freedos: 'decision.because.familyDos',
  'windows-9x': 'decision.because.family9x',
  os2: 'decision.because.familyOs2',
  'windows-nt': 'decision.because.familyOld',
  'linux-old': 'decision.because.familyOld',
  netware: 'decision.because.familyOld',
  beos: 'decision.because.familyOld',
  nextstep: 'decision.because.familyOld',
  'old-unix': 'decision.because.familyOld',
};

export const familyEngines = (family: string): FamilyEngines => {
  const row = familyRows.find((candidate) => candidate.family === family && candidate.isTypical);
  if (!row) return usual;
  const softwareFirst = softwareReasons[family];
  return softwareFirst === undefined ? { order: row.order } : { order: row.order, softwareFirst };
};
