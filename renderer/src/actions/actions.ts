// What the window can do to machines, as one object over the client. Failures become dialogs here, once.
import { createContext, useContext } from 'react';
import { isFailure, type AppError } from '../../../shared/contract/errors.ts';
import type { EngineId, JobId, VmId } from '../../../shared/model/brand.ts';
import type { VmAction } from '../../../shared/model/power.ts';
import type { AppClient } from '../bridge/client.ts';
import { useAppStore } from '../state/app-store.ts';
import { openDialog, setTab, showVm, useUi, type StartOptions } from '../state/ui-store.ts';
import type { ErrorAction } from '../errors/present-error.ts';

export interface Actions {
  readonly client: AppClient;
  readonly start: (id: VmId, options?: StartOptions) => void;
  readonly power: (id: VmId, action: Exclude<VmAction, 'start' | 'delete'>) => void;
  readonly remove: (id: VmId, withDisks: boolean) => void;
  readonly createDemo: () => void;
  /** Runs a call; a failure becomes the error dialog. Resolves to `undefined` then. */
  readonly attempt: <T>(work: Promise<T>, vm?: VmId) => Promise<T | undefined>;
  /** Shows the job's failure when it ends with one. */
  readonly watch: (job: JobId, vm: VmId | undefined, start?: StartOptions) => void;
  /** Asks what a failed start needs (consent, a password), or says why it failed. */
  readonly showFailure: (error: AppError, vm: VmId | undefined) => void;
  readonly handleError: (action: ErrorAction, vm: VmId | undefined) => void;
}

const toAppError = (error: unknown): AppError =>
  isFailure(error)
    ? error.error
    : {
        code: 'internal/unexpected',
        params: { reference: error instanceof Error ? error.message : String(error) },
        tried: [],
      };

const showError = (error: AppError, vm: VmId | undefined, start: StartOptions = {}): void => {
  if (error.code === 'job/cancelled') return;
  if (vm !== undefined) {
    if (error.code === 'engine/needs-consent') {
      // The engine that is asked about, which after a failed start is not the one that was named for it.
      const { engineId } = error.params;
      const engine = typeof engineId === 'string' ? (engineId as EngineId) : start.engine;
      return openDialog({ kind: 'consent', vm, error, start: { ...start, engine } });
    }
    if (error.code === 'vm/password-needed') return openDialog({ kind: 'unlock', vm, start });
  }
  openDialog({ kind: 'error', error, ...(vm === undefined ? {} : { vm }) });
};

export const createActions = (client: AppClient): Actions => {
  const attempt: Actions['attempt'] = async (work, vm) => {
    try {
      return await work;
    } catch (error) {
      showError(toAppError(error), vm);
      return undefined;
    }
  };

  const watch: Actions['watch'] = (job, vm, options) => {
    const look = (): boolean => {
      const row = useAppStore.getState().state.jobs[job];
      if (!row || row.phase === 'running') return false;
      if (row.phase === 'failed' && row.error) showError(row.error, vm, options);
      return true;
    };
    if (look()) return;
    const stop = useAppStore.subscribe(() => {
      if (look()) stop();
    });
  };

  const start: Actions['start'] = (id, options = {}) => {
    client.vm.start({ id, ...options }).then(
      ({ job }) => watch(job, id, options),
      (error: unknown) => showError(toAppError(error), id, options),
    );
  };

  const power: Actions['power'] = (id, action) => {
    void attempt(client.vm[action]({ id }), id).then((r) => r && watch(r.job, id));
  };

  const remove: Actions['remove'] = (id, withDisks) => {
    void attempt(client.vm.delete({ id, withDisks }), id).then((r) => r && watch(r.job, id));
  };

  const createDemo: Actions['createDemo'] = () => {
    void attempt(client.vm.createDemo({})).then((r) => {
      if (!r) return;
      watch(r.job, r.id);
      showVm(r.id, 'console');
    });
  };

  const handleError: Actions['handleError'] = (action, vm) => {
    useUi.setState({ dialog: undefined });
    if (action === 'openHost') useUi.setState({ page: { kind: 'host' } });
    else if (action === 'lookAgain') void attempt(client.host.recheck({}));
    else if (action === 'showTasks') useUi.setState({ areTasksOpen: true });
    else if (vm !== undefined) {
      switch (action) {
        case 'tryAgain':
          return start(vm);
        case 'startElsewhere':
          return start(vm, { hasConsent: true });
        case 'powerOff':
          return power(vm, 'powerOff');
        case 'discardSaved':
          return power(vm, 'discardSaved');
        case 'openConsole':
          return showVm(vm, 'console');
        case 'openHardware':
          return showVm(vm, 'hardware');
        case 'showLog':
          return showVm(vm, 'log');
        case 'rename':
          return openDialog({ kind: 'rename', vm });
        case 'whyEngine':
          return openDialog({ kind: 'why', vm });
        case 'remove':
          return openDialog({ kind: 'delete', vm });
      }
    }
  };

  return {
    client,
    start,
    power,
    remove,
    createDemo,
    attempt,
    watch,
    showFailure: showError,
    handleError,
  };
};

export const ActionsContext = createContext<Actions | undefined>(undefined);
export const useActions = (): Actions => {
  const actions = useContext(ActionsContext);
  if (!actions) throw new Error('ActionsContext is missing');
  return actions;
};

/** Opens the console tab of a machine. */
export const openConsole = (id: VmId): void => {
  showVm(id, 'console');
  setTab('console');
};
