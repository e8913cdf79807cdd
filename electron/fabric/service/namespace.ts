// The way `namespace` of a NAT network's service end: dnsmasq, nftables and slirp4netns in a user and network namespace,
// joined to the switch by a program of ours.
import { readFileSync, watch, writeFileSync } from 'node:fs';
import { failure, type AppError } from '../../../shared/contract/errors.ts';
import type { Lease, NetworkId } from '../../../shared/model/networks.ts';
import type { FabricForward, NetworkService, ServicePort, ServiceSpec } from '../protocol.ts';
import { outerNetwork } from './addresses.ts';
import { createChildren } from './children.ts';
import {
  asServiceFailure,
  createQueue,
  endReason,
  needsNewStart,
  serviceFailed,
} from './common.ts';
import { dhcpHosts, dnsNames, dnsmasqConfig, parseLeases, type Host } from './dnsmasq.ts';
import { superviseDnsmasq } from './dnsmasq-run.ts';
import { leasesFile, openServiceFolder } from './folder.ts';
import { forwardInto } from './forwarder.ts';
import { forwardChanges, forwardTarget } from './forwards.ts';
import { assertPortFree, listenAddress } from './host-port.ts';
import { setUpNamespace, type Namespace } from './namespace-set-up.ts';
import { inner, nftRules, type Translation } from './nft.ts';
import type { ServiceDeps } from './service-deps.ts';
import { addHostForward, removeHostForward } from './slirp4netns.ts';

/** slirp's side of the forwards: one port each, from here on. */
const firstOuterPort = 20_000;
const leasesSettleMs = 100;

interface OpenForward {
  readonly forward: FabricForward;
  /** Its port on slirp's side; undefined: it does not lead through slirp. */
  readonly outerPort: number | undefined;
  readonly end: () => Promise<void> | void;
}

const readLeases = (path: string): readonly Lease[] => {
  try {
    return parseLeases(readFileSync(path, 'utf8'));
  } catch {
    return []; // Nobody has one yet.
  }
};

