// Keeps the selection meaningful: something is selected where there are machines, and never a deleted one.
import { useEffect } from 'react';
import { visibleVms } from '../model/vm-order.ts';
import { useAppStore } from '../state/app-store.ts';
import { select, useUi } from '../state/ui-store.ts';

const care = (): void => {
  const { vms } = useAppStore.getState().state;
  const { selected, filter, query } = useUi.getState();
  if (selected !== undefined && vms[selected]) return;
  // A just created machine may not be mirrored yet: wait for it as long as nothing contradicts.
  if (selected !== undefined && !seen.has(selected)) return;
  select(visibleVms(vms, filter, query)[0]);
};
const seen = new Set<string>();

export const useSelectionCare = (): void => {
  useEffect(() => {
    const look = (): void => {
      const { vms } = useAppStore.getState().state;
      const { selected } = useUi.getState();
      if (selected !== undefined && vms[selected]) seen.add(selected);
      care();
    };
    look();
    return useAppStore.subscribe((now, before) => {
      if (now.state.vms !== before.state.vms) look();
    });
  }, []);
};
