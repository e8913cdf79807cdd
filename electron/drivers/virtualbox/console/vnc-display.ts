// The VNC server of a machine: on from its start, behind the guard; found again after a restart of ours; put back when
// the machine has ended. A machine that already runs gets it later, when its screen is calm: VirtualBox's program does
// not survive a change of mode just then.
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { failure, isFailure, type AppError } from '../../../../shared/contract/errors.ts';
import type { VmId } from '../../../../shared/model/brand.ts';
import { isLive } from '../../../../shared/model/power.ts';
import { freeLoopbackPort } from '../../../process/free-port.ts';
import { readMachine } from '../launch.ts';
import type { MachineContext } from '../machine-context.ts';
import { createLook } from '../machine-look.ts';
import { hasVncPack } from '../parse-list.ts';
import { valueOf } from '../parse-vminfo.ts';
import { screenIsCalm } from '../screen-calm.ts';
import type { VBoxApi } from '../vbox-api.ts';
import type { DisplayRecords } from './display-records.ts';
import { connectVnc, type VncTarget } from './vnc-connect.ts';
import {
  extraVncPort,
  isOpenToAll,
  listenersOn,
  vncPassword,
  type HeldPort,
  type HoldPort,
} from './vnc-guard.ts';
import {
  chooseVnc,
  readVrde,
  restoreVrde,
  restoreWords,
  setVncPassword,
  switchVncOn,
  vncPack,
  vrdePort,
  type VrdeSettings,
} from './vrde-settings.ts';

export interface VncDisplayDeps {
  readonly machines: MachineContext;
  readonly records: DisplayRecords;
  readonly hold: HoldPort;
  /** Something to tell the user of a machine that runs. */
  readonly warn: (vm: VmId, error: AppError) => void;
}

export interface VncStart {
  /** Waits until the machine's own port answers, then lets the guard go. */
  settle(): Promise<void>;
  abandon(): Promise<void>;
}

export interface VncDisplay {
  /**
   * Sets a machine up that is about to start, and guards its start. `undefined`: it opens no port.
   * One start at a time: resolves when every earlier one has settled.
   */
  prepare(vm: VmId, signal: AbortSignal): Promise<VncStart | undefined>;
  /** Makes sure that the VNC server of a running machine is on. `undefined`: it cannot be. */
  ensure(vm: VmId): Promise<VncTarget | undefined>;
  /** An authenticated session, for a client without a password; `undefined` when there is no VNC to be had. */
  connect(vm: VmId): Promise<Duplex | undefined>;
  /** Of a machine that has ended. Rejects when it could not be put back; then the record stays. */
  restore(vm: VmId): Promise<void>;
}

const lookMs = 50;
const answerLimitMs = 12_000;
const ports = 4;

/** Runs one after the other. */
const createTurns = (): (<T>(work: () => Promise<T>) => Promise<T>) => {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work, work);
    last = mine.catch(() => undefined);
    return mine;
  };
};

/** Somebody else's process on our port would be shown the way into ours, so the socket's owner counts. */
const isAnswering = async (port: number): Promise<boolean> => {
  const uid = process.getuid?.();
  return (await listenersOn(port)).some((row) => uid === undefined || row.uid === uid);
};

const answersInTime = async (port: number, limitMs: number): Promise<boolean> => {
  const deadline = performance.now() + limitMs;
  while (!(await isAnswering(port))) {
    if (performance.now() > deadline) return false;
    await sleep(lookMs);
  }
  return true;
};

const extraListeners = async (): Promise<readonly string[]> =>
  (await listenersOn(extraVncPort)).filter(isOpenToAll).map((row) => row.inode);

/** The same as the web service and VBoxManage write it. */
const unknownMachine: readonly (string | number)[] = ['0x80bb0001', 'VBOX_E_OBJECT_NOT_FOUND'];
/** The machine is gone, and its settings with it. */
const isUnknownMachine = (error: unknown): boolean =>
  isFailure(error, 'virtualbox/refused') &&
  unknownMachine.includes(error.error.params['code'] ?? '');

const loopback = '127.0.0.1';

