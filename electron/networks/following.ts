// Keeps networks in step with what runs: machines that ended, machines of an earlier manager, a fabric that came back,
// bridges that were made or went.
import { existsSync } from 'node:fs';
import type { EpochMs, VmId } from '../../shared/model/brand.ts';
import { isOnBridge } from '../../shared/model/network.ts';
import { networkIdSchema, type Network } from '../../shared/model/networks.ts';
import { isLive } from '../../shared/model/power.ts';
import type { VmDefinition } from '../../shared/model/vm.ts';
import type { NetworkFacet } from '../drivers/types.ts';
import type { FabricOwner } from '../fabric/client.ts';
import type { FabricEvent } from '../fabric/protocol.ts';
import type { Logger } from '../log/logger.ts';
import type { Store } from '../state/store.ts';
import type { Book } from './book.ts';
import { fabricPort, networkOf, plugPath } from './fabric-spec.ts';
import type { HostChanges } from './host-changes.ts';
import type { NetworkHost } from './host.ts';
import { isSetUp } from './plan-bridge.ts';
import type { Planner } from './planner.ts';
import type { Plugs } from './plugs.ts';
import type { NetworkRuntime } from './runtime.ts';

export interface Following {
  /** Never rejects. */
  readonly start: () => Promise<void>;
  /** A start is under way: its ports are nobody else's business until the returned function is called. */
  readonly hold: (vm: VmId) => () => void;
  /** Looks at bridges and at what hypervisors have. */
  readonly refresh: () => Promise<void>;
  readonly dispose: () => void;
}

