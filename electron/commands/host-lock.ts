// Who may start beside whom, asked for the badges and again at each start: a start claims its side of the processor's
// virtualization first, so that of two starts at once the second is refused. Programs of others are looked for then too.
import { failure, type AppFailure } from '../../shared/contract/errors.ts';
import type { VmId } from '../../shared/model/brand.ts';
import type { EngineFact } from '../../shared/model/compat.ts';
import { backendKey, type Backend } from '../../shared/model/driver.ts';
import { isLive } from '../../shared/model/power.ts';
import type { VmDefinition } from '../../shared/model/vm.ts';
import { format, formatText } from '../../shared/i18n/format.ts';
import type { AppState } from '../../shared/state/app-state.ts';
import {
  burdensOf,
  conflictOf,
  exclusionsOf,
  hasTwoSides,
  holdersOf,
  sideOf,
  type Holder,
  type Side,
} from '../compat/arbiter.ts';
import type { Burden, Exclusion } from '../compat/decide-input.ts';
import type { HostFacts } from '../compat/host-facts.ts';
import type { HypervisorProcess } from '../compat/vboxdrv/processes.ts';
import type { ReadonlyStore } from '../app-types.ts';

export interface HostLock {
  readonly exclusions: (state: AppState, definition: VmDefinition) => readonly Exclusion[];
  readonly burdens: (state: AppState, definition: VmDefinition) => readonly Burden[];
  /** Changes when the exclusions of machines may have changed. */
  readonly signature: (state: AppState) => string;
  /** The failure of a start that could freeze the computer; `undefined` = it could not. */
  readonly freezes: (definition: VmDefinition, backend: Backend) => AppFailure | undefined;
  /** The failure of a start beside whoever holds the other side now, as far as is known without looking. */
  readonly conflict: (definition: VmDefinition, backend: Backend) => AppFailure | undefined;
  /**
   * Holds the side of `backend` for a start. Resolves with its release, to be called when the start ended, well or not.
   * Rejects with `engine/host-conflict` or `engine/would-freeze`.
   */
  readonly claim: (definition: VmDefinition, backend: Backend) => Promise<() => void>;
  readonly dispose: () => void;
}

/** Reading /proc takes a few milliseconds; programs of others seldom end. A judgement. */
const lookEveryMs = 5000;

interface Claim extends Holder {
  readonly vm: VmId;
  /** The start is over; what the machine runs on is not proved yet. */
  isOver: boolean;
}

