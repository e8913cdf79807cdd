// Colour and pattern of every VLAN tag, from all networks and machines, and from an adapter that is being edited.
import { useMemo } from 'react';
import type { Nic } from '../../../shared/model/network.ts';
import { looksOf, type VlanLook } from '../model/vlan.ts';
import { useAppStore, useVmTable } from '../state/app-store.ts';

export const useLooks = (draft?: Nic): ReadonlyMap<number, VlanLook> => {
  const vms = useVmTable();
  const networks = useAppStore((s) => s.state.networks);
  return useMemo(
    () =>
      looksOf(
        Object.values(networks).map((row) => row.network),
        [
          ...Object.values(vms).flatMap((vm) => vm.definition.config.nics),
          ...(draft ? [draft] : []),
        ],
      ),
    [vms, networks, draft],
  );
};
