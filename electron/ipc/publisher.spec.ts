import { describe, expect, it, vi } from 'vitest';
import { text } from '../../shared/model/text.ts';
import { apply, type PatchMessage } from '../../shared/state/patch.ts';
import type { AppState } from '../../shared/state/app-state.ts';
import { createStore } from '../state/store.ts';
import { createPublisher } from './publisher.ts';

const notice = (id: string) =>
  ({ kind: 'notice', notice: { id, tone: 'info', text: text('power.off') } }) as const;

describe('publisher', () => {
  it('a mirror that applies the patches on the snapshot equals the store', () => {
    vi.useFakeTimers();
    const store = createStore();
    const patches: PatchMessage[] = [];
    const publisher = createPublisher(store, 'e', (patch) => patches.push(patch));
    store.dispatch(notice('a'));
    const snapshot = publisher.snapshot();
    store.dispatch(notice('b'));
    vi.advanceTimersByTime(1);
    store.dispatch(notice('c'));
    store.dispatch({ kind: 'noticeGone', id: 'a' });
    vi.advanceTimersByTime(40);
    let mirror: AppState = snapshot.state;
    let seq = snapshot.seq;
    for (const patch of patches.filter((p) => p.seq > snapshot.seq)) {
      expect(patch.base).toBe(seq);
      mirror = apply(mirror, patch as never);
      seq = patch.seq;
    }
    expect(mirror).toEqual(store.getState());
    publisher.dispose();
    vi.useRealTimers();
  });

  it('a burst becomes one patch', () => {
    vi.useFakeTimers();
    const store = createStore();
    const patches: PatchMessage[] = [];
    const publisher = createPublisher(store, 'e', (patch) => patches.push(patch));
    for (let i = 0; i < 100; i += 1) store.dispatch(notice(`n${i}`));
    vi.advanceTimersByTime(50);
    expect(patches).toHaveLength(1);
    publisher.dispose();
    vi.useRealTimers();
  });
});
