// The fabric itself: networks with their switches and services, ports, captures; one handler per call of the protocol.
// Everything it is told is on disk before it answers, so that a fabric that is killed comes back the same.
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { failure } from '../../shared/contract/errors.ts';
import type { NetworkId } from '../../shared/model/networks.ts';
import type { Logger } from '../log/logger.ts';
import { createLanes } from './lanes.ts';
import { giveAddressBack } from './leaving.ts';
import { createPorts } from './ports.ts';
import {
  protocolVersion,
  type CallArgs,
  type CallResult,
  type FabricCall,
  type FabricEvent,
  type ServiceSpec,
} from './protocol.ts';
import type { startService } from './service/service.ts';
import { servicePort } from './service-port.ts';
import { createStateFile } from './state.ts';
import { supervise, type SupervisedService } from './supervise.ts';
import { createSwitch, type Switch } from './switch/switch.ts';

export type FabricHandlers = {
  readonly [C in FabricCall]: (args: CallArgs<C>) => Promise<CallResult<C>>;
};

export interface FabricDeps {
  /** Owner-only and short. */
  readonly runtimeDir: string;
  readonly log: Logger;
  readonly startService: typeof startService;
  readonly emit: (event: FabricEvent) => void;
  /** Called when the process shall end, after its answer was given. */
  readonly onEnd: () => void;
  readonly now: () => number;
}

export interface Fabric {
  readonly handlers: FabricHandlers;
  /** Makes again what the last run had. Services come up behind it. Never rejects. */
  readonly restore: () => Promise<void>;
  readonly dispose: () => Promise<void>;
}

interface Net {
  readonly id: NetworkId;
  readonly home: Switch;
  service: SupervisedService | undefined;
}

