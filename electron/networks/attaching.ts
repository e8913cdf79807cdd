// Where a NIC is plugged in, changed while its machine runs: what a running port can take at once, the rest at the next
// start.
import { failure } from '../../shared/contract/errors.ts';
import type { VmId } from '../../shared/model/brand.ts';
import type { Nic, Vlan } from '../../shared/model/network.ts';
import { isLive } from '../../shared/model/power.ts';
import { text } from '../../shared/model/text.ts';
import type { Vm, VmDefinition } from '../../shared/model/vm.ts';
import type { Store } from '../state/store.ts';
import type { Book } from './book.ts';
import { fabricPort } from './fabric-spec.ts';
import type { HostChanges } from './host-changes.ts';
import { tapName } from './names.ts';
import { setPortVlans } from './plan-bridge.ts';
import type { Planner } from './planner.ts';
import type { NetworkRuntime } from './runtime.ts';
import { nicProblem } from './validate-nic.ts';

export interface Attaching {
  /** Rejects with the first problem of a NIC that is new or differs. */
  readonly check: (vm: VmId, before: readonly Nic[], after: readonly Nic[]) => void;
  /** Brings a stored change of a NIC to its running machine. */
  readonly apply: (vm: VmId, before: Nic, after: Nic) => Promise<'now' | 'nextStart'>;
}

const sameData = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

const vlanOf = ({ attachment }: Nic): Vlan | undefined =>
  'vlan' in attachment ? (attachment.vlan as Vlan | undefined) : undefined;

/** Everything but what a port decides: the network, its VLANs, the cable, the limit. */
const hardware = ({ id, model, mac }: Nic): readonly string[] => [id, model, mac];

const withoutVlan = ({ attachment }: Nic): Record<string, unknown> => ({
  ...attachment,
  vlan: undefined,
});

export const createAttaching = (deps: {
  readonly book: Book;
  readonly planner: Planner;
  readonly runtime: NetworkRuntime;
  readonly changes: HostChanges;
  readonly store: Store;
  readonly machines: () => readonly VmDefinition[];
}): Attaching => {
  const { planner, runtime, changes } = deps;

  const vmOf = (id: VmId): Vm => {
    const vm = deps.store.getState().vms[id];
    if (!vm) throw failure('vm/not-found', { id });
    return vm;
  };

  /** To another place on our switch, or the same with other settings. */
  const movePort = async (vm: Vm, after: Nic): Promise<'now' | 'nextStart'> => {
    const { definition } = vm;
    const port = runtime.portsOf(definition.id).find(({ nic }) => nic === after.id);
    if (!port) return 'nextStart';
    const plan = await planner.plan(definition.id, after, planner.backendOf(definition.id));
    const step = plan.kind === 'plan' ? plan.steps.find((each) => each.kind === 'port') : undefined;
    if (step?.kind !== 'port' || step.plug !== port.endpoint.kind) return 'nextStart';
    const network = deps.book.get(step.network);
    await runtime.ensure(network);
    await runtime.ensurePort(
      fabricPort(network.id, definition, after, port.endpoint, deps.machines()),
    );
    if (port.network !== network.id) await runtime.stopIfIdle(port.network);
    return 'now';
  };

  return {
    check: (vm, before, after) => {
      for (const nic of after) {
        const former = before.find(({ id }) => id === nic.id);
        if (former && sameData(former, nic)) continue;
        // One that clashed before may still have everything else changed.
        const machines = former?.mac === nic.mac ? [] : deps.machines();
        const found = nicProblem(nic, vm, machines);
        if (found) throw found.error;
        const others = after.filter((other) => other.id !== nic.id);
        if (others.some(({ mac }) => mac === nic.mac)) {
          throw failure('network/duplicate-mac', { mac: nic.mac, other: nic.id });
        }
      }
    },
    apply: async (id, before, after) => {
      const vm = vmOf(id);
      if (!isLive(vm.power) || sameData(before, after)) return 'now';
      if (!sameData(hardware(before), hardware(after))) return 'nextStart';
      const { kind } = after.attachment;
      if (kind === 'natNetwork' || kind === 'internal') return movePort(vm, after);
      const isVlanOnly =
        (kind === 'bridged' || kind === 'hostOnly') &&
        sameData(withoutVlan(before), withoutVlan(after)) &&
        before.isCableConnected === after.isCableConnected;
      const tap = tapName(id, after.id);
      const isOurs = changes
        .list()
        .some(
          ({ request, standing }) =>
            request.verb === 'tap.create' && request.tap === tap && standing === 'applied',
        );
      if (!isVlanOnly || !isOurs) return 'nextStart';
      const why = text('network.why.vlan', { machine: vm.definition.name });
      const step = setPortVlans(tap, vlanOf(after), vlanOf(before));
      if (step.kind === 'privileged') await changes.perform([step], why);
      return 'now';
    },
  };
};
