// Port forwards of all machines and networks, who holds their ports, and changing them where they belong.
import { useEffect, useMemo, useState } from 'react';
import type { NetworkForward } from '../../../../shared/model/networks.ts';
import { useActions } from '../../actions/actions.ts';
import { useClient } from '../../bridge/context.ts';
import {
  allForwards,
  type ForwardDraft,
  type ForwardOwner,
  type ForwardRow,
} from '../../model/forwards.ts';
import { freeId } from '../../model/free-id.ts';
import { useAppStore, useVmTable } from '../../state/app-store.ts';
import type { Holder } from './forward-state.ts';

export const useForwards = (): readonly ForwardRow[] => {
  const vms = useVmTable();
  const networks = useAppStore((s) => s.state.networks);
  return useMemo(() => allForwards(vms, networks), [vms, networks]);
};

/** Holders of the ports that are not open by us, asked again whenever a forward or a machine's state changed. */
export const useHolders = (rows: readonly ForwardRow[]): Readonly<Record<string, Holder>> => {
  const client = useClient();
  const [holders, setHolders] = useState<Readonly<Record<string, Holder>>>({});
  const asked = JSON.stringify(
    rows
      .filter((row) => !row.isOpen)
      .map(({ key, protocol, hostAddress, hostPort }) => ({
        key,
        protocol,
        hostAddress,
        hostPort,
      })),
  );
  useEffect(() => {
    let isStale = false;
    const look = async (): Promise<void> => {
      const found: Record<string, Holder> = {};
      for (const { key, ...listener } of JSON.parse(asked) as ForwardRow[]) {
        try {
          found[key] = await client.network.portHolder(listener);
        } catch {
          // Not known; the start will tell.
        }
        if (isStale) return;
      }
      setHolders(found);
    };
    void look();
    return () => {
      isStale = true;
    };
  }, [client, asked]);
  return holders;
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

  return { add, remove, move };
};