/** Short, whatever the network's id: socket paths are limited to 107 bytes. */
const serviceFolder = (runtimeDir: string, id: NetworkId): string => {
  const name = createHash('sha256').update(id).digest('hex').slice(0, 10);
  const folder = join(runtimeDir, `n-${name}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
};

export const createFabricCore = (deps: FabricDeps): Fabric => {
  const { log, emit } = deps;
  const startedAt = deps.now();
  const networks = new Map<NetworkId, Net>();
  const lanes = createLanes();
  const file = createStateFile(deps.runtimeDir);
  const ports = createPorts((ref, problem) => {
    emit({ kind: 'captureEnded', ...ref, problem: problem.error });
    void save().catch((error: unknown) => log.error('state', { error: String(error) }));
  });

  let isEnding = false;
  const describe = (): CallResult<'list'> => ({
    networks: [...networks.values()].map(({ id, service }) =>
      service ? { id, service: service.spec() } : { id },
    ),
    ports: [...ports.all()],
    captures: [...ports.captures()],
  });
  const save = (): Promise<void> => file.save(describe());

  const netOf = (id: NetworkId): Net => {
    const net = networks.get(id);
    if (!net) throw failure('network/not-found', { id });
    return net;
  };
  const makeNet = (id: NetworkId): Net => {
    const known = networks.get(id);
    if (known) return known;
    const net: Net = { id, home: createSwitch(), service: undefined };
    networks.set(id, net);
    return net;
  };

  const serviceFor = (net: Net, spec: ServiceSpec): SupervisedService =>
    supervise(spec, {
      start: (current, onEnded) =>
        deps.startService(current, net.id, servicePort(net.home), {
          runtimeDir: serviceFolder(deps.runtimeDir, net.id),
          log: log.scoped(`service.${net.id}`),
          onEnded,
          onLease: () => emit({ kind: 'lease', network: net.id }),
        }),
      hosts: () =>
        ports
          .of(net.id)
          .flatMap(({ spec: { mac, hostname } }) => (hostname ? [{ mac, hostname }] : [])),
      onState: (state, problem) =>
        emit({ kind: 'service', network: net.id, state, ...(problem ? { problem } : {}) }),
      log: log.scoped(`service.${net.id}`),
    });

  const ensureService = async (net: Net, spec: ServiceSpec | undefined): Promise<void> => {
    if (spec === undefined) {
      const old = net.service;
      net.service = undefined;
      await old?.dispose();
    } else if (net.service === undefined) {
      const service = serviceFor(net, spec);
      await service.start();
      net.service = service;
    } else {
      await net.service.update(spec);
    }
  };

  const hostsChanged = (...ids: readonly (NetworkId | undefined)[]): void => {
    for (const id of new Set(ids)) if (id) networks.get(id)?.service?.hostsChanged();
  };

  const handlers: FabricHandlers = {
    hello: () => Promise.resolve({ version: protocolVersion, pid: process.pid, startedAt }),
    ensureNetwork: ({ id, service }) =>
      lanes.run(id, async () => {
        if (isEnding) throw failure('network/fabric-lost', { reason: 'It was ending.' });
        const net = makeNet(id);
        try {
          await ensureService(net, service);
        } finally {
          await save();
        }
        return {};
      }),
    removeNetwork: ({ id }) =>
      lanes.run(id, async () => {
        const net = networks.get(id);
        if (!net) return {};
        networks.delete(id);
        await net.service?.dispose();
        for (const { spec } of ports.of(id)) await ports.remove(spec);
        await save();
        return {};
      }),
    ensurePort: (spec) =>
      lanes.run(`${spec.vm}/${spec.nic}`, async () => {
        const former = ports.all().find(({ vm, nic }) => vm === spec.vm && nic === spec.nic);
        const { home } = netOf(spec.network);
        const left = former && former.network !== spec.network && networks.get(former.network);
        if (left) await giveAddressBack(left.home, left.service, former.mac);
        const { endpoint } = await ports.ensure(spec, home);
        await save();
        hostsChanged(spec.network, former?.network);
        const switchPort = endpoint.kind === 'datagram' ? endpoint.switchPort : undefined;
        return switchPort === undefined ? {} : { switchPort };
      }),
    removePort: (ref) =>
      lanes.run(`${ref.vm}/${ref.nic}`, async () => {
        const former = ports.all().find(({ vm, nic }) => vm === ref.vm && nic === ref.nic);
        await ports.remove(ref);
        await save();
        hostsChanged(former?.network);
        return {};
      }),
    addForward: ({ network, forward }) =>
      lanes.run(network, async () => {
        const { service } = netOf(network);
        if (!service) throw failure('network/not-found', { id: network });
        await service.addForward(forward);
        await save();
        return {};
      }),
    removeForward: ({ network, id }) =>
      lanes.run(network, async () => {
        await netOf(network).service?.removeForward(id);
        await save();
        return {};
      }),
    look: async ({ network }) => {
      const { service } = netOf(network);
      const leases = (await service?.leases()) ?? [];
      const seen = ports.of(network).map(({ spec: { vm, nic }, isConnected, counters }) => ({
        ...{ vm, nic, isConnected, counters },
      }));
      return { leases: [...leases], ports: seen };
    },
    startCapture: ({ path, ...ref }) =>
      lanes.run(`${ref.vm}/${ref.nic}`, async () => {
        await ports.startCapture(ref, path, false);
        await save();
        return {};
      }),
    stopCapture: (ref) =>
      lanes.run(`${ref.vm}/${ref.nic}`, async () => {
        await ports.stopCapture(ref);
        await save();
        return {};
      }),
    list: () => Promise.resolve(describe()),
    endIfIdle: () => {
      if (networks.size > 0) return Promise.resolve({ isEnding: false });
      isEnding = true;
      file.remove();
      deps.onEnd();
      return Promise.resolve({ isEnding: true });
    },
  };

  const restore = async (): Promise<void> => {
    const state = await file.load();
    if (!state) return;
    const problem = (what: string) => (error: unknown) => log.error(what, { error: String(error) });
    for (const { id, service } of state.networks) {
      const net = makeNet(id);
      if (!service) continue;
      net.service = serviceFor(net, service);
      net.service.startEventually();
    }
    for (const spec of state.ports) {
      const net = networks.get(spec.network);
      if (net) await ports.ensure(spec, net.home).catch(problem('port not restored'));
    }
    for (const { path, ...ref } of state.captures) {
      await ports.startCapture(ref, path, true).catch(problem('capture not restored'));
    }
    log.info('restored', { networks: networks.size, ports: ports.all().length });
  };

  return {
    handlers,
    restore,
    dispose: async () => {
      await Promise.all([...networks.values()].map(async ({ service }) => service?.dispose()));
      await ports.dispose();
    },
  };
};
