// Which changes of state are worth a desktop notification. Pure: two states in, notes out.
import { format, formatText } from '../../shared/i18n/format.ts';
import type { AppError } from '../../shared/contract/errors.ts';
import type { VmId } from '../../shared/model/brand.ts';
import type { Job } from '../../shared/model/job.ts';
import type { Backend } from '../../shared/model/driver.ts';
import { isLive } from '../../shared/model/power.ts';
import { text, type Text } from '../../shared/model/text.ts';
import type { Vm } from '../../shared/model/vm.ts';
import type { AppState } from '../../shared/state/app-state.ts';

export interface Note {
  readonly kind: 'crashed' | 'shutDown' | 'engine' | 'fallback' | 'jobDone' | 'jobFailed';
  readonly title: Text;
  readonly body: Text;
  readonly vm?: VmId | undefined;
  /** Why a job failed: the window asks or explains it when the note is opened. */
  readonly error?: AppError | undefined;
}

/** Shorter jobs end while the person still looks. */
const longJobMs = 10_000;

/** Going off in answer to one of these is no news. */
const asksForOff = new Set(['shutdown', 'powerOff', 'save', 'reset', 'start', 'delete']);

const isAsked = (vm: Vm): boolean => vm.pending !== undefined && asksForOff.has(vm.pending.action);

const engineTitle = (state: AppState, backend: Backend): string =>
  state.drivers[backend.driver]?.engines.find((known) => known.id === backend.engine)?.title ??
  backend.engine;

const vmNotes = (vm: Vm, before: Vm | undefined, state: AppState): readonly Note[] => {
  if (!before || before === vm) return [];
  const id = vm.definition.id;
  const { name } = vm.definition;
  const notes: Note[] = [];
  if (vm.power === 'crashed' && before.power !== 'crashed' && isLive(before.power)) {
    notes.push({
      kind: 'crashed',
      title: text('notify.crashed.title', { name }),
      body: text('notify.crashed.body'),
      vm: id,
    });
  }
  const wasOn =
    before.power === 'running' || before.power === 'paused' || before.power === 'stopping';
  if (vm.power === 'off' && wasOn && !isAsked(before) && !isAsked(vm)) {
    notes.push({
      kind: 'shutDown',
      title: text('notify.shutDown.title', { name }),
      body: text('notify.shutDown.body'),
      vm: id,
    });
  }
  if (vm.engine?.standing === 'alarm' && before.engine?.standing !== 'alarm') {
    notes.push({
      kind: 'engine',
      title: text('notify.engine.title', { name }),
      body: text('notify.engine.body', { engine: engineTitle(state, vm.engine.backend) }),
      vm: id,
    });
  }
  const { fallback } = vm;
  if (fallback && fallback.at !== before.fallback?.at) {
    const engines = {
      to: engineTitle(state, fallback.to),
      from: engineTitle(state, fallback.from),
    };
    notes.push({
      kind: 'fallback',
      title: text('notify.fallback.title', { name, ...engines }),
      body: text('notify.fallback.body', { reason: formatText(fallback.reason) }),
      vm: id,
    });
  }
  return notes;
};

const durationText = (ms: number): string => {
  const seconds = Math.round(ms / 1000);
  return seconds < 90
    ? format('notify.seconds', { count: seconds })
    : format('notify.minutes', { count: Math.round(seconds / 60) });
};

const jobNotes = (job: Job, before: Job | undefined): readonly Note[] => {
  if (!before || before.phase !== 'running') return [];
  const title = { job: formatText(job.title) };
  if (job.phase === 'failed') {
    const failed = {
      kind: 'jobFailed' as const,
      title: text('notify.jobFailed.title', title),
      body: text('notify.jobFailed.body'),
    };
    return [{ ...failed, vm: job.vm, error: job.error }];
  }
  const ms = (job.endedAt ?? job.startedAt) - job.startedAt;
  if (job.phase !== 'done' || ms <= longJobMs) return [];
  const body = text('notify.jobDone.body', { duration: durationText(ms) });
  return [{ kind: 'jobDone', title: text('notify.jobDone.title', title), body, vm: job.vm }];
};

/**
 * What to tell after `before` became `state`. Crashes, machines that went off unasked, fallbacks and engine alarms
 * are always told; ends of jobs only while nobody looks at the window, where they are shown anyway.
 */
export const notesFor = (
  state: AppState,
  before: AppState,
  isWindowFocused: boolean,
): readonly Note[] => {
  const notes: Note[] = [];
  if (state.vms !== before.vms) {
    for (const [id, vm] of Object.entries(state.vms)) {
      notes.push(...vmNotes(vm, before.vms[id], state));
    }
  }
  if (state.jobs !== before.jobs && !isWindowFocused) {
    for (const [id, job] of Object.entries(state.jobs))
      notes.push(...jobNotes(job, before.jobs[id]));
  }
  return notes;
};
