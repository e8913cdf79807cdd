// A signal ends the manager: either only the manager, then all VMs go on, or the whole session, then machines whose
// programs would be cut off by it are saved or shut down first, within the time a session gives. Electron-free.
// How a session tells that it ends: systemctl(1) and loginctl(1), States of sessions and units. A judgement: nothing
// that can be asked says "closing" for certain, and a session without systemd is never taken for ending.
import { isLive } from '../../shared/model/power.ts';
import type { Vm } from '../../shared/model/vm.ts';
import type { App } from '../app-types.ts';
import type { Exec } from '../process/exec.ts';
import { quitAction, type QuitChoice } from './quit-plan.ts';

/** systemd waits 90 s before it kills; desktops are less patient. */
const limitMs = 60_000;
const askWithinMs = 3000;

/** A row per question: the command, and the answers that mean that the session is on its way out. */
const questions = (
  sessionId: string | undefined,
): readonly { readonly argv: readonly [string, ...string[]]; readonly endings: RegExp }[] => [
  ...(sessionId === undefined
    ? []
    : [
        {
          argv: ['loginctl', 'show-session', sessionId, '-p', 'State', '--value'] as const,
          endings: /^closing$/,
        },
      ]),
  { argv: ['systemctl', 'is-system-running'], endings: /^stopping$/ },
  { argv: ['systemctl', '--user', 'is-system-running'], endings: /^stopping$/ },
  {
    argv: [
      'systemctl',
      '--user',
      'show',
      'graphical-session.target',
      '-p',
      'ActiveState',
      '--value',
    ],
    endings: /^deactivating$/,
  },
];

/** Never rejects; what cannot be asked says nothing. */
export const isSessionEnding = async (
  exec: Exec,
  env: Readonly<Record<string, string | undefined>>,
): Promise<boolean> => {
  const answers = await Promise.all(
    questions(env['XDG_SESSION_ID']).map(async ({ argv, endings }) => {
      const [file, ...args] = argv;
      try {
        // `is-system-running` answers "stopping" with exit code 1.
        const options = { timeoutMs: askWithinMs, okExitCodes: [0, 1, 2, 3, 4] };
        const { stdout } = await exec(file, args, options);
        return endings.test(stdout.trim());
      } catch {
        return false;
      }
    }),
  );
  return answers.includes(true);
};

const isHarmed = (app: App, vm: Vm): boolean =>
  isLive(vm.power) &&
  app.store.getState().drivers[vm.definition.driver]?.capabilities?.endsWithSession === true;

/** Going on is not possible then: who wants that finds the machine as it was. */
const choiceOf = (vm: Vm): QuitChoice =>
  vm.definition.quitPolicy === 'shutdown' ? 'shutdown' : 'saveState';

/** Saves or shuts down what the end of the session would cut off; resolves when that is done or its time is over. */
const bringHome = async (app: App, vms: readonly Vm[]): Promise<void> => {
  const log = app.log.scoped('session');
  const all = Promise.all(
    vms.map(async (vm) => {
      const { id } = vm.definition;
      const action = quitAction(vm, choiceOf(vm)) ?? quitAction(vm, 'saveState');
      if (action === undefined) return;
      try {
        const { phase } = await app.commands.jobEnded(app.commands.power(id, action));
        if (phase !== 'done') log.warn('not brought home', { vm: id, action, phase });
      } catch (error) {
        log.warn('not brought home', { vm: id, action, error: String(error) });
      }
    }),
  );
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((done) => {
    timer = setTimeout(done, limitMs);
  });
  await Promise.race([all, limit]);
  clearTimeout(timer);
};

/** What to do on a signal. Asked twice, the second time leaves at once. */
export const createSessionEnd = (ports: {
  readonly app: App;
  readonly isEnding: () => Promise<boolean>;
  readonly leave: () => void;
}): (() => void) => {
  const { app, leave } = ports;
  let isUnderWay = false;
  return () => {
    const harmed = Object.values(app.store.getState().vms).filter((vm) => isHarmed(app, vm));
    if (isUnderWay || harmed.length === 0) {
      leave();
      return;
    }
    isUnderWay = true;
    const work = async (): Promise<void> => {
      if (await ports.isEnding()) await bringHome(app, harmed);
    };
    void work().finally(leave);
  };
};