export const createFollowing = (deps: {
  readonly book: Book;
  readonly planner: Planner;
  readonly runtime: NetworkRuntime;
  readonly plugs: Plugs;
  readonly host: NetworkHost;
  readonly fabric: FabricOwner;
  readonly store: Store;
  readonly changes: HostChanges;
  readonly log: Logger;
  readonly machines: () => readonly VmDefinition[];
  readonly runtimeDir: string;
  readonly now: () => EpochMs;
  readonly natives: () => readonly NetworkFacet[];
}): Following => {
  const { book, planner, runtime, plugs, fabric, store, log } = deps;
  const held = new Set<VmId>();
  const undos: (() => void)[] = [];
  let isDisposed = false;

  const isRunning = (id: string): boolean => {
    const vm = store.getState().vms[id];
    return vm !== undefined && isLive(vm.power);
  };

  const attempt = async (what: string, work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      log.warn(what, { error: String(error) });
    }
  };

  const release = (vm: VmId): void => {
    if (held.has(vm)) return;
    for (const capture of Object.values(store.getState().captures)) {
      if (capture.vm === vm) store.dispatch({ kind: 'captureGone', vm, nic: capture.nic });
    }
    void plugs.release(vm);
  };

  /** NICs on our switch whose machine listens for it, whether the fabric knows or not. */
  const waiting = (): readonly (readonly [
    VmDefinition,
    VmDefinition['config']['nics'][number],
  ])[] =>
    deps
      .machines()
      .flatMap((machine) =>
        isRunning(machine.id)
          ? machine.config.nics
              .filter(
                (nic) =>
                  networkOf(nic) !== undefined &&
                  existsSync(plugPath(deps.runtimeDir, machine.id, nic.id)),
              )
              .map((nic) => [machine, nic] as const)
          : [],
      );

  /** Ports of machines that ended go, machines that run get theirs, networks without any stop. */
  const reconcile = async (): Promise<void> => {
    const wanted = waiting();
    if (!(await runtime.adopt(wanted.length > 0))) return;
    for (const { vm, nic } of runtime.ports()) {
      if (!isRunning(vm) && !held.has(vm)) await runtime.removePort(vm, nic);
    }
    for (const [machine, nic] of wanted) {
      const network = book.find(networkOf(nic) ?? '');
      if (!network || runtime.portsOf(machine.id).some((port) => port.nic === nic.id)) continue;
      await attempt('port not plugged in again', async () => {
        const plan = await planner.plan(machine.id, nic, planner.backendOf(machine.id));
        const isStream =
          plan.kind === 'plan' &&
          plan.steps.some((step) => step.kind === 'port' && step.plug === 'stream');
        if (!isStream) return;
        await runtime.ensure(network);
        const path = plugPath(deps.runtimeDir, machine.id, nic.id);
        const endpoint = { kind: 'stream', path } as const;
        await runtime.ensurePort(fabricPort(network.id, machine, nic, endpoint, deps.machines()));
      });
    }
    const { networks, captures } = await fabric.call('list', {});
    for (const { vm, nic, path } of captures) {
      store.dispatch({ kind: 'capture', capture: { vm, nic, path, since: deps.now() } });
    }
    for (const { id } of networks) await runtime.stopIfIdle(id);
  };

  const showNatives = async (): Promise<void> => {
    for (const facet of deps.natives()) {
      for (const { id: name, kind } of await facet.list()) {
        const id = networkIdSchema.safeParse(name);
        if (!id.success) continue;
        book.show({
          id: id.data,
          name,
          kind,
          isEnabled: true,
          reservations: [],
          dnsNames: [],
          forwards: [],
          vlans: [],
          mayReachHost: false,
        });
      }
    }
  };

  const isNativeOnly = (network: Network): boolean => {
    const { drivers } = store.getState();
    const members = planner.members(network);
    return (
      members.length > 0 &&
      members.every(({ vm, nic }) => {
        const { driver, engine } = planner.backendOf(vm);
        return drivers[driver]?.capabilities?.networking?.some(
          (row) => row.engine === engine && row.native.includes(nic.attachment.kind),
        );
      })
    );
  };

  const lookAtBridges = async (): Promise<void> => {
    const bridged = book.all().filter(isOnBridge);
    if (bridged.length === 0) return;
    const facts = await deps.host.plan();
    for (const network of bridged) {
      const isThere = isSetUp(network, facts);
      const state = isThere ? 'up' : isNativeOnly(network) ? 'idle' : 'needsSetUp';
      book.setStatus(network.id, { state, ...(isThere ? { way: 'bridge' } : {}), limits: [] });
    }
  };

  const refresh = async (): Promise<void> => {
    if (isDisposed) return;
    await attempt('networks of hypervisors not read', showNatives);
    await attempt('bridges not read', lookAtBridges);
  };

  const onFabric = (event: FabricEvent): void => {
    switch (event.kind) {
      case 'service': {
        const { problem, state } = event;
        const status = book.statusOf(event.network);
        const shown = { restarting: 'starting', up: 'up', failed: 'failed' } as const;
        if (!runtime.isUp(event.network)) return;
        book.setStatus(event.network, {
          ...(status.way ? { way: status.way } : {}),
          limits: status.limits,
          state: shown[state],
          ...(problem ? { problem } : {}),
        });
        return;
      }
      case 'captureEnded': {
        const { vm, nic, problem } = event;
        store.dispatch({ kind: 'captureGone', vm, nic });
        if (problem) store.dispatch({ kind: 'problem', vm, error: problem });
        return;
      }
      case 'lease':
        return;
    }
  };

  const follow = (): void => {
    undos.push(
      store.subscribe((state, before) => {
        if (state.vms !== before.vms) {
          for (const [id, former] of Object.entries(before.vms)) {
            const current = state.vms[id];
            const hasEnded =
              isLive(former.power) && (current === undefined || !isLive(current.power));
            if (hasEnded) release(former.definition.id);
          }
        }
        if (
          state.hostChanges !== before.hostChanges ||
          state.drivers !== before.drivers ||
          Object.keys(state.networks).length !== Object.keys(before.networks).length
        ) {
          queueMicrotask(() => void refresh());
        }
      }),
      fabric.onEvent(onFabric),
      fabric.onRestart(() => void attempt('not reconciled', reconcile)),
    );
  };

  return {
    start: async () => {
      follow();
      await attempt('journal of changes not settled', deps.changes.settle);
      await attempt('not reconciled', reconcile);
      await refresh();
    },
    hold: (vm) => {
      held.add(vm);
      return () => held.delete(vm);
    },
    refresh,
    dispose: () => {
      isDisposed = true;
      for (const undo of undos) undo();
    },
  };
};
