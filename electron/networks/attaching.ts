// Where a NIC is plugged in, changed while its machine runs: what a running port can take at once, the rest at the next
// start.
import { failure } from '../../shared/contract/errors.ts';
import type { VmId } from '../../shared/model/brand.ts';
import { isOnBridge, isOnSwitch, type Nic, type Vlan } from '../../shared/model/network.ts';
import { isLive } from '../../shared/model/power.ts';
import { text } from '../../shared/model/text.ts';
import type { Vm, VmDefinition } from '../../shared/model/vm.ts';
import type { Logger } from '../log/logger.ts';
import type { Store } from '../state/store.ts';
import type { HostChanges } from './host-changes.ts';
import type { Moving } from './moving.ts';
import { tapName } from './names.ts';
import { setPortVlans } from './plan-bridge.ts';
import { nicProblem } from './validate-nic.ts';

type When = 'now' | 'nextStart' | 'off';

export interface Attaching {
  /** Rejects with the first problem of a NIC that is new or differs. */
  readonly check: (vm: VmId, before: readonly Nic[], after: readonly Nic[]) => void;
  /** Brings a stored change of a NIC to its running machine. */
  readonly apply: (vm: VmId, before: Nic, after: Nic) => Promise<'now' | 'nextStart'>;
  /** Of all NICs. Rejects with the first failure, and what was changed before it is as it was then. */
  readonly applyAll: (
    vm: VmId,
    before: readonly Nic[],
    after: readonly Nic[],
  ) => Promise<'now' | 'nextStart'>;
  /** What would become of a change, without making it; undefined: the machine does not run. */
  readonly when: (vm: VmId, after: Nic) => Promise<When | undefined>;
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
  readonly moving: Moving;
  readonly changes: HostChanges;
  readonly store: Store;
  readonly machines: () => readonly VmDefinition[];
  readonly log: Logger;
}): Attaching => {
  const { moving, changes } = deps;

  const vmOf = (id: VmId): Vm => {
    const vm = deps.store.getState().vms[id];
    if (!vm) throw failure('vm/not-found', { id });
    return vm;
  };

  /** Nothing but the VLANs at a tap of ours differs. */
  const isTapVlan = (id: VmId, before: Nic, after: Nic): boolean => {
    const isVlanOnly =
      isOnBridge(after.attachment) &&
      sameData(withoutVlan(before), withoutVlan(after)) &&
      before.isCableConnected === after.isCableConnected;
    const tap = tapName(id, after.id);
    return (
      isVlanOnly &&
      changes
        .list()
        .some(
          ({ request, standing }) =>
            request.verb === 'tap.create' && request.tap === tap && standing === 'applied',
        )
    );
  };

  const apply: Attaching['apply'] = async (id, before, after) => {
    const vm = vmOf(id);
    if (!isLive(vm.power) || sameData(before, after)) return 'now';
    if (!sameData(hardware(before), hardware(after))) return 'nextStart';
    if (isOnSwitch(after.attachment)) return (await moving.move(vm, after)) ? 'now' : 'nextStart';
    if (!isTapVlan(id, before, after)) return 'nextStart';
    const why = text('network.why.vlan', { machine: vm.definition.name });
    const step = setPortVlans(tapName(id, after.id), vlanOf(after), vlanOf(before));
    if (step.kind === 'privileged') await changes.perform([step], why);
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
    apply,
    applyAll: async (id, before, after) => {
      const done: (readonly [Nic, Nic])[] = [];
      let isComplete = before.length === after.length;
      try {
        for (const former of before) {
          const nic = after.find((each) => each.id === former.id);
          if (!nic) isComplete = false;
          else if ((await apply(id, former, nic)) === 'now') done.push([former, nic]);
          else isComplete = false;
        }
      } catch (error) {
        for (const [former, nic] of done.reverse()) {
          await apply(id, nic, former).catch((problem: unknown) => {
            deps.log.warn('adapter not put back', { id, nic: nic.id, error: String(problem) });
          });
        }
        throw error;
      }
      return isComplete ? 'now' : 'nextStart';
    },
    when: async (id, after) => {
      const vm = vmOf(id);
      if (!isLive(vm.power)) return undefined;
      const { drivers } = deps.store.getState();
      const isOffOnly = drivers[vm.definition.driver]?.capabilities?.canEditWhileRunning === false;
      const later = isOffOnly ? 'off' : 'nextStart';
      const before = vm.definition.config.nics.find((each) => each.id === after.id);
      if (!before || !sameData(hardware(before), hardware(after))) return later;
      const canBe = isOnSwitch(after.attachment)
        ? await moving.canMove(vm, after)
        : sameData(before, after) || isTapVlan(id, before, after);
      return canBe ? 'now' : later;
    },
  };
};
