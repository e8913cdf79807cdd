// Pure (state, event) -> state. Returns the same object when nothing changed, so that diffs stay small.
import { assertNever } from '../../shared/model/assert-never.ts';
import { backendKey } from '../../shared/model/driver.ts';
import { isLive } from '../../shared/model/power.ts';
import type { Vm, VmDefinition } from '../../shared/model/vm.ts';
import type { AppState } from '../../shared/state/app-state.ts';
import type { StateEvent } from './events.ts';

type Rows<T> = Readonly<Record<string, T>>;

const put = <T>(rows: Rows<T>, key: string, value: T): Rows<T> => ({ ...rows, [key]: value });
const without = <T>(rows: Rows<T>, key: string): Rows<T> => {
  if (!Object.hasOwn(rows, key)) return rows;
  const rest: Record<string, T> = { ...rows };
  delete rest[key];
  return rest;
};

const freshVm = (definition: VmDefinition): Vm => ({
  definition,
  power: 'off',
  missingFiles: [],
  hasPendingChanges: false,
});

const changeVm = (state: AppState, id: string, change: (vm: Vm) => Vm): AppState => {
  const vm = state.vms[id];
  if (!vm) return state;
  const next = change(vm);
  return next === vm ? state : { ...state, vms: put(state.vms, id, next) };
};

const changeVms = <T>(
  state: AppState,
  values: Rows<T>,
  change: (vm: Vm, value: T) => Vm,
): AppState => {
  let vms: Record<string, Vm> | undefined;
  for (const [id, value] of Object.entries(values)) {
    const vm = state.vms[id];
    if (!vm) continue;
    const next = change(vm, value);
    if (next !== vm) (vms ??= { ...state.vms })[id] = next;
  }
  return vms ? { ...state, vms } : state;
};

const sameData = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

const omit = <K extends keyof Vm>(vm: Vm, ...keys: readonly K[]): Vm => {
  const rest: Record<string, unknown> = { ...vm };
  for (const key of keys) delete rest[key];
  return rest as unknown as Vm;
};

const onPower = (state: AppState, event: Extract<StateEvent, { kind: 'power' }>): AppState =>
  changeVm(state, event.vm, (vm) => {
    if (vm.power === event.power && !event.error) return vm;
    const wasLive = isLive(vm.power);
    const nowLive = isLive(event.power);
    let next: Vm = { ...vm, power: event.power, powerSince: event.at };
    // A proof speaks of one run: it ends with the run. A new run starts without the old problem.
    if (!nowLive) next = omit({ ...next, hasPendingChanges: false }, 'proof');
    if (!wasLive && nowLive) next = omit(next, 'problem');
    if (event.error) next = { ...next, problem: event.error };
    return next;
  });

export const reduce = (state: AppState, event: StateEvent): AppState => {
  switch (event.kind) {
    case 'definitionsLoaded':
      return {
        ...state,
        vms: Object.fromEntries(
          event.definitions.map((d) => [d.id, state.vms[d.id] ?? freshVm(d)]),
        ),
      };
    case 'defined': {
      const { definition } = event;
      const vm = state.vms[definition.id];
      // Hypervisors report a machine again when anything about it changed.
      if (vm && sameData(vm.definition, definition)) return state;
      return {
        ...state,
        vms: put(state.vms, definition.id, vm ? { ...vm, definition } : freshVm(definition)),
      };
    }
    case 'undefined':
      return { ...state, vms: without(state.vms, event.vm) };
    case 'power':
      return onPower(state, event);
    case 'pending':
      return changeVm(state, event.vm, (vm) => ({
        ...vm,
        pending: { action: event.action, job: event.job, since: event.at },
      }));
    case 'pendingEnded':
      return changeVm(state, event.vm, (vm) =>
        vm.pending?.job === event.job ? omit(vm, 'pending') : vm,
      );
    case 'enginesJudged':
      return changeVms(state, event.engines, (vm, engine) => {
        if (sameData(vm.engine, engine)) return vm;
        return engine === undefined ? omit(vm, 'engine') : { ...vm, engine };
      });
    case 'fallback':
      return changeVm(state, event.vm, (vm) => {
        if (event.fallback) return { ...vm, fallback: event.fallback };
        return vm.fallback ? omit(vm, 'fallback') : vm;
      });
    case 'engineProved':
      return changeVm(state, event.vm, (vm) => ({ ...vm, proof: event.proof }));
    case 'problem':
      return changeVm(state, event.vm, (vm) => {
        if (event.error === undefined) return vm.problem ? omit(vm, 'problem') : vm;
        return { ...vm, problem: event.error };
      });
    case 'missingFiles':
      return changeVms(state, event.files, (vm, missingFiles) =>
        sameData(vm.missingFiles, missingFiles) ? vm : { ...vm, missingFiles },
      );
    case 'pendingChanges':
      return changeVm(state, event.vm, (vm) =>
        vm.hasPendingChanges === event.hasPendingChanges
          ? vm
          : { ...vm, hasPendingChanges: event.hasPendingChanges },
      );
    case 'job':
      return { ...state, jobs: put(state.jobs, event.job.id, event.job) };
    case 'jobForgotten':
      return { ...state, jobs: without(state.jobs, event.job) };
    case 'driver':
      return { ...state, drivers: put(state.drivers, event.driver.id, event.driver) };
    case 'check':
      return { ...state, checks: put(state.checks, event.check.id, event.check) };
    case 'checkGone':
      return { ...state, checks: without(state.checks, event.id) };
    case 'engineFact':
      return { ...state, engines: put(state.engines, backendKey(event.fact), event.fact) };
    case 'notice':
      return { ...state, notices: put(state.notices, event.notice.id, event.notice) };
    case 'noticeGone':
      return { ...state, notices: without(state.notices, event.id) };
    case 'network':
      return { ...state, networks: put(state.networks, event.row.network.id, event.row) };
    case 'networkGone':
      return { ...state, networks: without(state.networks, event.id) };
    case 'capture':
      return {
        ...state,
        captures: put(state.captures, `${event.capture.vm}/${event.capture.nic}`, event.capture),
      };
    case 'captureGone':
      return { ...state, captures: without(state.captures, `${event.vm}/${event.nic}`) };
    case 'hostChange':
      return { ...state, hostChanges: put(state.hostChanges, event.change.id, event.change) };
    case 'hostChangeGone':
      return { ...state, hostChanges: without(state.hostChanges, event.id) };
    case 'settings':
      return { ...state, settings: { settings: event.settings } };
    case 'host':
      return { ...state, host: { host: event.host } };
    default:
      return assertNever(event);
  }
};
