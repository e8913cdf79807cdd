// Keeps every VM's engine badge in step with facts, definitions and proofs; gives the full decision on demand.
import type { Decision, EngineFact } from '../../shared/model/compat.ts';
import { isSameBackend, type Backend } from '../../shared/model/driver.ts';
import { isLive } from '../../shared/model/power.ts';
import { text } from '../../shared/model/text.ts';
import type { Vm, VmDefinition, VmEngine } from '../../shared/model/vm.ts';
import type { AppState } from '../../shared/state/app-state.ts';
import { decide } from '../compat/decide.ts';
import { features } from '../compat/features.ts';
import type { HostFacts } from '../compat/host-facts.ts';
import type { Store } from '../state/store.ts';
import type { HostLock } from './host-lock.ts';
import type { RunMemory } from './run-memory.ts';

export interface JudgeOptions {
  /** As if its saved memory were not there. */
  readonly isSavedIgnored?: boolean;
}

export interface Judge {
  readonly decide: (definition: VmDefinition, options?: JudgeOptions) => Decision;
  /** Host facts changed outside the store: judge all again. */
  readonly refresh: () => void;
  readonly dispose: () => void;
}

/** Judging is bounded work a turn, so that a thousand VMs do not hold everything else up. */
const sliceSize = 50;

const badgeOf = (vm: Vm, decision: Decision | undefined): VmEngine | undefined => {
  const { proof } = vm;
  if (proof && isLive(vm.power)) {
    const isAsDecided =
      decision?.outcome.kind === 'use' && isSameBackend(decision.outcome.backend, proof.backend);
    return {
      backend: proof.backend,
      standing: proof.contradicts ? 'alarm' : 'proved',
      because: isAsDecided ? decision.because : text('engine.because.chosen'),
    };
  }
  if (!decision) return undefined;
  const { outcome, because } = decision;
  if (outcome.kind !== 'none') return { backend: outcome.backend, standing: 'expected', because };
  const backend: Backend | undefined = decision.candidates[0]?.backend;
  return backend ? { backend, standing: 'refused', because } : undefined;
};

export const createJudge = (
  store: Store,
  memory: RunMemory,
  hostFacts: () => HostFacts,
  presence: Pick<HostLock, 'exclusions' | 'burdens' | 'signature'>,
  /** Many VMs are judged after it: the window's first picture comes before their badges. */
  firstPaint: Promise<void> = Promise.resolve(),
): Judge => {
  const decideIn = (
    state: AppState,
    facts: readonly EngineFact[],
    definition: VmDefinition,
    options: JudgeOptions = {},
  ): Decision | undefined => {
    const driver = state.drivers[definition.driver];
    if (!driver) return undefined;
    const { id } = definition;
    const lastGood = memory.lastGood(id);
    return decide({
      definition,
      driver,
      others: Object.values(state.drivers).filter((other) => other.id !== driver.id),
      engineFacts: facts,
      facts: hostFacts(),
      checks: state.checks,
      features,
      lastGood,
      // Saved memory belongs to the backend of the run that was saved, which is the last good one.
      savedState:
        state.vms[id]?.power === 'saved' && !options.isSavedIgnored ? lastGood : undefined,
      health: memory.health(id),
      exclusions: presence.exclusions(state, definition),
      burdens: presence.burdens(state, definition),
    });
  };

  const judge = (state: AppState, vms: readonly Vm[]): void => {
    const facts = Object.values(state.engines);
    const engines: Record<string, VmEngine | undefined> = {};
    for (const vm of vms) {
      engines[vm.definition.id] = badgeOf(vm, decideIn(state, facts, vm.definition));
    }
    store.dispatch({ kind: 'enginesJudged', engines });
  };

  let isHeld = true;
  let isScheduled = false;
  let isDisposed = false;
  const due = new Set<string>();
  const run = (): void => {
    isScheduled = false;
    if (isDisposed) return;
    const state = store.getState();
    const ids = [...due].slice(0, sliceSize);
    for (const id of ids) due.delete(id);
    const vms = ids.flatMap((id) => (state.vms[id] ? [state.vms[id]] : []));
    if (due.size > 0) {
      isScheduled = true;
      setImmediate(run);
    }
    if (vms.length > 0) judge(state, vms);
  };
  const schedule = (): void => {
    if (isScheduled || due.size === 0 || (isHeld && due.size > sliceSize)) return;
    isScheduled = true;
    queueMicrotask(run);
  };
  void firstPaint.then(() => {
    isHeld = false;
    schedule();
  });
  const allDue = (state: AppState): void => {
    for (const id of Object.keys(state.vms)) due.add(id);
  };

  let signature = '';
  /** Machines exclude each other: one that starts or ends may change the engines of all. */
  const areOthersChanged = (state: AppState): boolean => {
    const former = signature;
    signature = presence.signature(state);
    return signature !== former;
  };

  const unsubscribe = store.subscribe((state, before) => {
    if (state.drivers !== before.drivers || state.engines !== before.engines) allDue(state);
    else if (state.vms !== before.vms) {
      let isRunChanged = false;
      for (const [id, vm] of Object.entries(state.vms)) {
        const former = before.vms[id];
        isRunChanged ||= vm.proof !== former?.proof || vm.power !== former?.power;
        const isChanged =
          vm.definition !== former?.definition ||
          vm.proof !== former.proof ||
          vm.power !== former.power;
        if (isChanged) due.add(id);
      }
      if (isRunChanged && areOthersChanged(state)) allDue(state);
      if (due.size === 0) return;
    } else return;
    schedule();
  });

  return {
    decide: (definition, options) => {
      const state = store.getState();
      const decision = decideIn(state, Object.values(state.engines), definition, options);
      if (decision) return decision;
      return {
        outcome: { kind: 'none' },
        because: text('decision.because.noEngine'),
        lost: [],
        candidates: [],
        suggestions: [],
        confidence: 'assumed',
      };
    },
    refresh: () => {
      allDue(store.getState());
      schedule();
    },
    dispose: () => {
      isDisposed = true;
      unsubscribe();
    },
  };
};