export const startNamespace = async (
  given: ServiceSpec,
  id: NetworkId,
  port: ServicePort,
  deps: ServiceDeps,
): Promise<NetworkService> => {
  const log = deps.log.scoped(`network ${id}`);
  const folder = openServiceFolder(deps.runtimeDir, id);
  const children = createChildren(folder.path, log);
  const files = {
    config: folder.file('dnsmasq.conf'),
    hosts: folder.file('hosts'),
    names: folder.file('names'),
    leases: folder.file(leasesFile),
  };
  const inTurn = createQueue();
  const forwards = new Map<string, OpenForward>();
  let spec = given;
  let hosts: readonly Host[] = [];
  let isOver = false;
  let undo: readonly (() => void)[] = [];

  const endAll = async (): Promise<void> => {
    isOver = true;
    for (const step of undo) step();
    undo = [];
    // Those of slirp4netns end with it.
    for (const { outerPort, end } of forwards.values()) if (outerPort === undefined) void end();
    await children.endAll();
  };
  const breakDown = (reason: string): void => {
    if (isOver) return;
    const problem: AppError = serviceFailed(id, reason).error;
    void endAll().then(() => {
      folder.clear();
      deps.onEnded(problem);
    });
  };
  const assertAlive = (): void => {
    if (isOver) throw serviceFailed(id, 'It has ended.');
  };

  const writeNames = (): void => {
    writeFileSync(files.hosts, dhcpHosts(spec.reservations, hosts), { mode: 0o600 });
    writeFileSync(files.names, dnsNames(spec.dnsNames), { mode: 0o600 });
  };
  const translations = (): readonly Translation[] => {
    const leases = readLeases(files.leases);
    return [...forwards.values()].flatMap(({ forward, outerPort }) => {
      const address = forwardTarget(forward.to, leases, spec.reservations);
      const { protocol, guestPort } = forward;
      if (address === undefined || outerPort === undefined) return [];
      return [{ protocol, outerPort, address, port: guestPort }];
    });
  };

  let namespace: Namespace;
  const applyRules = (): Promise<void> =>
    namespace.run([given.programs['nft'] ?? 'nft', '-f', '-'], nftRules(spec, translations()));

  const openThroughSlirp = async (forward: FabricForward): Promise<OpenForward> => {
    const used = new Set([...forwards.values()].map(({ outerPort }) => outerPort));
    let outerPort = firstOuterPort;
    while (used.has(outerPort)) outerPort += 1;
    const slirpId = await addHostForward(namespace.apiSocket, {
      protocol: forward.protocol,
      hostAddress: listenAddress(forward),
      hostPort: forward.hostPort,
      address: outerNetwork(spec.ipv4.subnet).own,
      port: outerPort,
    }).catch((error: unknown) => {
      const reason = `slirp4netns refused port ${forward.hostPort}: ${String(error)}`;
      throw failure('network/bad-forward', { reason }, { cause: error });
    });
    const end = (): Promise<void> => removeHostForward(namespace.apiSocket, slirpId);
    return { forward, outerPort, end };
  };
  const openDirectly = async (forward: FabricForward): Promise<OpenForward> => {
    const targetOf = (): string | undefined =>
      forwardTarget(forward.to, readLeases(files.leases), spec.reservations);
    const end = await forwardInto(namespace.inside, forward, targetOf);
    return { forward, outerPort: undefined, end };
  };
  const open = async (forward: FabricForward): Promise<void> => {
    assertAlive();
    if (forwards.has(forward.id)) return;
    await assertPortFree(forward);
    const isDirect = forward.protocol === 'tcp';
    const opened = await (isDirect ? openDirectly(forward) : openThroughSlirp(forward));
    forwards.set(forward.id, opened);
    if (!isDirect) await applyRules();
  };
  const close = async (forwardId: string): Promise<void> => {
    const known = forwards.get(forwardId);
    if (!known) return;
    assertAlive();
    await known.end();
    forwards.delete(forwardId);
    if (known.outerPort !== undefined) await applyRules();
  };

  try {
    namespace = await setUpNamespace(spec, id, folder, children, log);
    await applyRules();
    writeNames();
    const upstreamDns = outerNetwork(spec.ipv4.subnet).dns;
    const config = dnsmasqConfig(spec, id, { ...files, interface: inner, upstreamDns });
    writeFileSync(files.config, config, { mode: 0o600 });
    const dnsmasq = await superviseDnsmasq({
      children,
      enter: namespace.enter,
      program: given.programs['dnsmasq'] ?? 'dnsmasq',
      config: files.config,
      isOver: () => isOver,
      onLost: breakDown,
    });
    for (const child of namespace.vital)
      void child.exited.then((ended) => breakDown(endReason(ended)));
    for (const forward of spec.forwards) await open(forward);

    let lastSeen = JSON.stringify(readLeases(files.leases));
    const onLeases = (): void => {
      const now = JSON.stringify(readLeases(files.leases));
      if (isOver || now === lastSeen) return;
      lastSeen = now;
      void inTurn(applyRules).catch((error: unknown) => {
        if (!isOver) log.error('rules of a network not applied', { error: String(error) });
      });
      deps.onLease();
    };
    let settling: NodeJS.Timeout | undefined;
    const watcher = watch(folder.path, (_event, name) => {
      if (name !== leasesFile) return;
      clearTimeout(settling);
      settling = setTimeout(onLeases, leasesSettleMs);
    });
    watcher.on('error', (error) => log.warn('leases are not watched', { error: String(error) }));
    const plug = port.attach(namespace.streamSocket);
    undo = [() => clearTimeout(settling), () => watcher.close(), () => plug.dispose()];

    return {
      update: (next) =>
        inTurn(async () => {
          assertAlive();
          if (needsNewStart(spec, next)) throw serviceFailed(id, 'It has to be started anew.');
          const opened = [...forwards.values()].map(({ forward }) => forward);
          const changes = forwardChanges(opened, next.forwards);
          for (const forwardId of changes.close) await close(forwardId);
          spec = next;
          writeNames();
          dnsmasq.reload();
          for (const forward of changes.open) await open(forward);
          await applyRules();
        }),
      addForward: (forward) => inTurn(() => open(forward)),
      removeForward: (forwardId) => inTurn(() => close(forwardId)),
      leases: () => Promise.resolve(readLeases(files.leases)),
      setHosts: (next) => {
        const isSame = JSON.stringify(next) === JSON.stringify(hosts);
        hosts = next;
        if (isSame || isOver) return;
        writeNames();
        dnsmasq.reload();
      },
      dispose: async () => {
        if (isOver) return;
        await endAll();
        folder.remove();
      },
    };
  } catch (error) {
    await endAll();
    folder.clear();
    throw asServiceFailure(id, error);
  }
};
