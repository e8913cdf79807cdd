import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyState, type AppState, type Notice } from './app-state.ts';
import { apply, diff, squash, type Patch } from './patch.ts';

const notice = fc.record({
  id: fc.constantFrom('a', 'b', 'c', 'd'),
  tone: fc.constantFrom('info' as const, 'warn' as const),
  text: fc.constant({ key: 'power.off' as const }),
});
const state: fc.Arbitrary<AppState> = fc
  .uniqueArray(notice, { selector: (n) => n.id })
  .map((rows) => ({
    ...emptyState,
    notices: Object.fromEntries(rows.map((row) => [row.id, row as Notice])),
  }));

const step = (before: AppState, patch: Patch | undefined): AppState =>
  patch ? apply(before, patch) : before;

describe('patches', () => {
  it('apply(diff(a, b), a) is b', () => {
    fc.assert(
      fc.property(state, state, (a, b) => {
        expect(step(a, diff(a, b))).toEqual(b);
      }),
    );
  });

  it('a squashed pair has the effect of both', () => {
    fc.assert(
      fc.property(state, state, state, (a, b, c) => {
        const first = diff(a, b);
        const second = diff(b, c);
        const both = first && second ? squash(first, second) : (first ?? second);
        expect(step(a, both)).toEqual(c);
      }),
    );
  });

  it('equal states have no patch', () => {
    expect(diff(emptyState, { ...emptyState })).toBeUndefined();
  });
});
