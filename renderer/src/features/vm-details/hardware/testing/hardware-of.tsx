// The Hardware tab of the machine as it is in the state, for specs.
import type { VmId } from '../../../../../../shared/model/brand.ts';
import { useVm } from '../../../../state/app-store.ts';
import { Hardware } from '../Hardware.tsx';

export const HardwareOf = ({ id }: { readonly id: VmId }) => {
  const vm = useVm(id);
  return vm ? <Hardware vm={vm} /> : null;
};
