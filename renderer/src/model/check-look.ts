// Shape and tone of a check's verdict: the same on every screen.
import type { HostCheck } from '../../../shared/model/compat.ts';

interface Look {
  readonly shape: 'yes' | 'info' | 'look' | 'no' | 'unknown' | 'busy';
  readonly tone: 'run' | 'off' | 'warn' | 'err' | 'info';
}

export const verdictLook: Readonly<Record<HostCheck['verdict'], Look>> = {
  good: { shape: 'yes', tone: 'run' },
  info: { shape: 'info', tone: 'off' },
  warn: { shape: 'look', tone: 'warn' },
  blocked: { shape: 'no', tone: 'err' },
  unknown: { shape: 'unknown', tone: 'off' },
  running: { shape: 'busy', tone: 'info' },
};
