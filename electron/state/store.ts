// Holds the one state. dispatch -> reduce -> listeners, synchronously.
import { createStore as createZustand } from 'zustand/vanilla';
import { emptyState, type AppState } from '../../shared/state/app-state.ts';
import type { ReadonlyStore } from '../app-types.ts';
import type { StateEvent } from './events.ts';
import { reduce } from './reducer.ts';

export interface Store extends ReadonlyStore {
  readonly dispatch: (event: StateEvent) => void;
}

export const createStore = (initial: AppState = emptyState): Store => {
  const store = createZustand<AppState>(() => initial);
  return {
    getState: store.getState,
    subscribe: store.subscribe,
    dispatch: (event) => {
      const before = store.getState();
      const after = reduce(before, event);
      if (after !== before) store.setState(after, true);
    },
  };
};
