import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failure } from '../../shared/contract/errors.ts';
import { toDriverId, toEngineId, toEpochMs, toJobId } from '../../shared/model/brand.ts';
import {
  allowedActions,
  displayedPower,
  isLive,
  powerStateSchema,
} from '../../shared/model/power.ts';
import { testDefinition, testVmId } from '../../shared/testing/definition.ts';
import { emptyState } from '../../shared/state/app-state.ts';
import type { StateEvent } from './events.ts';
import { reduce } from './reducer.ts';

const id = testVmId(1);
const definition = testDefinition(1);
const job = toJobId('job');
const at = toEpochMs(1);
const proof = {
  backend: { driver: toDriverId('qemu'), engine: toEngineId('tcg') },
  witness: 'query-kvm',
  readAt: at,
};
const run = (...events: readonly StateEvent[]) => events.reduce(reduce, emptyState);
const defined: StateEvent = { kind: 'defined', definition };

describe('reducer', () => {
  it('a proof ends with the run it speaks of', () => {
    const state = run(
      defined,
      { kind: 'power', vm: id, power: 'running', at },
      { kind: 'engineProved', vm: id, proof },
      { kind: 'power', vm: id, power: 'off', at },
    );
    expect(state.vms[id]?.proof).toBeUndefined();
  });

  it('a new run starts without the old problem', () => {
    const { error } = failure('vm/crashed', { name: 'one', exit: '9', log: '' });
    const crashed = run(defined, { kind: 'power', vm: id, power: 'crashed', at, error });
    expect(crashed.vms[id]?.problem?.code).toBe('vm/crashed');
    const again = reduce(crashed, { kind: 'power', vm: id, power: 'starting', at });
    expect(again.vms[id]?.problem).toBeUndefined();
  });

  it('only the job that set a pending action ends it', () => {
    const state = run(
      defined,
      { kind: 'pending', vm: id, action: 'start', job, at },
      { kind: 'pendingEnded', vm: id, job: toJobId('other') },
    );
    expect(state.vms[id]?.pending?.job).toBe(job);
  });

  it('what people see follows the pending action until the observation arrives', () => {
    expect(displayedPower('off', { action: 'start' })).toBe('starting');
    expect(displayedPower('running', undefined)).toBe('running');
    expect(displayedPower('running', { action: 'pause' })).toBe('running');
  });

  it('events about an unknown VM change nothing', () => {
    expect(run({ kind: 'power', vm: id, power: 'running', at })).toBe(emptyState);
  });

  it('any order of power reports keeps the invariants', () => {
    const powers = fc.array(fc.constantFrom(...powerStateSchema.options));
    fc.assert(
      fc.property(powers, (list) => {
        const state = run(
          defined,
          { kind: 'engineProved', vm: id, proof },
          ...list.map((power): StateEvent => ({ kind: 'power', vm: id, power, at })),
        );
        const vm = state.vms[id];
        expect(vm?.power).toBe(list.at(-1) ?? 'off');
        if (vm && list.length > 0 && !isLive(vm.power)) expect(vm.hasPendingChanges).toBe(false);
        if (vm?.power === 'off') expect(allowedActions(vm.power)).toContain('start');
      }),
    );
  });
});
