// The networks people made, as the state shows them: kept in their file, each with what is observed about it.
import type { AppError } from '../../shared/contract/errors.ts';
import { failure } from '../../shared/contract/errors.ts';
import type { Network, NetworkId, NetworkStatus } from '../../shared/model/networks.ts';
import type { NetworkRepository } from '../persist/network-repository.ts';
import type { Store } from '../state/store.ts';

export interface Book {
  /** Resolves with what was wrong with the file. Never rejects. */
  readonly load: () => Promise<readonly AppError[]>;
  readonly all: () => readonly Network[];
  /** Throws `network/not-found`. */
  readonly get: (id: string) => Network;
  readonly find: (id: string) => Network | undefined;
  /** Adds it or replaces the one with its id. Rejects with `persist/*`; nothing is changed then. */
  readonly put: (network: Network) => Promise<void>;
  readonly drop: (id: NetworkId) => Promise<void>;
  /** Not kept: networks that a hypervisor has and we did not make. */
  readonly show: (network: Network) => void;
  readonly setStatus: (id: NetworkId, status: NetworkStatus) => void;
  readonly statusOf: (id: NetworkId) => NetworkStatus;
}

const idle: NetworkStatus = { state: 'idle', limits: [] };

export const createBook = (repository: NetworkRepository, store: Store): Book => {
  let kept: readonly Network[] = [];
  let shown: readonly Network[] = [];
  const statuses = new Map<NetworkId, NetworkStatus>();

  const all = (): readonly Network[] => [
    ...kept,
    ...shown.filter(({ id }) => !kept.some((network) => network.id === id)),
  ];
  const statusOf = (id: NetworkId): NetworkStatus => statuses.get(id) ?? idle;
  const publish = (network: Network): void =>
    store.dispatch({ kind: 'network', row: { network, status: statusOf(network.id) } });
  const find = (id: string): Network | undefined => all().find((network) => network.id === id);

  return {
    all,
    find,
    statusOf,
    get: (id) => {
      const network = find(id);
      if (!network) throw failure('network/not-found', { id });
      return network;
    },
    load: async () => {
      const { networks, problems } = await repository.load();
      kept = networks;
      for (const network of networks) publish(network);
      return problems;
    },
    put: async (network) => {
      const isKnown = kept.some(({ id }) => id === network.id);
      const next = isKnown
        ? kept.map((each) => (each.id === network.id ? network : each))
        : [...kept, network];
      await repository.save(next);
      kept = next;
      publish(network);
    },
    drop: async (id) => {
      const next = kept.filter((network) => network.id !== id);
      if (next.length < kept.length) await repository.save(next);
      kept = next;
      shown = shown.filter((network) => network.id !== id);
      statuses.delete(id);
      store.dispatch({ kind: 'networkGone', id });
    },
    show: (network) => {
      if (find(network.id)) return;
      shown = [...shown, network];
      publish(network);
    },
    setStatus: (id, status) => {
      if (JSON.stringify(statusOf(id)) === JSON.stringify(status)) return;
      statuses.set(id, status);
      const network = find(id);
      if (network) publish(network);
    },
  };
};
