// The way out. Closing the window or quitting never stops a VM by itself: policies and answers do. A session
// that ends (logout, SIGTERM) is not a person quitting: the VMs keep running. Electron-free.
import type { App } from '../app-types.ts';
import type { ShellPort } from '../ipc/shell-port.ts';
import { planQuit, quitAction, withAnswer, type QuitChoice, type QuitPlan } from './quit-plan.ts';

export interface QuitPorts {
  readonly app: App;
  /** Shows the window for the question. */
  readonly show: () => Promise<void>;
  /** The page can answer a question. */
  readonly canAsk: () => boolean;
  /** Ends the program for good. */
  readonly leave: () => void;
}

export interface Quit {
  /** A person wants out: asks if there is something to ask. */
  readonly request: () => void;
  readonly answer: ShellPort['answerQuit'];
}

export const createQuit = ({ app, show, canAsk, leave }: QuitPorts): Quit => {
  const log = app.log.scoped('quit');
  let asked: QuitPlan | undefined;
  let isLeaving = false;

  const carryOut = async (plan: QuitPlan): Promise<void> => {
    if (isLeaving) return;
    isLeaving = true;
    const failed: string[] = [];
    await Promise.all(
      plan.decided.map(async ({ vm, choice }) => {
        const action = quitAction(app.store.getState().vms[vm], choice);
        if (action === undefined) return;
        try {
          const job = await app.commands.jobEnded(app.commands.power(vm, action));
          if (job.phase !== 'done') failed.push(vm);
        } catch (error) {
          log.warn('refused', { vm, action, error: String(error) });
          failed.push(vm);
        }
      }),
    );
    const first = failed[0];
    if (first === undefined) {
      leave();
      return;
    }
    // Leaving now would hide that a VM was not saved or did not shut down.
    isLeaving = false;
    await show();
    const vm = app.store.getState().vms[first]?.definition.id;
    if (vm !== undefined) app.send('app', 'navigate', { to: 'vm', id: vm, tab: 'overview' });
  };
  const run = (plan: QuitPlan): void => {
    carryOut(plan).catch((error: unknown) => {
      isLeaving = false;
      log.error('quit', { error: String(error) });
    });
  };
  const remember = async (choice: QuitChoice): Promise<void> => {
    const result = await app.invoke('settings.update', { quitPolicy: choice });
    if (!result.ok) log.warn('answer not remembered', { code: result.error.code });
  };

  return {
    request: () => {
      const plan = planQuit(app.store.getState());
      if (plan.ask.length === 0) {
        run(plan);
        return;
      }
      asked = plan;
      show().then(
        () => {
          if (canAsk()) app.send('app', 'quitAsked', { running: [...plan.ask] });
          else run(withAnswer(plan, 'keepRunning'));
        },
        () => run(withAnswer(plan, 'keepRunning')),
      );
    },
    answer: (answer, isRemembered) => {
      const plan = asked;
      asked = undefined;
      if (!plan || answer === 'cancel') return;
      const kept = isRemembered ? remember(answer) : Promise.resolve();
      void kept.finally(() => run(withAnswer(plan, answer)));
    },
  };
};
