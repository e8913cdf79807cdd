import { describe, expect, it, vi } from 'vitest';
import type { JobId, VmId } from '../../shared/model/brand.ts';
import type { PowerState } from '../../shared/model/power.ts';
import { defaultSettings, type QuitPolicy } from '../../shared/model/settings.ts';
import type { Vm } from '../../shared/model/vm.ts';
import { emptyState, type AppState } from '../../shared/state/app-state.ts';
import type { App } from '../app-types.ts';
import { silentLogger } from '../log/logger.ts';
import { planQuit, quitAction } from './quit-plan.ts';
import { createQuit } from './quit.ts';

const vm = (id: string, power: PowerState, quitPolicy?: QuitPolicy): Vm =>
  ({
    definition: { id, name: id, ...(quitPolicy ? { quitPolicy } : {}) },
    power,
    missingFiles: [],
    hasPendingChanges: false,
  }) as unknown as Vm;
const stateOf = (vms: readonly Vm[], quitPolicy: QuitPolicy = 'ask'): AppState => ({
  ...emptyState,
  vms: Object.fromEntries(vms.map((one) => [one.definition.id, one])),
  settings: { settings: { ...defaultSettings, quitPolicy } },
});

describe('the plan for leaving', () => {
  it('asks about nothing when nothing runs', () => {
    const plan = planQuit(stateOf([vm('a', 'off'), vm('b', 'saved'), vm('c', 'crashed')]));
    expect(plan).toEqual({ ask: [], decided: [] });
  });

  it('lets a machine’s own policy win over the settings', () => {
    const state = stateOf([vm('a', 'running', 'keepRunning'), vm('b', 'running')], 'shutdown');
    expect(planQuit(state).decided).toEqual([
      { vm: 'a', choice: 'keepRunning' },
      { vm: 'b', choice: 'shutdown' },
    ]);
    expect(planQuit(stateOf([vm('a', 'paused', 'ask')], 'keepRunning')).ask).toEqual(['a']);
  });

  it('does not ask for the impossible', () => {
    expect(quitAction(vm('a', 'paused'), 'shutdown')).toBeUndefined();
    expect(quitAction(vm('a', 'paused'), 'saveState')).toBe('save');
    expect(quitAction(vm('a', 'stopping'), 'saveState')).toBeUndefined();
    expect(quitAction(vm('a', 'running'), 'keepRunning')).toBeUndefined();
    expect(quitAction(undefined, 'saveState')).toBeUndefined();
  });
});

const world = (state: AppState, phase: 'done' | 'failed' = 'done') => {
  const power = vi.fn((_id: VmId, action: string) => action as JobId);
  const invoke = vi.fn(async () => ({ ok: true, value: undefined }));
  const send = vi.fn();
  const leave = vi.fn();
  const show = vi.fn(async () => undefined);
  const app = {
    log: silentLogger,
    store: { getState: () => state, subscribe: () => () => undefined },
    commands: { power, jobEnded: async () => ({ phase }) },
    invoke,
    send,
  } as unknown as App;
  let canAsk = true;
  const quit = createQuit({ app, show, canAsk: () => canAsk, leave });
  const settle = () => new Promise((resolve) => setTimeout(resolve, 5));
  return { quit, power, invoke, send, leave, show, settle, crashPage: () => (canAsk = false) };
};

describe('leaving', () => {
  it('goes at once when nothing runs, and stops nothing', async () => {
    const { quit, leave, power, settle } = world(stateOf([vm('a', 'off')]));
    quit.request();
    await settle();
    expect(leave).toHaveBeenCalledOnce();
    expect(power).not.toHaveBeenCalled();
  });

  it('asks while something runs, and stays when the answer is no', async () => {
    const { quit, send, leave, settle } = world(stateOf([vm('a', 'running'), vm('b', 'off')]));
    quit.request();
    await settle();
    expect(send).toHaveBeenCalledWith('app', 'quitAsked', { running: ['a'] });
    quit.answer('cancel', false);
    await settle();
    expect(leave).not.toHaveBeenCalled();
  });

  it('saves what was asked to be saved, remembers the answer, then goes', async () => {
    const { quit, power, invoke, leave, settle } = world(stateOf([vm('a', 'running')]));
    quit.request();
    await settle();
    quit.answer('saveState', true);
    await settle();
    expect(power).toHaveBeenCalledWith('a', 'save');
    expect(invoke).toHaveBeenCalledWith('settings.update', { quitPolicy: 'saveState' });
    expect(leave).toHaveBeenCalledOnce();
  });

  it('does not go when a machine did not shut down, and shows it', async () => {
    const state = stateOf([vm('a', 'running')], 'shutdown');
    const { quit, leave, send, show, settle } = world(state, 'failed');
    quit.request();
    await settle();
    expect(leave).not.toHaveBeenCalled();
    expect(show).toHaveBeenCalled();
    expect(send).toHaveBeenCalledWith('app', 'navigate', { to: 'vm', id: 'a', tab: 'overview' });
  });

  it('keeps machines running when the page cannot ask', async () => {
    const { quit, power, leave, settle, crashPage } = world(stateOf([vm('a', 'running')]));
    crashPage();
    quit.request();
    await settle();
    expect(power).not.toHaveBeenCalled();
    expect(leave).toHaveBeenCalledOnce();
  });

  it('ignores an answer nobody asked for', async () => {
    const { quit, power, leave, settle } = world(stateOf([vm('a', 'running')]));
    quit.answer('shutdown', false);
    await settle();
    expect(power).not.toHaveBeenCalled();
    expect(leave).not.toHaveBeenCalled();
  });
});
