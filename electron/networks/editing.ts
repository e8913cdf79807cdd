// Making, changing and removing networks.
import { failure } from '../../shared/contract/errors.ts';
import { format } from '../../shared/i18n/format.ts';
import {
  toNetworkId,
  type Network,
  type NetworkId,
  type NetworkKind,
} from '../../shared/model/networks.ts';
import { text } from '../../shared/model/text.ts';
import type { VmDefinition } from '../../shared/model/vm.ts';
import type { Supervisor } from '../drivers/supervisor.ts';
import type { NetworkFacet } from '../drivers/types.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { Store } from '../state/store.ts';
import type { Book } from './book.ts';
import type { NetworkCommands } from './commands.ts';
import type { HostChanges } from './host-changes.ts';
import type { NetworkHost } from './host.ts';
import { bridgeName, hostnameOf } from './names.ts';
import type { Planner } from './planner.ts';
import type { NetworkDraft, Problem } from './problem.ts';
import type { NetworkRuntime } from './runtime.ts';
import { suggestNetwork } from './suggest.ts';
import { networkProblem, type NetworkFacts } from './validate.ts';

export interface EditingDeps {
  readonly book: Book;
  readonly host: NetworkHost;
  readonly planner: Planner;
  readonly runtime: NetworkRuntime;
  readonly changes: HostChanges;
  readonly store: Store;
  readonly jobs: Jobs;
  readonly supervisor: Pick<Supervisor, 'current'>;
}

/** Networks of hypervisors that are connected now. */
export const nativeFacets = ({
  store,
  supervisor,
}: Pick<EditingDeps, 'store' | 'supervisor'>): readonly NetworkFacet[] =>
  Object.values(store.getState().drivers).flatMap(
    ({ id }) => supervisor.current(id)?.session.networks ?? [],
  );

export const networkFacts = ({
  book,
  host,
  store,
}: Pick<EditingDeps, 'book' | 'host' | 'store'>): NetworkFacts => ({
  networks: book.all(),
  machines: Object.values(store.getState().vms).map((vm) => vm.definition),
  used: host.used(),
  interfaces: host.interfaces(),
  interfaceNames: host.names(),
  ownBridges: host.ownBridges(),
  powerOf: (machine: VmDefinition) => store.getState().vms[machine.id]?.power ?? 'off',
  lowestPort: host.lowestPort(),
  holderOf: ({ protocol, hostAddress, hostPort }) => host.holderOf(protocol, hostAddress, hostPort),
});

/** From the name, readable in the bridge's name where it fits. */
const freeId = (name: string, isTaken: (id: string) => boolean): NetworkId => {
  const base = (hostnameOf(name) ?? 'network').slice(0, 11).replace(/-+$/, '');
  for (let number = 1; ; number += 1) {
    const id = number === 1 ? base : `${base.slice(0, 11 - `-${number}`.length)}-${number}`;
    if (!isTaken(id)) return toNetworkId(id);
  }
};

type Editing = Pick<NetworkCommands, 'create' | 'edit' | 'remove' | 'suggest' | 'check'>;

export const createEditing = (deps: EditingDeps): Editing => {
  const { book, planner, runtime, changes } = deps;
  const idFor = (name: string): NetworkId => {
    const names = deps.host.names();
    return freeId(
      name,
      (id) => book.find(id) !== undefined || names.has(bridgeName(toNetworkId(id))),
    );
  };
  const judge = (draft: NetworkDraft, id: NetworkId): Problem | undefined =>
    networkProblem(draft, id, networkFacts(deps));

  const assertMayChange = (before: Network, after: Network): void => {
    if (before.kind === after.kind && before.uplink === after.uplink) return;
    const members = planner.members(before);
    if (members.length > 0) {
      const machines = [...new Set(members.map(({ name }) => name))].join(', ');
      throw failure('network/in-use', { name: before.name, machines });
    }
    if (deps.host.ownBridges().has(bridgeName(before.id))) {
      const reason = format('network.reason.isSetUp');
      throw failure('network/refused', { name: before.name, reason });
    }
  };

  /** Where a hypervisor has it as well. */
  const updateNative = async (network: Network): Promise<void> => {
    for (const facet of nativeFacets(deps)) {
      const known = await facet.list();
      if (known.some(({ id }) => id === network.id)) await facet.ensure(network);
    }
  };

  const takeAway = async (network: Network): Promise<void> => {
    await runtime.stopIfIdle(network.id);
    const bridge = bridgeName(network.id);
    const made = changes
      .list()
      .find(
        ({ request, standing }) =>
          request.verb === 'bridge.create' && request.bridge === bridge && standing !== 'undone',
      );
    if (made) await changes.undo(made.id);
    for (const facet of nativeFacets(deps)) {
      const known = await facet.list();
      if (known.some(({ id }) => id === network.id)) await facet.remove(network);
    }
    await book.drop(network.id);
  };

  return {
    create: async ({ network, id: wanted }) => {
      const id = wanted ?? idFor(network.name);
      if (book.find(id)) throw failure('network/name-taken', { name: id });
      const found = judge(network, id);
      if (found) throw found.error;
      await book.put({ ...network, id });
      return { id };
    },
    edit: async ({ network }) => {
      const before = book.get(network.id);
      const found = judge(network, network.id);
      if (found) throw found.error;
      assertMayChange(before, network);
      await book.put(network);
      await runtime.update(network);
      await updateNative(network);
    },
    remove: ({ id }) => {
      const network = book.get(id);
      const members = planner.members(network);
      if (members.length > 0) {
        const machines = [...new Set(members.map(({ name }) => name))].join(', ');
        throw failure('network/in-use', { name: network.name, machines });
      }
      const job = deps.jobs.start({
        kind: 'networkRemove',
        title: text('job.networkRemove', { name: network.name }),
        run: () => takeAway(network),
      });
      return { job };
    },
    suggest: ({ kind }: { kind: NetworkKind }) => ({
      network: suggestNetwork(kind, networkFacts(deps)),
    }),
    check: ({ network, id }) => {
      const found = judge(network, id ?? idFor(network.name));
      return found ? { problem: found.error.error, field: found.field } : {};
    },
  };
};
