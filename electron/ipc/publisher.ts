// Sends state changes as ordered patches {epoch, base, seq}. The first change after a pause goes out at once,
// later ones at most every 16 ms, squashed by diffing against what was last sent.
import { diff, type PatchMessage } from '../../shared/state/patch.ts';
import type { AppState } from '../../shared/state/app-state.ts';
import type { ReadonlyStore } from '../app-types.ts';

const intervalMs = 16;

export interface Publisher {
  /** State and number of the last patch; patches with `seq` above it apply on top. */
  readonly snapshot: () => { epoch: string; seq: number; state: AppState };
  readonly dispose: () => void;
}

export const createPublisher = (
  store: ReadonlyStore,
  epoch: string,
  send: (patch: PatchMessage) => void,
): Publisher => {
  let sent = store.getState();
  let seq = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const flush = (): boolean => {
    const state = store.getState();
    const patch = diff(sent, state);
    sent = state;
    if (!patch) return false;
    const base = seq;
    seq += 1;
    send({ epoch, base, seq, ...patch } as PatchMessage);
    return true;
  };
  const tick = (): void => {
    timer = undefined;
    if (flush()) timer = setTimeout(tick, intervalMs);
  };
  const unsubscribe = store.subscribe(() => {
    if (timer !== undefined) return;
    // Wait for the end of this turn: one command often dispatches several events.
    timer = setTimeout(tick, 0);
  });
  return {
    snapshot: () => {
      flush();
      return { epoch, seq, state: sent };
    },
    dispose: () => {
      unsubscribe();
      clearTimeout(timer);
    },
  };
};
