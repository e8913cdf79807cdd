// Networks on our switch while machines use them: brought up with the first port, stopped after the last one.
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { AppFailure, failure, isFailure } from '../../shared/contract/errors.ts';
import type { VmId } from '../../shared/model/brand.ts';
import type { Network, NetworkId, NetworkStatus } from '../../shared/model/networks.ts';
import type { VmDefinition } from '../../shared/model/vm.ts';
import type { FabricOwner } from '../fabric/client.ts';
import type { CallResult, FabricPort } from '../fabric/protocol.ts';
import type { Logger } from '../log/logger.ts';
import type { Book } from './book.ts';
import { serviceSpec } from './fabric-spec.ts';
import type { NetworkHost } from './host.ts';
import { serviceSteps } from './plan-switch.ts';

export interface NetworkRuntime {
  /** Brings the network up, or brings what changed about it to the running one. Rejects with `network/*`. */
  readonly ensure: (network: Network) => Promise<void>;
  /** The same if it runs already; else nothing. */
  readonly update: (network: Network) => Promise<void>;
  readonly ensurePort: (port: FabricPort) => Promise<CallResult<'ensurePort'>>;
  readonly removePort: (vm: VmId, nic: string) => Promise<void>;
  readonly portsOf: (vm: VmId) => readonly FabricPort[];
  readonly ports: () => readonly FabricPort[];
  readonly isUp: (id: NetworkId) => boolean;
  /** Stops the network if nothing is plugged into it. */
  readonly stopIfIdle: (id: NetworkId) => Promise<void>;
  /** Takes over what the fabric has. False: none runs. */
  readonly adopt: (mayStart: boolean) => Promise<boolean>;
  readonly failed: (id: NetworkId, error: unknown) => void;
}

export const createNetworkRuntime = (deps: {
  readonly fabric: FabricOwner;
  readonly book: Book;
  readonly host: NetworkHost;
  readonly machines: () => readonly VmDefinition[];
  readonly log: Logger;
}): NetworkRuntime => {
  const { fabric, book, host } = deps;
  const up = new Set<NetworkId>();
  const ports = new Map<string, FabricPort>();
  const keyOf = (vm: string, nic: string): string => `${vm}/${nic}`;
  /** One after the other for each network: a stop never meets a start. */
  const lanes = new Map<NetworkId, Promise<unknown>>();
  const inLane = <T>(id: NetworkId, work: () => Promise<T>): Promise<T> => {
    const done = (lanes.get(id) ?? Promise.resolve()).then(work, work);
    const settled = done.catch(() => undefined);
    lanes.set(id, settled);
    void settled.then(() => {
      if (lanes.get(id) === settled) lanes.delete(id);
    });
    return done;
  };

  const failed = (id: NetworkId, error: unknown): void => {
    const problem =
      error instanceof AppFailure
        ? error.error
        : failure('network/service-failed', { name: id, reason: String(error) }).error;
    book.setStatus(id, { ...book.statusOf(id), state: 'failed', problem });
  };

  const isUsed = (id: NetworkId): boolean =>
    [...ports.values()].some((port) => port.network === id);

  const bringUp = async (network: Network): Promise<void> => {
    const { id } = network;
    const tools = await host.tools();
    const { service: here } = await host.plan();
    const steps = serviceSteps(network, here);
    if ('refusal' in steps) {
      const reason = here.way === undefined ? here.because : undefined;
      throw reason
        ? new AppFailure(reason)
        : failure('network/service-failed', { name: network.name, reason: '' });
    }
    const service =
      network.kind === 'natNetwork' && here.way !== undefined
        ? serviceSpec(network, here.way, tools.programs, deps.machines())
        : undefined;
    const way: NetworkStatus['way'] = service?.way ?? 'switch';
    if (!up.has(id)) book.setStatus(id, { state: 'starting', way, limits: steps.limits });
    try {
      await fabric.ensureRunning();
      await fabric.call('ensureNetwork', { id, ...(service ? { service } : {}) });
    } catch (error) {
      failed(id, error);
      // What never came up is not left to the fabric to try on.
      if (!up.has(id) && !isUsed(id)) {
        await fabric.call('removeNetwork', { id }).catch(() => undefined);
        if (up.size === 0) await fabric.endIfIdle().catch(() => false);
      }
      throw error;
    }
    up.add(id);
    book.setStatus(id, { state: 'up', way, limits: steps.limits });
  };

  return {
    ensure: (network) => inLane(network.id, () => bringUp(network)),
    update: (network) =>
      inLane(network.id, async () => {
        if (up.has(network.id)) await bringUp(network);
      }),
    ensurePort: (port) =>
      inLane(port.network, async () => {
        if (port.endpoint.kind === 'stream') {
          mkdirSync(dirname(port.endpoint.path), { recursive: true, mode: 0o700 });
        }
        const result = await fabric.call('ensurePort', port);
        const known = ports.get(keyOf(port.vm, port.nic))?.endpoint;
        const endpoint =
          port.endpoint.kind === 'datagram'
            ? {
                ...(known?.kind === 'datagram' ? known : {}),
                ...port.endpoint,
                ...(result.switchPort === undefined ? {} : { switchPort: result.switchPort }),
              }
            : port.endpoint;
        ports.set(keyOf(port.vm, port.nic), { ...port, endpoint });
        return result;
      }),
    removePort: async (vm, nic) => {
      if (!ports.delete(keyOf(vm, nic))) return;
      await fabric.call('removePort', { vm, nic }).catch((error: unknown) => {
        deps.log.warn('port not removed', { vm, nic, error: String(error) });
      });
    },
    ports: () => [...ports.values()],
    portsOf: (vm) => [...ports.values()].filter((port) => port.vm === vm),
    isUp: (id) => up.has(id),
    failed,
    stopIfIdle: (id) =>
      inLane(id, async () => {
        if (isUsed(id) || !up.has(id)) return;
        up.delete(id);
        await fabric.call('removeNetwork', { id }).catch((error: unknown) => {
          if (!isFailure(error, 'network/not-found')) {
            deps.log.warn('network not stopped', { id, error: String(error) });
          }
        });
        const { limits } = book.statusOf(id);
        book.setStatus(id, { state: 'idle', limits });
        if (up.size === 0) await fabric.endIfIdle().catch(() => false);
      }),
    adopt: async (mayStart) => {
      if (mayStart) await fabric.ensureRunning();
      else if (!(await fabric.findRunning())) return false;
      const found = await fabric.call('list', {});
      up.clear();
      ports.clear();
      for (const { id, service } of found.networks) {
        up.add(id);
        const network = book.find(id);
        const limits =
          network && service
            ? serviceSteps(network, (await host.plan()).service)
            : { limits: [] as NetworkStatus['limits'] };
        book.setStatus(id, {
          state: 'up',
          way: service?.way ?? 'switch',
          limits: 'limits' in limits ? limits.limits : [],
        });
      }
      for (const port of found.ports) ports.set(keyOf(port.vm, port.nic), port);
      return true;
    },
  };
};
