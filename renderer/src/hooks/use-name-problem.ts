// Judges a name against the names of all other machines.
import { useMemo } from 'react';
import type { VmId } from '../../../shared/model/brand.ts';
import { nameProblem, type NameProblem } from '../../../shared/model/vm.ts';
import { useVmTable } from '../state/app-store.ts';

/** `self` is the machine being renamed; its own name is not a duplicate. */
export const useNameProblem = (name: string, self?: VmId): NameProblem | undefined => {
  const vms = useVmTable();
  const others = useMemo(
    () =>
      Object.values(vms)
        .filter((vm) => vm.definition.id !== self)
        .map((vm) => vm.definition.name),
    [vms, self],
  );
  return nameProblem(name, others);
};
