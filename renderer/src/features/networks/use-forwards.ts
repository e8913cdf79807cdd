// Port forwards of all machines and networks, and changing them where they belong.
import { useMemo } from 'react';
import type { NetworkForward } from '../../../../shared/model/networks.ts';
import { useActions } from '../../actions/actions.ts';
import {
  allForwards,
  type ForwardDraft,
  type ForwardOwner,
  type ForwardRow,
} from '../../model/forwards.ts';
import { freeId } from '../../model/free-id.ts';
import { useAppStore, useVmTable } from '../../state/app-store.ts';

const useForwards = (): readonly ForwardRow[] => {
  const vms = useVmTable();
  const networks = useAppStore((s) => s.state.networks);
  return useMemo(() => allForwards(vms, networks), [vms, networks]);
};

/** Where a new forward can lead to. */
export type ForwardTarget =
  | { readonly kind: 'nic'; readonly owner: Extract<ForwardOwner, { kind: 'nic' }> }
  | { readonly kind: 'network'; readonly network: string; readonly to: NetworkForward['to'] };

export const useForwardChanges = () => {
  const actions = useActions();
  const rows = useForwards();
  const { client } = actions;

  /** True when it was done; a failure has been told. */
  const attempt = async (work: Promise<unknown>): Promise<boolean> =>
    (await actions.attempt(work.then(() => true))) === true;

  const remove = (row: ForwardRow): Promise<boolean> =>
    attempt(
      row.owner.kind === 'nic'
        ? client.vm.removeForward({ id: row.owner.vm, nic: row.owner.nic, forward: row.id })
        : client.network.removeForward({ id: row.owner.network.id, forward: row.id }),
    );

  const add = async (target: ForwardTarget, draft: ForwardDraft): Promise<boolean> => {
    const id = freeId('forward', rows);
    if (target.kind === 'nic') {
      const { vm, nic } = target.owner;
      return attempt(client.vm.addForward({ id: vm, nic, forward: { ...draft, id } }));
    }
    const network = useAppStore.getState().state.networks[target.network]?.network;
    if (!network) return false;
    return attempt(
      client.network.addForward({ id: network.id, forward: { ...draft, id, to: target.to } }),
    );
  };

  /** Moves a forward to another port of this computer. */
  const move = async (row: ForwardRow, hostPort: number): Promise<void> => {
    const { protocol, hostAddress, guestPort, owner } = row;
    const draft = { protocol, hostAddress, hostPort, guestPort };
    if (!(await remove(row))) return;
    await add(
      owner.kind === 'nic'
        ? { kind: 'nic', owner }
        : { kind: 'network', network: owner.network.id, to: owner.forward.to },
      draft,
    );
  };

  return { rows, add, remove, move };
};