/** Where to reach what listens on `address`. */
const hostOf = (address: string): string =>
  address === '' || address === '0.0.0.0' ? loopback : address;

export const createVncDisplay = (deps: VncDisplayDeps): VncDisplay => {
  const { machines, records } = deps;
  const log = machines.ctx.log.scoped('display');
  const look = createLook(machines.manage, machines.api);
  const known = new Map<VmId, VncTarget>();
  const underGuard = createTurns();
  const ofMachine = new Map<VmId, ReturnType<typeof createTurns>>();
  const inTurn = <T>(vm: VmId, work: () => Promise<T>): Promise<T> => {
    const turns = ofMachine.get(vm) ?? createTurns();
    ofMachine.set(vm, turns);
    return turns(work);
  };
  const hasPack = async (): Promise<boolean> =>
    hasVncPack(await machines.manage.read(['list', 'extpacks']));

  const tellIfExposed = async (vm: VmId, before: readonly string[]): Promise<void> => {
    const opened = (await extraListeners()).filter((inode) => !before.includes(inode));
    if (opened.length === 0) return;
    const name = machines.definitionOf(vm)?.name ?? vm;
    log.warn('the extra VNC port is open', { vm });
    deps.warn(vm, failure('virtualbox/vnc-exposed', { name, port: extraVncPort }).error);
  };

  /** What restarts the VNC server happens while nothing else can, and while its extra port is held. */
  const guarded = <T>(vm: VmId, work: () => Promise<T>): Promise<T> =>
    underGuard(async () => {
      const before = await extraListeners();
      const held = await deps.hold();
      try {
        return await work();
      } finally {
        await tellIfExposed(vm, before);
        await held.release();
      }
    });

  /** Written before anything is changed. An earlier record stands: what is read now may be ours already. */
  const remember = async (vm: VmId, { password, ...former }: VrdeSettings): Promise<void> => {
    if (await records.read(vm)) return;
    await records.write(vm, { former, isOurPassword: password === '' });
  };

  /** Before a start. `undefined`: its owner's display has all it needs. */
  const choose = async (
    api: VBoxApi,
    vm: VmId,
    now: VrdeSettings,
  ): Promise<VncTarget | undefined> => {
    if (now.isEnabled && now.password !== '') return undefined;
    await remember(vm, now);
    const password = now.password || vncPassword();
    if (now.isEnabled) {
      await setVncPassword(api, vm, password, true);
      return undefined;
    }
    const port = await freeLoopbackPort();
    await chooseVnc(api, vm, { port, password });
    return { host: loopback, port, password };
  };

  const switchOn = async (
    api: VBoxApi,
    vm: VmId,
    now: VrdeSettings,
  ): Promise<VncTarget | undefined> => {
    await remember(vm, now);
    const password = now.password || vncPassword();
    return guarded(vm, async () => {
      for (let attempt = 0; attempt < ports; attempt += 1) {
        const port = await freeLoopbackPort();
        await screenIsCalm((await look(vm)).logFolder);
        await switchVncOn(api, vm, { port, password });
        if (await answersInTime(port, answerLimitMs / ports)) {
          log.info('the VNC server is on', { vm, port });
          return { host: loopback, port, password };
        }
        log.warn('the VNC server did not answer', { vm, port });
      }
      return undefined;
    });
  };

  /** Switched on by its owner, or by us before a restart. */
  const adopt = async (
    api: VBoxApi,
    vm: VmId,
    now: VrdeSettings,
  ): Promise<VncTarget | undefined> => {
    const password = now.password || vncPassword();
    if (now.password === '') {
      await remember(vm, now);
      await guarded(vm, async () => {
        await screenIsCalm((await look(vm)).logFolder);
        await setVncPassword(api, vm, password, false);
        const port = await vrdePort(api, vm);
        if (port !== undefined) await answersInTime(port, answerLimitMs / ports);
      });
    }
    const port = await vrdePort(api, vm);
    const host = hostOf(now.address);
    if (port !== undefined && (host !== loopback || (await isAnswering(port))))
      return { host, port, password };
    // Ours, and somebody else took its port before the machine could.
    return (await records.read(vm))?.isOurPassword ? switchOn(api, vm, now) : undefined;
  };

  const find = async (vm: VmId): Promise<VncTarget | undefined> => {
    const api = machines.api();
    if (!api || !isLive(machines.powerOf(vm) ?? 'off') || !(await hasPack())) return undefined;
    const now = await readVrde(api, vm);
    if (!now.isEnabled) return switchOn(api, vm, now);
    // Switched on for another protocol: somebody's way to this machine, which is left alone.
    return now.pack === vncPack ? adopt(api, vm, now) : undefined;
  };

  const printed = async (vm: VmId, key: string): Promise<string | undefined> =>
    valueOf((await readMachine(machines.manage, vm)).pairs, key);
  const portInUse = async (vm: VmId): Promise<number | undefined> => {
    const api = machines.api();
    if (api) return vrdePort(api, vm).catch(() => undefined);
    const port = Number(await printed(vm, 'vrdeport').catch(() => undefined));
    return port > 0 ? port : undefined;
  };

  /** Takes the guard's turn until `letGo`. */
  const takeGuard = (): Promise<{
    readonly held: HeldPort;
    readonly before: readonly string[];
    readonly letGo: () => void;
  }> =>
    new Promise((resolve, reject) => {
      underGuard(async () => {
        const before = await extraListeners();
        const held = await deps.hold();
        await new Promise<void>((letGo) => resolve({ held, before, letGo }));
      }).catch(reject);
    });

  const ensure = (vm: VmId): Promise<VncTarget | undefined> =>
    inTurn(vm, async () => {
      const target = known.get(vm) ?? (await find(vm));
      if (target) known.set(vm, target);
      return target;
    });

  return {
    ensure,
    prepare: async (vm, signal) => {
      const api = machines.api();
      const now = api ? await readVrde(api, vm) : undefined;
      // Without the web service a password cannot be set safely, but its owner's display may open the port too.
      const opensPort = now
        ? !now.isEnabled || now.pack === vncPack
        : (await printed(vm, 'vrde')) === 'on';
      if (!opensPort || !(await hasPack())) return undefined;
      const { held, before, letGo } = await takeGuard();
      const end = async (): Promise<void> => {
        signal.removeEventListener('abort', onAbort);
        await held.release();
        letGo();
      };
      const onAbort = (): void => void end();
      signal.addEventListener('abort', onAbort);
      let chosen: VncTarget | undefined;
      try {
        if (api && now) chosen = await choose(api, vm, now);
      } catch (error) {
        await end();
        throw error;
      }
      const isUp = async (): Promise<boolean> => {
        const port = chosen?.port ?? (await portInUse(vm));
        return port !== undefined && isAnswering(port);
      };
      return {
        abandon: end,
        settle: async () => {
          try {
            const deadline = performance.now() + answerLimitMs;
            let isThere = await isUp();
            while (!isThere && performance.now() < deadline) {
              await sleep(lookMs);
              isThere = await isUp();
            }
            if (isThere && chosen) known.set(vm, chosen);
            await tellIfExposed(vm, before);
          } finally {
            await end();
          }
        },
      };
    },
    connect: async (vm) => {
      for (const isLast of [false, true]) {
        const target = await ensure(vm);
        if (!target) return undefined;
        try {
          return await connectVnc(target);
        } catch (error) {
          // The server moved or got another password: what VirtualBox says now counts.
          known.delete(vm);
          log.warn('no way into the VNC server', { vm, reason: String(error) });
          if (isLast) return undefined;
        }
      }
      return undefined;
    },
    restore: (vm) =>
      inTurn(vm, async () => {
        known.delete(vm);
        const record = await records.read(vm);
        if (!record) return;
        const api = machines.api();
        const { former, isOurPassword } = record;
        try {
          if (api) await restoreVrde(api, vm, former, isOurPassword);
          else
            await machines.manage.change(['modifyvm', vm, ...restoreWords(former, isOurPassword)]);
        } catch (error) {
          if (!isUnknownMachine(error)) throw error;
        }
        await records.remove(vm);
      }),
  };
};
