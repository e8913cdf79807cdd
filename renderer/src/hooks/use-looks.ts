// Colour and pattern of every VLAN tag, from all networks and machines.
import { useMemo } from 'react';
import { looksOf, type VlanLook } from '../model/vlan.ts';
import { useAppStore, useVmTable } from '../state/app-store.ts';

export const useLooks = (): ReadonlyMap<number, VlanLook> => {
  const vms = useVmTable();
  const networks = useAppStore((s) => s.state.networks);
  return useMemo(
    () =>
      looksOf(
        Object.values(networks).map((row) => row.network),
        Object.values(vms).flatMap((vm) => vm.definition.config.nics),
      ),
    [vms, networks],
  );
};
