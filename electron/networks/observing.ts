// What is seen of networks and adapters while they run: leases, counters, addresses of guests, packet captures.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { failure, isFailure } from '../../shared/contract/errors.ts';
import { format } from '../../shared/i18n/format.ts';
import { toEpochMs } from '../../shared/model/brand.ts';
import { isOnBridge } from '../../shared/model/network.ts';
import type {
  GuestAddress,
  LivePort,
  Network,
  NetworkId,
  NetworkLive,
  PortCounters,
} from '../../shared/model/networks.ts';
import { isLive } from '../../shared/model/power.ts';
import type { Vm } from '../../shared/model/vm.ts';
import type { Supervisor } from '../drivers/supervisor.ts';
import type { FabricOwner } from '../fabric/client.ts';
import type { FabricPort } from '../fabric/protocol.ts';
import type { Store } from '../state/store.ts';
import type { Book } from './book.ts';
import type { NetworkCommands } from './commands.ts';
import { tapName } from './names.ts';
import type { Planner } from './planner.ts';
import type { NetworkRuntime } from './runtime.ts';

type Observing = Pick<NetworkCommands, 'live' | 'addresses' | 'startCapture' | 'stopCapture'>;

/** A tap receives what its machine sends. Undefined: there is no such tap. */
export const tapCounters = (tap: string, root = '/'): PortCounters | undefined => {
  const read = (name: string): number =>
    Number(readFileSync(join(root, 'sys/class/net', tap, 'statistics', name), 'utf8'));
  try {
    return {
      rxFrames: read('rx_packets'),
      rxBytes: read('rx_bytes'),
      txFrames: read('tx_packets'),
      txBytes: read('tx_bytes'),
      dropped: read('rx_dropped') + read('tx_dropped'),
    };
  } catch {
    return undefined;
  }
};

/** Its machine was moved away: the lease is only remembered. */
const isPluggedElsewhere = (
  ports: readonly Pick<FabricPort, 'network' | 'mac'>[],
  network: NetworkId,
  mac: string,
): boolean => {
  const own = ports.filter((port) => port.mac === mac);
  return own.length > 0 && own.every((port) => port.network !== network);
};

export interface ObservingDeps {
  readonly book: Book;
  readonly runtime: NetworkRuntime;
  readonly planner: Planner;
  readonly fabric: FabricOwner;
  readonly store: Store;
  readonly supervisor: Pick<Supervisor, 'current'>;
  readonly now: () => number;
}

export const createObserving = (deps: ObservingDeps): Observing => {
  const { book, runtime, planner, fabric, store } = deps;

  const vmOf = (id: string): Vm => {
    const vm = store.getState().vms[id];
    if (!vm) throw failure('vm/not-found', { id });
    return vm;
  };

  const ofBridge = (network: Network): readonly LivePort[] =>
    planner.members(network).map(({ vm, nic }) => {
      const counters = tapCounters(tapName(vm, nic.id));
      const isConnected = isLive(vmOf(vm).power) && nic.isCableConnected;
      return { vm, nic: nic.id, isConnected, ...(counters ? { counters } : {}) };
    });

  const live = async (network: Network): Promise<NetworkLive> => {
    if (isOnBridge(network)) return { leases: [], ports: ofBridge(network) };
    const seen = runtime.isUp(network.id)
      ? await fabric.call('look', { network: network.id })
      : { leases: [], ports: [] };
    const others = planner
      .members(network)
      .filter(({ vm, nic }) => !seen.ports.some((port) => port.vm === vm && port.nic === nic.id))
      .map(({ vm, nic }) => ({ vm, nic: nic.id, isConnected: false }));
    const leases = seen.leases.filter(
      ({ mac }) => !isPluggedElsewhere(runtime.ports(), network.id, mac),
    );
    return { leases, ports: [...seen.ports, ...others] };
  };

  /** Where its ports are: what is stored may wait for the next start. */
  const leasesOf = async (vm: Vm): Promise<readonly GuestAddress[]> => {
    const found: GuestAddress[] = [];
    for (const { network, nic, mac: own } of runtime.portsOf(vm.definition.id)) {
      if (!runtime.isUp(network)) continue;
      const { leases } = await fabric.call('look', { network });
      for (const { mac, address } of leases) {
        if (mac === own) found.push({ nic, address, source: 'lease' });
      }
    }
    return found;
  };

  const hasPort = (vm: string, nic: string): boolean =>
    runtime.ports().some((port) => port.vm === vm && port.nic === nic);

  return {
    live: async ({ id }) => {
      const { leases, ports } = await live(book.get(id));
      return { leases: [...leases], ports: [...ports] };
    },
    addresses: async ({ id }) => {
      const vm = vmOf(id);
      if (!isLive(vm.power)) return { addresses: [] };
      const session = deps.supervisor.current(vm.definition.driver)?.session;
      const [leases, said] = await Promise.all([
        leasesOf(vm).catch(() => []),
        session?.addresses?.(id) ?? [],
      ]);
      const own = leases.filter(({ address }) => !said.some((each) => each.address === address));
      return { addresses: [...own, ...said] };
    },
    startCapture: async ({ id, nic, path }) => {
      const vm = vmOf(id);
      if (!vm.definition.config.nics.some((each) => each.id === nic)) {
        throw failure('network/not-found', { id: nic });
      }
      if (hasPort(id, nic)) await fabric.call('startCapture', { vm: id, nic, path });
      else {
        const session = deps.supervisor.current(vm.definition.driver)?.session;
        if (!session?.capture || !isLive(vm.power)) {
          throw failure('vm/feature-unavailable', {
            feature: format('network.capture'),
            reason: format(session?.capture ? 'network.capture.off' : 'network.capture.none'),
          });
        }
        await session.capture.start(id, nic, path);
      }
      const since = toEpochMs(deps.now());
      store.dispatch({ kind: 'capture', capture: { vm: id, nic, path, since } });
    },
    stopCapture: async ({ id, nic }) => {
      try {
        if (hasPort(id, nic)) await fabric.call('stopCapture', { vm: id, nic });
        else {
          const { driver } = vmOf(id).definition;
          await deps.supervisor.current(driver)?.session.capture?.stop(id, nic);
        }
      } catch (error) {
        if (!isFailure(error, 'network/not-found')) throw error;
      }
      store.dispatch({ kind: 'captureGone', vm: id, nic });
    },
  };
};
