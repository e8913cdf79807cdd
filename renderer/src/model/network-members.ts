// Which adapters are in which network; both are objects of their own, joined here. Pure.
import type { Nic } from '../../../shared/model/network.ts';
import type { Network, NetworkKind } from '../../../shared/model/networks.ts';
import type { Vm } from '../../../shared/model/vm.ts';
import type { AppState } from '../../../shared/state/app-state.ts';
import { oncePer } from './once-per.ts';
import { byName } from './vm-order.ts';

export interface Member {
  readonly vm: Vm;
  readonly nic: Nic;
  /** Counted from one, as people see adapters. */
  readonly number: number;
}

export const networkKinds: readonly NetworkKind[] = [
  'natNetwork',
  'internal',
  'hostOnly',
  'bridged',
];

/** True when the adapter is plugged into this network; a hypervisor of its own mind may know it by its name. */
export const isIn = (nic: Nic, network: Network): boolean => {
  const { attachment } = nic;
  switch (attachment.kind) {
    case 'natNetwork':
    case 'internal':
    case 'hostOnly':
      return (
        attachment.kind === network.kind &&
        (attachment.network === network.id || attachment.network === network.name)
      );
    case 'bridged':
      return network.kind === 'bridged' && attachment.uplink === network.uplink;
    case 'nat':
    case 'none':
    case 'other':
      return false;
  }
};

// Every network on the page asks these; sorting a thousand names for each takes seconds.
export const sortedNetworks = oncePer((table: AppState['networks']): readonly Network[] =>
  Object.values(table)
    .map((row) => row.network)
    .sort((a, b) => byName(a.name, b.name)),
);

export const sortedVms = oncePer((table: AppState['vms']): readonly Vm[] =>
  Object.values(table)
    .filter((vm) => vm.power !== 'damaged')
    .sort((a, b) => byName(a.definition.name, b.definition.name)),
);

const adapters = oncePer((table: AppState['vms']): readonly Member[] =>
  sortedVms(table).flatMap((vm) =>
    vm.definition.config.nics.map((nic, index) => ({ vm, nic, number: index + 1 })),
  ),
);

export const membersOf = (network: Network, vms: AppState['vms']): readonly Member[] =>
  adapters(vms).filter(({ nic }) => isIn(nic, network));

export const networkOf = (nic: Nic, networks: readonly Network[]): Network | undefined =>
  networks.find((network) => isIn(nic, network));
