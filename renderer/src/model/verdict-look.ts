// Shape and tone of verdicts of engines and of cells in the compatibility table: the same on every screen.
import type { VerdictShape } from '../components/marks.tsx';
import type { Tone } from '../components/Parts.tsx';
import type { EngineFact } from '../../../shared/model/compat.ts';
import type { CompatCell } from '../../../shared/model/compat-table.ts';

export interface Look {
  readonly shape: VerdictShape;
  readonly tone: Tone;
}

export const engineLook: Readonly<Record<EngineFact['standing'], Look>> = {
  usable: { shape: 'yes', tone: 'run' },
  slow: { shape: 'limited', tone: 'warn' },
  unusable: { shape: 'no', tone: 'err' },
  unknown: { shape: 'unknown', tone: 'off' },
};

export const cellLook: Readonly<Record<CompatCell['verdict'], Look>> = {
  yes: { shape: 'yes', tone: 'run' },
  limited: { shape: 'limited', tone: 'warn' },
  needs: { shape: 'step', tone: 'info' },
  no: { shape: 'no', tone: 'err' },
  unknown: { shape: 'unknown', tone: 'off' },
};
