// What is asked of a machine: every action judges by the state VirtualBox reports afterwards, since its exit codes
// are not to be trusted, and asking twice is asking once.
import { setTimeout as sleep } from 'node:timers/promises';
import { failure } from '../../../shared/contract/errors.ts';
import type { PowerState } from '../../../shared/model/power.ts';
import { waitForLock } from './launch.ts';
import { lookByManage, type Look, type MachineLook } from './machine-look.ts';
import { powerOf } from './power-state.ts';
import type { VBoxManage } from './vboxmanage.ts';

const lookMs = 100;
const changeLimitMs = 30_000;
/** Writing a guest's memory takes as long as the disk takes. */
const saveLimitMs = 600_000;

export interface Lifecycle {
  /** What VirtualBox says now. Rejects with `vm/not-found`. */
  power(machine: string): Promise<PowerState>;
  pause(machine: string): Promise<void>;
  resume(machine: string): Promise<void>;
  reset(machine: string): Promise<void>;
  /** Presses the power button; the guest decides. */
  shutdown(machine: string): Promise<void>;
  /** Resolves when it is off and no program holds it any more. */
  powerOff(machine: string): Promise<void>;
  save(machine: string, signal: AbortSignal): Promise<void>;
  discard(machine: string): Promise<void>;
}

const stateOf = (info: MachineLook): PowerState => powerOf(info.state) ?? 'crashed';

export const createLifecycle = (
  manage: VBoxManage,
  look: Look = (machine) => lookByManage(manage, machine),
): Lifecycle => {
  const until = async (
    machine: string,
    wanted: readonly PowerState[],
    limitMs: number,
  ): Promise<PowerState> => {
    const deadline = performance.now() + limitMs;
    for (;;) {
      const state = stateOf(await look(machine));
      if (wanted.includes(state) || performance.now() > deadline) return state;
      await sleep(lookMs);
    }
  };

  /** Asks unless it is so already; a refusal counts only if the state then is not the wanted one. */
  const bring = async (
    machine: string,
    action: string,
    from: readonly PowerState[],
    to: readonly PowerState[],
    args: readonly string[],
    limitMs = changeLimitMs,
    signal?: AbortSignal,
  ): Promise<void> => {
    const info = await look(machine);
    const state = stateOf(info);
    if (to.includes(state) && !from.includes(state)) return;
    if (!from.includes(state)) throw failure('vm/wrong-state', { name: info.name, state, action });
    const options = { timeoutMs: limitMs, ...(signal ? { signal } : {}) };
    const refused = await manage.change(args, options).then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
    );
    // After a refusal nothing will come of it, but it may have been so by then.
    const reached = await until(machine, to, refused === undefined ? limitMs : lookMs);
    if (to.includes(reached)) return;
    if (refused !== undefined) throw refused;
    throw failure('vm/wrong-state', { name: info.name, state: reached, action });
  };
  const control = (machine: string, ...words: readonly string[]): readonly string[] => [
    'controlvm',
    machine,
    ...words,
  ];

  return {
    power: async (machine) => stateOf(await look(machine)),
    pause: (machine) => bring(machine, 'pause', ['running'], ['paused'], control(machine, 'pause')),
    resume: (machine) =>
      bring(machine, 'resume', ['paused'], ['running'], control(machine, 'resume')),
    reset: (machine) =>
      bring(
        machine,
        'reset',
        ['running', 'paused'],
        ['running', 'paused'],
        control(machine, 'reset'),
      ),
    shutdown: async (machine) => {
      const info = await look(machine);
      const state = stateOf(info);
      // Being asked twice does no harm, but an off machine has no button to press.
      if (state !== 'running' && state !== 'stopping')
        throw failure('vm/wrong-state', { name: info.name, state, action: 'shutdown' });
      const after: readonly PowerState[] = ['running', 'stopping', 'off'];
      await bring(machine, 'shutdown', ['running'], after, control(machine, 'acpipowerbutton'));
    },
    powerOff: async (machine) => {
      const from: readonly PowerState[] = [
        'running',
        'paused',
        'starting',
        'restoring',
        'stopping',
      ];
      await bring(
        machine,
        'powerOff',
        from,
        ['off', 'crashed', 'saved'],
        control(machine, 'poweroff'),
      );
      await waitForLock(manage, machine, look);
    },
    save: async (machine, signal) => {
      const args = control(machine, 'savestate');
      await bring(machine, 'save', ['running', 'paused'], ['saved'], args, saveLimitMs, signal);
      await waitForLock(manage, machine, look);
    },
    discard: (machine) =>
      bring(machine, 'discardSaved', ['saved'], ['off', 'crashed'], ['discardstate', machine]),
  };
};
