import { describe, expect, it } from 'vitest';
import { toEpochMs, toJobId } from '../../../shared/model/brand.ts';
import type { VmAction } from '../../../shared/model/power.ts';
import { vmOf } from '../testing/world.tsx';
import { possibleActions } from './vm-menu.tsx';

const pending = (action: VmAction) => ({
  action,
  job: toJobId('j'),
  since: toEpochMs(0),
});

describe('what can be asked of a machine', () => {
  it('does not offer again what was asked already', () => {
    const running = vmOf(1, 'a', 'running');
    expect(possibleActions(running, undefined)).toContain('shutdown');
    const asked = { ...running, pending: pending('shutdown') };
    expect(possibleActions(asked, undefined)).toEqual(['powerOff']);
  });

  it('offers nothing while it is being deleted', () => {
    const going = { ...vmOf(1, 'a'), pending: pending('delete') };
    expect(possibleActions(going, undefined)).toEqual([]);
  });
});
