// The way `gateway` of a NAT network's service end: a QEMU without devices that leads out through slirp. It gives out
// addresses, but knows neither reservations nor names; what it gave out is read from the frames.
import { statSync } from 'node:fs';
import { failure } from '../../../shared/contract/errors.ts';
import type { NetworkId } from '../../../shared/model/networks.ts';
import type { FabricForward, NetworkService, ServicePort, ServiceSpec } from '../protocol.ts';
import { addressInPrefix, slirpAddresses } from './addresses.ts';
import { createChildren } from './children.ts';
import {
  asServiceFailure,
  createQueue,
  endReason,
  needsNewStart,
  requirePrograms,
  serviceFailed,
  waitWhileRunning,
} from './common.ts';
import { leasesFile, openServiceFolder } from './folder.ts';
import { forwardChanges, forwardTarget } from './forwards.ts';
import { createHostGuard } from './host-guard.ts';
import { assertPortFree, listenAddress } from './host-port.ts';
import { gatewayArgs } from './qemu-args.ts';
import { openQmp, type Qmp } from './qmp.ts';
import type { ServiceDeps } from './service-deps.ts';
import { createSnoopedLeases } from './snooped-leases.ts';

interface KnownForward {
  readonly forward: FabricForward;
  /** Where slirp leads it now; undefined: nowhere yet. */
  readonly target: string | undefined;
}

const rule = ({ protocol, hostPort, ...forward }: FabricForward): string =>
  `${protocol}:${listenAddress(forward)}:${hostPort}`;

/** The first eight bytes of a /64, from any address in it. */
const prefixBytes = (prefix: string): Buffer => {
  const groups = addressInPrefix(prefix, 0).split('::')[0]?.split(':') ?? [];
  const bytes = Buffer.alloc(8);
  groups.forEach((group, index) => bytes.writeUInt16BE(Number.parseInt(group, 16), index * 2));
  return bytes;
};

const doesExist = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false }) !== undefined;

export const startGateway = async (
  given: ServiceSpec,
  id: NetworkId,
  port: ServicePort,
  deps: ServiceDeps,
): Promise<NetworkService> => {
  const programs = requirePrograms(given, ['qemu']);
  const log = deps.log.scoped(`network ${id}`);
  const folder = openServiceFolder(deps.runtimeDir, id);
  const children = createChildren(folder.path, log);
  const inTurn = createQueue();
  const forwards = new Map<string, KnownForward>();
  const leases = createSnoopedLeases(folder.file(leasesFile), () => {
    void inTurn(follow);
    deps.onLease();
  });
  let isOver = false;
  let qmp: Qmp | undefined;
  let undo: readonly (() => void)[] = [];

  const endAll = async (): Promise<void> => {
    isOver = true;
    for (const step of undo) step();
    undo = [];
    await children.endAll();
  };
  const hmp = async (line: string): Promise<void> => {
    if (isOver || !qmp) throw serviceFailed(id, 'It has ended.');
    const answer = await qmp.hmp(line);
    if (answer === '') return;
    throw failure('network/bad-forward', { reason: `slirp refused: ${answer}` });
  };
  const lead = async (forward: FabricForward): Promise<void> => {
    const target = forwardTarget(forward.to, leases.list(), []);
    if (target !== undefined)
      await hmp(`hostfwd_add b ${rule(forward)}-${target}:${forward.guestPort}`);
    forwards.set(forward.id, { forward, target });
  };
  const unlead = async ({ forward, target }: KnownForward): Promise<void> => {
    if (target === undefined) return;
    // It answers what it did in words.
    await qmp?.hmp(`hostfwd_remove b ${rule(forward)}`);
  };
  const open = async (forward: FabricForward): Promise<void> => {
    if (forwards.has(forward.id)) return;
    await assertPortFree(forward);
    await lead(forward);
  };
  const close = async (forwardId: string): Promise<void> => {
    const known = forwards.get(forwardId);
    if (!known) return;
    await unlead(known);
    forwards.delete(forwardId);
  };
  /** Leads forwards to where their machines are now. */
  async function follow(): Promise<void> {
    for (const known of [...forwards.values()]) {
      if (isOver) return;
      if (forwardTarget(known.forward.to, leases.list(), []) === known.target) continue;
      try {
        await unlead(known);
        forwards.set(known.forward.id, { forward: known.forward, target: undefined });
        await lead(known.forward);
      } catch (error) {
        if (!isOver) log.warn('a forward could not follow its machine', { error: String(error) });
      }
    }
  }

  let spec = given;
  try {
    const paths = { stream: folder.file('gw'), qmp: folder.file('qmp') };
    const qemu = children.start({
      name: 'qemu',
      argv: [programs.qemu, ...gatewayArgs(spec, paths)],
    });
    await waitWhileRunning(qemu, () => doesExist(paths.stream) && doesExist(paths.qmp));
    qmp = await openQmp(paths.qmp);
    const { gateway, subnet, dhcp } = spec.ipv4;
    const { dns } = slirpAddresses(spec.ipv4);
    const guarded = {
      subnet,
      gateway,
      dns,
      hasDhcp: dhcp !== undefined,
      mayReachHost: spec.mayReachHost,
    };
    const guard = createHostGuard(guarded, spec.ipv6 && prefixBytes(spec.ipv6.prefix));
    const plug = port.attach(paths.stream, {
      mayGoOut: (frame) => {
        leases.look(frame);
        return guard.mayGoOut(frame);
      },
      mayComeIn: (frame) => {
        leases.look(frame);
        guard.look(frame);
        return true;
      },
    });
    undo = [() => plug.dispose(), () => qmp?.dispose()];
    void qemu.exited.then((ended) => {
      if (isOver) return;
      void endAll().then(() => {
        folder.clear();
        deps.onEnded(serviceFailed(id, endReason(ended)).error);
      });
    });
    // A frame of slirp's that comes before ends QEMU 7.2, so forwards wait for it.
    await waitWhileRunning(qemu, plug.isConnected);
    for (const forward of spec.forwards) await open(forward);
  } catch (error) {
    await endAll();
    folder.clear();
    throw asServiceFailure(id, error);
  }
  return {
    update: (next) =>
      inTurn(async () => {
        if (needsNewStart(spec, next)) throw serviceFailed(id, 'It has to be started anew.');
        const opened = [...forwards.values()].map(({ forward }) => forward);
        const changes = forwardChanges(opened, next.forwards);
        for (const forwardId of changes.close) await close(forwardId);
        spec = next;
        for (const forward of changes.open) await open(forward);
      }),
    addForward: (forward) => inTurn(() => open(forward)),
    removeForward: (forwardId) => inTurn(() => close(forwardId)),
    leases: () => Promise.resolve(leases.list()),
    setHosts: () => undefined,
    dispose: async () => {
      if (isOver) return;
      await endAll();
      folder.remove();
    },
  };
};
