import type { Vm } from '../../../../../shared/model/vm.ts';
export const Hardware = ({ vm }: { readonly vm: Vm }) => <p>{vm.definition.name}</p>;