export const createHostLock = (deps: {
  readonly store: ReadonlyStore;
  readonly facts: () => HostFacts;
  /** Looks at the programs that run now. */
  readonly look: () => Promise<readonly HypervisorProcess[]>;
  /** Other programs came or went. */
  readonly onChange: () => void;
}): HostLock => {
  const { store } = deps;
  const claims = new Set<Claim>();
  /** What was seen last, by the host's checks or by us. */
  let latest: { readonly by: unknown; readonly processes: readonly HypervisorProcess[] } = {
    by: undefined,
    processes: [],
  };
  let timer: NodeJS.Timeout | undefined;

  const seen = (): readonly HypervisorProcess[] => {
    const { vboxdrv } = deps.facts();
    if (vboxdrv.kind === 'known' && vboxdrv.value !== latest.by) {
      latest = { by: vboxdrv.value, processes: vboxdrv.value.processes };
      watch();
    }
    return latest.processes;
  };
  const look = async (): Promise<readonly HypervisorProcess[]> => {
    const processes = await deps.look();
    latest = { ...latest, processes };
    return processes;
  };
  /** Nobody tells when another program ends: while one is in the way, it is looked for now and then. */
  const watch = (): void => {
    if (timer || !latest.processes.some(({ holds }) => holds !== 'none')) return;
    timer = setTimeout(() => {
      timer = undefined;
      const before = JSON.stringify(latest.processes);
      void look()
        .catch(() => undefined)
        .then(() => {
          if (JSON.stringify(latest.processes) !== before) deps.onChange();
          watch();
        });
    }, lookEveryMs).unref();
  };

  /** Claims count until the machine's proof does, or it is not there any more. */
  const activeClaims = (state: AppState): readonly Claim[] => {
    for (const claim of claims) {
      const vm = state.vms[claim.vm];
      const isNeeded = !claim.isOver || (vm && isLive(vm.power) && vm.proof === undefined);
      if (!isNeeded) claims.delete(claim);
    }
    return [...claims];
  };

  const holders = (state: AppState, processes: readonly HypervisorProcess[]): readonly Holder[] => {
    if (!hasTwoSides(state.drivers)) return [];
    return [
      ...holdersOf(state.drivers, Object.values(state.vms), processes),
      ...activeClaims(state),
    ];
  };
  /** The same for all machines of one state: judging a thousand asks a thousand times. */
  let cached:
    | { readonly state: AppState; readonly of: unknown; readonly holders: readonly Holder[] }
    | undefined;
  const holdersNow = (state: AppState): readonly Holder[] => {
    const processes = seen();
    if (cached?.state !== state || cached.of !== processes || claims.size > 0) {
      cached = { state, of: processes, holders: holders(state, processes) };
    }
    return cached.holders;
  };

  const conflictWith = (name: string, engine: string, other: string): AppFailure =>
    failure('engine/host-conflict', { name, engine, other });

  const titleOf = (state: AppState, backend: Backend): string =>
    state.drivers[backend.driver]?.engines.find(({ id }) => id === backend.engine)?.title ??
    backend.engine;

  const freezes: HostLock['freezes'] = ({ name }, backend) => {
    const fact: EngineFact | undefined = store.getState().engines[backendKey(backend)];
    const { vboxdrv } = deps.facts();
    if (fact?.wouldFreeze !== true) return undefined;
    // Without its driver in the kernel the engine just does not start.
    if (vboxdrv.kind === 'known' && !vboxdrv.value.isLoaded) return undefined;
    const sentence =
      vboxdrv.kind === 'known'
        ? formatText(vboxdrv.value.sentence)
        : format('command.freeze.because', { because: formatText(fact.reason) });
    const label = fact.remedy ? formatText(fact.remedy.label) : '';
    const command = fact.remedy?.command ?? '';
    const key = command !== '' ? 'command.freeze.byCommand' : 'command.freeze.byLabel';
    const reason = label === '' ? sentence : format(key, { sentence, label, command });
    return failure('engine/would-freeze', { name, reason });
  };

  const claim: HostLock['claim'] = async (definition, backend) => {
    const { id, name } = definition;
    const refusal = freezes(definition, backend);
    if (refusal) throw refusal;
    const state = store.getState();
    const side: Side | undefined = sideOf(state.drivers, backend);
    if (side === undefined || !hasTwoSides(state.drivers)) return () => undefined;
    const engine = titleOf(state, backend);
    const other = conflictOf(side, holders(state, []), id);
    if (other) throw conflictWith(name, engine, other.name);
    // From here on nobody of the other side gets in, while we look at what others run.
    const own: Claim = { side, name, vm: id, isOver: false };
    claims.add(own);
    try {
      const processes = await look();
      const foreign = conflictOf(side, holders(store.getState(), processes), id);
      if (foreign) throw conflictWith(name, engine, foreign.name);
    } catch (error) {
      claims.delete(own);
      throw error;
    }
    return () => {
      own.isOver = true;
    };
  };

  const driverOf = (state: AppState, definition: VmDefinition) => state.drivers[definition.driver];

  return {
    exclusions: (state, definition) => {
      const driver = driverOf(state, definition);
      return driver ? exclusionsOf(driver, holdersNow(state), definition.id) : [];
    },
    burdens: (state, definition) => {
      const driver = driverOf(state, definition);
      return driver ? burdensOf(driver, state.host['host']?.kernel) : [];
    },
    signature: (state) =>
      holdersNow(state)
        .map(({ side, name }) => `${side} ${name}`)
        .join('\n'),
    freezes,
    conflict: ({ id, name }, backend) => {
      const state = store.getState();
      const holder = conflictOf(sideOf(state.drivers, backend), holdersNow(state), id);
      return holder && conflictWith(name, titleOf(state, backend), holder.name);
    },
    claim,
    dispose: () => clearTimeout(timer),
  };
};
