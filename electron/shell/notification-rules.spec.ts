// Which changes are told: crashes, unasked shutdowns, engine alarms, ends of long jobs nobody watched.
import { describe, expect, it } from 'vitest';
import { toDriverId, toEngineId, toEpochMs, toJobId, toVmId } from '../../shared/model/brand.ts';
import { formatText } from '../../shared/i18n/format.ts';
import type { Job } from '../../shared/model/job.ts';
import type { PowerState, VmAction } from '../../shared/model/power.ts';
import { text } from '../../shared/model/text.ts';
import type { Vm } from '../../shared/model/vm.ts';
import { emptyState, type AppState } from '../../shared/state/app-state.ts';
import { notesFor } from './notification-rules.ts';

const id = toVmId('00000000-0000-4000-8000-000000000001');
const backend = { driver: toDriverId('qemu'), engine: toEngineId('tcg') };

const withVm = (power: PowerState, more: Partial<Vm> = {}): AppState => ({
  ...emptyState,
  vms: {
    [id]: {
      definition: {
        version: 1,
        id,
        name: 'box',
        driver: backend.driver,
        family: 'linux',
        createdAt: toEpochMs(0),
        config: {} as Vm['definition']['config'],
      },
      power,
      missingFiles: [],
      hasPendingChanges: false,
      ...more,
    },
  },
});
const pending = (action: VmAction): Partial<Vm> => ({
  pending: { action, job: toJobId('j'), since: toEpochMs(0) },
});
const withJob = (phase: Job['phase'], endedAt: number): AppState => ({
  ...emptyState,
  jobs: {
    j: {
      id: toJobId('j'),
      kind: 'save',
      title: text('job.save', { name: 'box' }),
      vm: id,
      phase,
      fraction: null,
      isCancellable: true,
      startedAt: toEpochMs(0),
      endedAt: toEpochMs(endedAt),
    },
  },
});
const kinds = (after: AppState, before: AppState, isFocused = false): readonly string[] =>
  notesFor(after, before, isFocused).map((note) => note.kind);

describe('notifications', () => {
  it('tell a crash of a live machine, also while the window is in front', () => {
    expect(kinds(withVm('crashed'), withVm('running'), true)).toEqual(['crashed']);
    expect(kinds(withVm('crashed'), withVm('paused'), true)).toEqual(['crashed']);
  });

  it('do not tell a crash found at start of the program', () => {
    expect(kinds(withVm('crashed'), withVm('off'))).toEqual([]);
    expect(kinds(withVm('crashed'), emptyState)).toEqual([]);
  });

  it('tell a shutdown that nobody asked for', () => {
    expect(kinds(withVm('off'), withVm('running'))).toEqual(['shutDown']);
    expect(kinds(withVm('off'), withVm('stopping'))).toEqual(['shutDown']);
  });

  it.each(['shutdown', 'powerOff', 'save'] as const)('stay silent when %s was asked', (action) => {
    expect(kinds(withVm('off', pending(action)), withVm('running', pending(action)))).toEqual([]);
    expect(kinds(withVm('off'), withVm('stopping', pending(action)))).toEqual([]);
  });

  it('stay silent when a start failed: its job tells that', () => {
    expect(kinds(withVm('off'), withVm('starting', pending('start')))).toEqual([]);
  });

  it('tell once that another engine runs than decided', () => {
    const alarm = { engine: { backend, standing: 'alarm', because: text('power.off') } } as const;
    expect(kinds(withVm('running', alarm), withVm('running'), true)).toEqual(['engine']);
    expect(kinds(withVm('running', { ...alarm }), withVm('running', alarm), true)).toEqual([]);
  });

  it('tell a fallback once, with both engines and the reason', () => {
    const to = { ...backend, engine: toEngineId('soft') };
    const fell = (at: number): Partial<Vm> => ({
      fallback: {
        from: backend,
        to,
        reason: text('decision.because.kvmAbsent'),
        at: toEpochMs(at),
      },
    });
    const [note] = notesFor(withVm('running', fell(1)), withVm('starting'), true);
    expect(note?.kind).toBe('fallback');
    expect(note && formatText(note.title)).toBe('box started on soft instead of tcg');
    expect(note && formatText(note.body)).toBe('this computer offers no KVM');
    expect(kinds(withVm('running', fell(1)), withVm('running', fell(1)))).toEqual([]);
    expect(kinds(withVm('running', fell(2)), withVm('running', fell(1)))).toEqual(['fallback']);
    expect(kinds(withVm('running'), withVm('running', fell(1)))).toEqual([]);
  });

  it('carry why a job failed, so that opening them asks or explains', () => {
    const error = { code: 'vm/password-needed' as const, params: { name: 'box' }, tried: [] };
    const failed = withJob('failed', 5);
    const state = { ...failed, jobs: { j: { ...failed.jobs['j']!, error } } };
    expect(notesFor(state, withJob('running', 0), false)[0]?.error).toEqual(error);
  });

  it('tell the end of a long job, but not while the window is in front', () => {
    expect(kinds(withJob('done', 10_001), withJob('running', 0))).toEqual(['jobDone']);
    expect(kinds(withJob('done', 10_001), withJob('running', 0), true)).toEqual([]);
  });

  it('stay silent about short and cancelled jobs', () => {
    expect(kinds(withJob('done', 10_000), withJob('running', 0))).toEqual([]);
    expect(kinds(withJob('cancelled', 60_000), withJob('running', 0))).toEqual([]);
  });

  it('tell every failed job nobody watched, however short', () => {
    expect(kinds(withJob('failed', 5), withJob('running', 0))).toEqual(['jobFailed']);
  });

  it('are whole sentences', () => {
    const [note] = notesFor(withJob('done', 61_000), withJob('running', 0), false);
    expect(note && formatText(note.title)).toBe('Finished: Saving the state of box');
    expect(note && formatText(note.body)).toBe('It took 61 seconds.');
    const [long] = notesFor(withJob('done', 200_000), withJob('running', 0), false);
    expect(long && formatText(long.body)).toBe('It took about 3 minutes.');
  });
});
