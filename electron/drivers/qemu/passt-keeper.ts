// Keeps the passts of a running machine: starts one again that died, also while no manager looked, and puts one with
// other forwards in its place. The NIC is plugged into a hub, behind which the connection to passt is made anew; what went
// through the former passt ends with it, the guest's address and cable stay.
import { setTimeout as sleep } from 'node:timers/promises';
import { failure, isFailure } from '../../../shared/contract/errors.ts';
import type { Nic, PortForward } from '../../../shared/model/network.ts';
import type { DriverContext } from '../types.ts';
import type { Machine } from './machine.ts';
import { hubPortOf, wayOf } from './netdev.ts';
import { isAsAsked, runningPasst, startPasst } from './passt.ts';
import type { QmpClient } from './qmp.ts';

const connectLimitMs = 10_000;
/** Milliseconds between the announcements of a guest, which may get lost. */
const announcement = { initial: 50, max: 550, rounds: 5, step: 100 } as const;
const firstPauseMs = 250;
const longestPauseMs = 30_000;
/** Having run that long, one that dies is started again at once. */
const soundAfterMs = 60_000;

export interface PasstKeeper {
  /** Makes good what happened while nobody looked. Never rejects. */
  readonly look: () => Promise<void>;
  /** Rejects with `network/*` or `qemu/*`; the former list is forwarded then. */
  readonly change: (
    nic: string,
    next: (forwards: readonly PortForward[]) => readonly PortForward[],
  ) => Promise<void>;
  readonly dispose: () => void;
}

interface KeeperDeps {
  readonly ctx: DriverContext;
  /** Absent: not installed. */
  readonly program: string | undefined;
}

/** `info network` names the other end of a connection, and nothing where there is none. */
export const isWayConnected = (infoNetwork: string, nic: string): boolean =>
  infoNetwork
    .split('\n')
    .some((line) => line.includes(` ${wayOf(nic)}: `) && line.includes('type=stream,unix:'));

const remove = async (qmp: QmpClient, id: string): Promise<void> => {
  await qmp.execute('netdev_del', { id }).catch((error: unknown) => {
    // Not there: a manager ended between two steps.
    if (!isFailure(error, 'qemu/qmp-error')) throw error;
  });
};

export const createPasstKeeper = ({ ctx, program }: KeeperDeps, machine: Machine): PasstKeeper => {
  let isDisposed = false;
  let lane: Promise<unknown> = Promise.resolve();
  const pauses = new Map<string, number>();
  const startedAt = new Map<string, number>();
  const timers = new Map<string, NodeJS.Timeout>();

  const inLane = <T>(work: () => Promise<T>): Promise<T> => {
    const done = lane.then(work, work);
    lane = done.catch(() => undefined);
    return done;
  };
  const isOver = (): boolean => isDisposed || !machine.isLive;

  const kept = (): readonly {
    readonly nic: Nic;
    readonly hub: number;
    readonly path: string;
  }[] => {
    const { definition, plugs = {} } = machine.record;
    return definition.config.nics.flatMap((nic, hub) => {
      const plug = plugs[nic.id];
      return plug?.kind === 'passt' ? [{ nic, hub, path: plug.path }] : [];
    });
  };
  const keptOf = (id: string): ReturnType<typeof kept>[number] => {
    const found = kept().find(({ nic }) => nic.id === id);
    if (!found) throw failure('network/not-found', { id });
    return found;
  };

  const isConnected = async (nic: string): Promise<boolean> => {
    const qmp = await machine.control();
    return isWayConnected(await qmp.human('info network'), nic);
  };

  /** Connects the NIC's hub to whoever listens at `path`. */
  const connect = async (nic: string, hub: number, path: string): Promise<void> => {
    const qmp = await machine.control();
    for (const id of [hubPortOf(nic), wayOf(nic)]) await remove(qmp, id);
    const way = { type: 'stream', id: wayOf(nic), server: false, addr: { type: 'unix', path } };
    await qmp.execute('netdev_add', way);
    const port = { type: 'hubport', id: hubPortOf(nic), hubid: hub, netdev: wayOf(nic) };
    await qmp.execute('netdev_add', port);
    const deadline = performance.now() + connectLimitMs;
    while (!(await isConnected(nic))) {
      if (performance.now() > deadline) {
        throw failure('network/service-failed', { name: nic, reason: 'passt took no connection.' });
      }
      await sleep(20);
    }
    // A new passt knows the guest's MAC from the first frame it sends, and reaches it with none before.
    await qmp.execute('announce-self', { ...announcement, interfaces: [nic] });
  };

  const replace = async (nic: Nic, hub: number, path: string): Promise<void> => {
    if (program === undefined) {
      const need = 'the NAT that this machine asks for';
      throw failure('network/service-missing', { program: 'passt', need });
    }
    await startPasst(ctx, program, machine.record.definition, nic, machine.files, path);
    startedAt.set(nic.id, performance.now());
    await connect(nic.id, hub, path);
  };

  const restoreOne = async (id: string): Promise<void> => {
    if (isOver()) return;
    const { nic, hub, path } = keptOf(id);
    const isSound =
      runningPasst(machine.files, nic) !== undefined &&
      isAsAsked(machine.files, nic, path) &&
      (await isConnected(id));
    if (isSound) pauses.delete(id);
    else await replace(nic, hub, path);
  };

  const later = (id: string): void => {
    if (isOver() || timers.has(id)) return;
    if (performance.now() - (startedAt.get(id) ?? 0) > soundAfterMs) pauses.delete(id);
    const pauseMs = pauses.get(id) ?? firstPauseMs;
    pauses.set(id, Math.min(pauseMs * 2, longestPauseMs));
    const timer = setTimeout(() => {
      timers.delete(id);
      void again(id);
    }, pauseMs);
    timer.unref();
    timers.set(id, timer);
  };

  const again = async (id: string): Promise<void> => {
    try {
      await inLane(() => restoreOne(id));
    } catch (error) {
      if (isOver()) return;
      ctx.log.warn('passt does not start again', { vm: machine.id, nic: id, error: String(error) });
      if (isFailure(error)) machine.report(machine.power, error.error);
      later(id);
    }
  };

  machine.onStreamLost = (netdev) => {
    const lost = kept().find(({ nic }) => wayOf(nic.id) === netdev);
    if (lost) later(lost.nic.id);
  };

  return {
    look: async () => {
      for (const { nic } of kept()) await again(nic.id);
    },
    change: (id, next) =>
      inLane(async () => {
        const { nic, hub, path } = keptOf(id);
        const { attachment } = nic;
        if (attachment.kind !== 'nat') throw failure('network/not-found', { id });
        const changed: Nic = {
          ...nic,
          attachment: { ...attachment, forwards: next(attachment.forwards) },
        };
        try {
          await replace(changed, hub, path);
        } catch (error) {
          // It may be gone as well; then it is tried again like one that died.
          await replace(nic, hub, path).catch(() => later(id));
          throw error;
        }
        machine.updateConfig((config) => ({
          ...config,
          nics: config.nics.map((row) => (row.id === id ? changed : row)),
        }));
      }),
    dispose: () => {
      isDisposed = true;
      for (const timer of timers.values()) clearTimeout(timer);
    },
  };
};
