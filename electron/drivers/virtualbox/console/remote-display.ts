// The consoles of VirtualBox machines. The screen comes from VirtualBox's VNC server where there is one, which we
// switch on with the machine, on loopback, at a random port, with a random password that only the web service ever
// sees; where there is none, from live pictures. The serial port is a socket of the machine's own.
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { failure, type AppError } from '../../../../shared/contract/errors.ts';
import { toVmId, type VmId } from '../../../../shared/model/brand.ts';
import { isLive } from '../../../../shared/model/power.ts';
import type { ConsoleFacet } from '../../types.ts';
import type { MachineContext } from '../machine-context.ts';
import { createDisplayRecords } from './display-records.ts';
import { createGuestInput } from './guest-input.ts';
import { pictureScreen } from './picture-screen.ts';
import { createPictures } from './screen-pictures.ts';
import { createSerialConsoles } from './serial.ts';
import { createVncDisplay } from './vnc-display.ts';
import { holdExtraVncPort, type HoldPort } from './vnc-guard.ts';

export interface RemoteDisplayDeps {
  readonly machines: MachineContext;
  /** Something to tell the user of a machine that runs: `virtualbox/vnc-exposed`. A power event can carry it. */
  readonly warn: (vm: VmId, error: AppError) => void;
  /** For tests. */
  readonly hold?: HoldPort;
}

export interface PreparedDisplay {
  /** After the machine runs: its screen and serial port are there soon. Never rejects; takes up to 20 s. */
  settle(): Promise<void>;
  /** The start failed; the machine is free again. */
  abandon(): Promise<void>;
}

export interface RemoteDisplays {
  readonly facet: ConsoleFacet;
  /** Before a start, while the machine is off or saved. `signal` of the start: aborted means abandoned. */
  prepare(vm: VmId, signal: AbortSignal): Promise<PreparedDisplay>;
  /**
   * After it stopped, was saved or crashed, when no program holds it any more: nothing of ours stays in its settings.
   * Never rejects; what cannot be put back now is at the next start of either.
   */
  ended(vm: VmId): Promise<void>;
  /** At our start, when the power of all `vms` is known: takes up those that run, puts the others back. */
  recover(vms: readonly VmId[]): Promise<void>;
  /** Lets go of every machine without disturbing any. */
  dispose(): Promise<void>;
}

export const createRemoteDisplays = (deps: RemoteDisplayDeps): RemoteDisplays => {
  const { machines } = deps;
  const { ctx } = machines;
  const log = ctx.log.scoped('display');
  const records = createDisplayRecords(join(ctx.paths.state, 'virtualbox', 'displays'));
  const hold = deps.hold ?? ((): ReturnType<HoldPort> => holdExtraVncPort());
  const vnc = createVncDisplay({ machines, records, hold, warn: deps.warn });
  const takePicture = createPictures(machines);
  const serial = createSerialConsoles(machines);

  const nameOf = (vm: VmId): string => machines.definitionOf(vm)?.name ?? vm;
  const isRunning = (vm: VmId): boolean => isLive(machines.powerOf(vm) ?? 'off');
  const mustRun = (vm: VmId): void => {
    if (isRunning(vm)) return;
    throw failure('console/unavailable', { name: nameOf(vm), reason: 'It does not run.' });
  };
  /** For what may fail without harm now: it is written down and tried again. */
  const quietly = async (what: string, vm: VmId, work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      log.warn(what, { vm, reason: String(error) });
    }
  };

  const openScreen = async (vm: VmId): Promise<Duplex> => {
    const stream = await vnc.connect(vm).catch((error: unknown) => {
      log.warn('no VNC server', { vm, reason: String(error) });
      return undefined;
    });
    if (stream) return stream;
    return pictureScreen({
      name: nameOf(vm),
      takePicture: () => takePicture(vm),
      input: createGuestInput(machines, vm),
      hasEnded: () => !isRunning(vm),
    });
  };

  return {
    facet: {
      open: async (vm, kind) => {
        mustRun(vm);
        return kind === 'screen' ? openScreen(vm) : serial.open(vm);
      },
      screenshot: async (vm) => {
        mustRun(vm);
        return takePicture(vm);
      },
      serialHistory: (vm) => serial.history(vm),
    },
    prepare: async (vm, signal) => {
      await quietly('could not put the remote display back', vm, () => vnc.restore(vm));
      await quietly('could not prepare the serial port', vm, () => serial.prepare(vm));
      const screen = await vnc.prepare(vm, signal).catch((error: unknown) => {
        // The screen never decides whether a machine starts.
        log.warn('could not prepare the remote display', { vm, reason: String(error) });
        return undefined;
      });
      return {
        settle: async () => {
          await quietly('the remote display could not settle', vm, async () => screen?.settle());
          await Promise.all([
            quietly('the VNC server could not be switched on', vm, () => vnc.ensure(vm)),
            quietly('no serial port', vm, () => serial.attach(vm)),
          ]);
        },
        abandon: async () => {
          await screen?.abandon();
          await quietly('could not put the serial port back', vm, () => serial.ended(vm));
          await quietly('could not put the remote display back', vm, () => vnc.restore(vm));
        },
      };
    },
    ended: async (vm) => {
      await quietly('could not put the serial port back', vm, () => serial.ended(vm));
      await quietly('could not put the remote display back', vm, () => vnc.restore(vm));
    },
    recover: async (vms) => {
      for (const vm of (await records.list()).map(toVmId)) {
        if (isRunning(vm)) continue;
        await quietly('could not put the remote display back', vm, () => vnc.restore(vm));
      }
      for (const vm of await serial.left()) {
        if (isRunning(vm)) continue;
        await quietly('could not put the serial port back', vm, () => serial.ended(vm));
      }
      for (const vm of vms.filter(isRunning)) {
        await quietly('no serial port', vm, () => serial.attach(vm));
      }
    },
    dispose: () => {
      serial.dispose();
      return Promise.resolve();
    },
  };
};
