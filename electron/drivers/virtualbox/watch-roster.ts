// The machines as last seen: turns what is read and what VirtualBox reports into our events, each difference once.
import { failure, type AppError } from '../../../shared/contract/errors.ts';
import { vmIdSchema, type DriverId, type VmId } from '../../../shared/model/brand.ts';
import type { PowerState } from '../../../shared/model/power.ts';
import type { VmDefinition } from '../../../shared/model/vm.ts';
import type { DriverEvent } from '../types.ts';
import { toDefinition, unreadableDefinition, type MachineFacts } from './definition.ts';
import type { Inaccessible } from './machine-reader-damage.ts';
import type { Reading } from './machine-reader.ts';
import { isStuck, powerOf } from './power-state.ts';

export interface Known {
  readonly definition: VmDefinition;
  /** `undefined`: not reported yet. */
  readonly power: PowerState | undefined;
  /** VirtualBox cannot read it before it has been given the password. */
  readonly needsPassword: boolean;
  /** Empty while VirtualBox cannot read it. */
  readonly logFolder: string;
  readonly settingsFile: string;
}

export interface Roster {
  readonly ids: () => readonly VmId[];
  readonly get: (id: string) => Known | undefined;
  /** `hasNewerState`: a state was reported since the reading began, so its own is old. */
  readonly apply: (reading: Reading, hasNewerState: boolean) => Promise<void>;
  /** A machine of which only this is known yet. */
  readonly announce: (id: string, name: string, state: string) => void;
  /** In VirtualBox's words. `sinceMs`: when it came to be so. */
  readonly setState: (id: string, state: string, sinceMs: number) => void;
  readonly setPower: (id: string, power: PowerState, error?: AppError) => void;
  readonly remove: (id: string) => void;
  /** While a start of ours is under way, states that only mean "not yet" are not reported. */
  readonly hold: (id: string) => void;
  readonly letGo: (id: string) => void;
}

export interface RosterDeps {
  readonly driver: DriverId;
  readonly emit: (event: DriverEvent) => void;
  /** VirtualBox calls a machine aborted after a start of ours that we ended: it is simply off. */
  readonly isOurAbort: (id: string, sinceMs: number) => boolean;
  readonly judgeInaccessible: (
    reading: Extract<Reading, { kind: 'inaccessible' }>,
  ) => Promise<Inaccessible>;
  /** What a crashed machine's log ends with. */
  readonly lastLines: (logFolder: string) => string;
  /** What a machine is without what we changed of it for this run. */
  readonly asWritten?: (facts: MachineFacts) => MachineFacts;
}

const notYet: readonly PowerState[] = ['off', 'saved', 'crashed'];
const unread = { power: undefined, needsPassword: false, logFolder: '', settingsFile: '' } as const;

export const createRoster = (deps: RosterDeps): Roster => {
  const { driver, emit } = deps;
  const machines = new Map<VmId, Known>();
  const held = new Set<VmId>();
  const idOf = (id: string): VmId | undefined => vmIdSchema.safeParse(id.toLowerCase()).data;
  const get = (id: string): Known | undefined => {
    const vm = idOf(id);
    return vm && machines.get(vm);
  };

  const define = (known: Known): void => {
    const before = machines.get(known.definition.id);
    machines.set(known.definition.id, known);
    if (before && JSON.stringify(before.definition) === JSON.stringify(known.definition)) return;
    emit({ kind: 'definitionChanged', definition: known.definition });
  };

  const setPower = (id: string, power: PowerState, error?: AppError): void => {
    const known = get(id);
    if (!known) return;
    const { id: vm } = known.definition;
    if (held.has(vm) && notYet.includes(power)) return;
    if (known.power === power && !error) return;
    machines.set(vm, { ...known, power });
    emit({ kind: 'power', vm, power, ...(error ? { error } : {}) });
  };

  const setState = (id: string, state: string, sinceMs: number): void => {
    const known = get(id);
    const power = powerOf(state);
    if (!known || power === undefined) return;
    const { name } = known.definition;
    if (power === 'crashed') {
      if (known.power === 'crashed') return;
      if (deps.isOurAbort(id, sinceMs)) return setPower(id, 'off');
      const log = deps.lastLines(known.logFolder);
      const params = { name, exit: 'VirtualBox calls it aborted', log };
      return setPower(id, 'crashed', failure('vm/crashed', params).error);
    }
    if (isStuck(state)) {
      if (known.power === 'paused') return;
      return setPower(id, 'paused', failure('virtualbox/stuck', { name }).error);
    }
    setPower(id, power);
  };

  const applyInaccessible = async (
    reading: Extract<Reading, { kind: 'inaccessible' }>,
  ): Promise<void> => {
    const judged = await deps.judgeInaccessible(reading);
    const before = get(reading.id);
    // What was known of it is still what it is.
    const definition = before?.definition ?? unreadableDefinition(driver, reading);
    const needsPassword = judged.kind === 'encrypted';
    define({ ...unread, definition, power: before?.power, needsPassword });
    const { name } = definition;
    switch (judged.kind) {
      case 'encrypted':
        return setPower(reading.id, 'off');
      case 'newer': {
        if (before?.power === 'damaged') return;
        const { version, known } = judged;
        const error = failure('virtualbox/settings-newer', { name, version, known }).error;
        return setPower(reading.id, 'damaged', error);
      }
      case 'damaged': {
        if (before?.power === 'damaged') return;
        const error = failure('virtualbox/inaccessible', { name, reason: judged.reason }).error;
        return setPower(reading.id, 'damaged', error);
      }
    }
  };

  return {
    ids: () => [...machines.keys()],
    get,
    apply: async (reading, hasNewerState) => {
      if (reading.kind === 'inaccessible') return applyInaccessible(reading);
      const { facts, state, stateSinceMs } = reading;
      const before = get(facts.id);
      define({
        definition: toDefinition(driver, deps.asWritten?.(facts) ?? facts),
        power: before?.power,
        needsPassword: false,
        logFolder: facts.logFolder,
        settingsFile: facts.settingsFile,
      });
      if (hasNewerState && before?.power !== undefined && before.power !== 'damaged') return;
      setState(facts.id, state, stateSinceMs);
    },
    announce: (id, name, state) => {
      if (get(id) || !idOf(id)) return;
      define({ ...unread, definition: unreadableDefinition(driver, { id, name, createdAtMs: 0 }) });
      // Whose fault a crash was is known when the machine is read.
      if (powerOf(state) !== 'crashed') setState(id, state, 0);
    },
    setState,
    setPower,
    remove: (id) => {
      const vm = idOf(id);
      if (!vm || !machines.delete(vm)) return;
      held.delete(vm);
      emit({ kind: 'definitionGone', vm });
    },
    hold: (id) => {
      const vm = idOf(id);
      if (vm) held.add(vm);
    },
    letGo: (id) => {
      const vm = idOf(id);
      if (vm) held.delete(vm);
    },
  };
};
