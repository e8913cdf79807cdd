import { describe, expect, it, vi } from 'vitest';
import type { Bridge } from '../../../shared/contract/define.ts';
import { isFailure } from '../../../shared/contract/errors.ts';
import { idOf, stateOf, vmOf } from '../testing/world.tsx';
import { takeSnapshot, type Idle } from './snapshot.ts';

const bridgeOf = (value: unknown): Bridge => ({
  invoke: async () => ({ ok: true, value }),
  subscribe: () => () => undefined,
  pathForFile: () => '',
});
const atOnce: Idle = (step) => {
  while (step());
};
const good = stateOf(...Array.from({ length: 12 }, (_, index) => vmOf(index, `vm ${index}`)));

describe('snapshot', () => {
  it('hands over a state whose rows are all good', async () => {
    const wrong = vi.fn();
    const bridge = bridgeOf({ epoch: 'e', seq: 3, json: JSON.stringify(good) });
    const snapshot = await takeSnapshot(bridge, atOnce, wrong);
    expect(snapshot).toEqual({ epoch: 'e', seq: 3, state: good });
    expect(wrong).not.toHaveBeenCalled();
  });

  it('tells about a row of another shape', async () => {
    const wrong = vi.fn();
    const state = { ...good, vms: { ...good.vms, [idOf(11)]: { power: 'flying' } } };
    const bridge = bridgeOf({ epoch: 'e', seq: 3, json: JSON.stringify(state) });
    await takeSnapshot(bridge, atOnce, wrong);
    expect(wrong).toHaveBeenCalledOnce();
    expect(String(wrong.mock.calls[0]?.[0])).toContain(idOf(11));
  });

  it.each([
    undefined,
    {},
    { epoch: 'e', seq: 1, json: '{' },
    { epoch: 'e', seq: 1, json: '{"vms":[]}' },
  ])('refuses the envelope %j', async (value) => {
    const error: unknown = await takeSnapshot(bridgeOf(value), atOnce, vi.fn()).catch(
      (e: unknown) => e,
    );
    expect(isFailure(error, 'ipc/rejected')).toBe(true);
  });
});
