// What must hold for every input of the decision, not only for the situations somebody thought of.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toDriverId, toEngineId, toMiB } from '../../shared/model/brand.ts';
import { decisionSchema, type Decision, type EngineFact } from '../../shared/model/compat.ts';
import {
  backendKey,
  isSameBackend,
  type Backend,
  type DriverInfo,
} from '../../shared/model/driver.ts';
import { guestFamilies } from '../../shared/model/guest-family.ts';
import { text } from '../../shared/model/text.ts';
import {
  capabilities,
  config,
  definition,
  facts,
  nat,
  qemu,
  usable,
  virtualBox,
} from './__fixtures__/world.ts';
import { decide } from './decide.ts';
import type { DecideInput } from './decide-input.ts';
import { evaluate } from './evaluate.ts';
import { features } from './features.ts';
import { known, unknownFact } from './host-facts.ts';

/** The five backends of the compatibility table, and engines without a column in it. */
const hypervisors = [
  { id: toDriverId('qemu'), engineIds: ['kvm', 'tcg', 'nvmm', 'whpx'].map(toEngineId) },
  { id: toDriverId('virtualbox'), engineIds: ['vboxdrv', 'kvm', 'software'].map(toEngineId) },
] as const;
const engineIds = [...new Set(hypervisors.flatMap((row) => row.engineIds))];

const engineArb = (id: (typeof engineIds)[number]) =>
  fc.record({
    id: fc.constant(id),
    speed: fc.constantFrom('native' as const, 'software' as const),
    title: fc.constant(`title of ${id}`),
    shortTitle: fc.constant(id),
    mark: fc.constant('ring' as const),
    isAutomatic: fc.boolean(),
  });
const driverArb = fc.constantFrom(...hypervisors).chain(({ id, engineIds: ids }) =>
  fc
    .subarray([...ids], { minLength: 1 })
    .chain((some) => fc.tuple(...some.map(engineArb)))
    .map((engines) => ({ id, engines })),
);

const factArb = (backend: Backend): fc.Arbitrary<EngineFact> =>
  fc.record({
    driver: fc.constant(backend.driver),
    engine: fc.constant(backend.engine),
    standing: fc.constantFrom(
      'usable' as const,
      'slow' as const,
      'unusable' as const,
      'unknown' as const,
    ),
    reason: fc.constant(text('decision.because.kvmAbsent')),
    confidence: fc.constantFrom('measured' as const, 'documented' as const, 'assumed' as const),
    checkIds: fc.constant([]),
    isForced: fc.boolean(),
  });

const configArb = fc.record({
  firmware: fc.constantFrom(
    { kind: 'bios' as const },
    { kind: 'uefi' as const },
    { kind: 'uefi' as const, isSecureBoot: true },
  ),
  memory: fc.constantFrom(toMiB(64), toMiB(2048), toMiB(64_000)),
  vcpus: fc.constantFrom(1, 2, 64, 400),
  display: fc.constantFrom('std' as const, 'vmware' as const, 'none' as const),
  nics: fc.constantFrom(
    [],
    [nat(8080)],
    [nat(80, true)],
    [{ ...nat(8080), model: 'pcnet' as const }],
    [{ ...nat(8080), attachment: { kind: 'natNetwork' as const, network: 'lab' } }],
    [{ ...nat(8080), attachment: { kind: 'bridged' as const, uplink: 'eth0' } }],
  ),
  hasNestedVirtualization: fc.constantFrom(false, false, true),
  disks: fc.constantFrom(
    config.disks,
    [],
    [{ ...config.disks[0]!, format: 'raw' as const }],
    [{ ...config.disks[0]!, bus: 'nvme' as const }],
  ),
});

const optional = <T>(arb: fc.Arbitrary<T>) => fc.option(arb, { nil: undefined, freq: 2 });

const inputArb: fc.Arbitrary<DecideInput> = driverArb.chain(({ id: driverId, engines }) => {
  const backends = engines.map((engine): Backend => ({ driver: driverId, engine: engine.id }));
  const anyBackend = fc.constantFrom(...backends);
  return fc.record({
    definition: fc
      .record({
        changes: configArb,
        family: fc.constantFrom(...guestFamilies.map(({ id }) => id)),
        pin: optional(fc.constantFrom(...engineIds)),
      })
      .map(({ changes, family, pin }) => ({
        ...definition,
        driver: driverId,
        family,
        config: { ...config, ...changes },
        ...(pin === undefined ? {} : { pin }),
      })),
    driver: fc
      .record({
        probe: fc.constantFrom<DriverInfo['probe']>(
          qemu.probe,
          qemu.probe,
          qemu.probe,
          { kind: 'pending' },
          { kind: 'missing', lookedIn: [] },
        ),
        capabilities: fc.constantFrom(
          capabilities,
          capabilities,
          { ...capabilities, nicAttachments: ['nat', 'none'] },
          {
            ...capabilities,
            youngEngines: [{ engine: toEngineId('kvm'), build: 'port' as const }],
          },
          undefined,
        ),
      })
      .map((more): DriverInfo => ({
        ...qemu,
        id: driverId,
        engines,
        probe: more.probe,
        capabilities: more.capabilities,
      })),
    others: fc.constantFrom([], [driverId === virtualBox.id ? qemu : virtualBox]),
    engineFacts: fc
      .tuple(...backends.map((backend) => optional(factArb(backend))))
      .map((rows) => [
        ...rows.filter((row) => row !== undefined),
        ...(driverId === virtualBox.id ? qemu : virtualBox).engines.map(({ id }) =>
          usable({ driver: driverId === virtualBox.id ? qemu.id : virtualBox.id, engine: id }),
        ),
      ]),
    facts: fc.constantFrom(
      facts,
      { ...facts, hasKvmSmm: known(false) },
      { ...facts, memoryMiB: unknownFact(text('decision.unknown.notLooked')) },
    ),
    features: fc.constant(features),
    savedState: optional(anyBackend),
    lastGood: optional(anyBackend),
    health: fc.array(fc.record({ backend: anyBackend, quickCrashes: fc.nat(4) }), { maxLength: 3 }),
    exclusions: fc.array(
      fc.record({
        backend: anyBackend,
        reason: fc.constant(text('decision.because.kvmBusy')),
        other: fc.constant('Fedora'),
      }),
      { maxLength: 1 },
    ),
    burdens: fc.array(
      fc.record({
        backend: anyBackend,
        score: fc.constant(-20),
        reason: fc.constant(text('decision.because.kvmBusy')),
      }),
      { maxLength: 1 },
    ),
  });
});

const pickedOf = ({ outcome }: Decision): Backend | undefined =>
  outcome.kind === 'none' ? undefined : outcome.backend;
const pinOf = (input: DecideInput) => input.pin ?? input.definition.pin;
const holds = (rule: (input: DecideInput, decision: Decision) => void): void =>
  fc.assert(
    fc.property(inputArb, (input) => rule(input, decide(input))),
    { numRuns: 600 },
  );

describe('the decision', () => {
  it('is total, pure and speaks the contract’s language', () => {
    holds((input, decision) => {
      expect(decisionSchema.parse(decision)).toEqual(decision);
      expect(decide(input)).toEqual(decision);
      expect(decision.candidates).toHaveLength(input.driver.engines.length);
    });
  });

  it('never picks an engine that fails a required feature', () => {
    holds((input, decision) => {
      const picked = pickedOf(decision);
      if (!picked) return;
      const engine = input.driver.engines.find(({ id }) => id === picked.engine)!;
      const subject = {
        backend: backendKey(picked),
        family: input.definition.family,
        config: input.definition.config,
        engine,
        capabilities: input.driver.capabilities,
        facts: input.facts,
      };
      const failing = features
        .filter((feature) => feature.need === 'required')
        .filter((feature) => evaluate(feature, subject).kind === 'no');
      expect(failing.map(({ id }) => id)).toEqual([]);
    });
  });

  it('never starts by itself what a required feature leaves unknown', () => {
    holds((input, decision) => {
      if (decision.outcome.kind !== 'use') return;
      const { engine: id } = decision.outcome.backend;
      const engine = input.driver.engines.find((row) => row.id === id)!;
      const subject = {
        backend: backendKey(decision.outcome.backend),
        family: input.definition.family,
        config: input.definition.config,
        engine,
        capabilities: input.driver.capabilities,
        facts: input.facts,
      };
      const doubtful = features
        .filter((feature) => feature.need === 'required')
        .filter((feature) => evaluate(feature, subject).kind === 'unknown');
      expect(doubtful).toEqual([]);
    });
  });

  it('never overrides a pin silently', () => {
    holds((input, decision) => {
      const pin = pinOf(input);
      if (pin === undefined || decision.outcome.kind !== 'use') return;
      expect(decision.outcome.backend.engine).toBe(pin);
    });
  });

  it('picks only engines of the machine’s own driver; a suggestion never wins', () => {
    holds((input, decision) => {
      const picked = pickedOf(decision);
      if (picked) expect(picked.driver).toBe(input.driver.id);
      expect(decision.candidates.every(({ backend }) => backend.driver === input.driver.id)).toBe(
        true,
      );
      expect(decision.suggestions.every(({ backend }) => backend.driver !== input.driver.id)).toBe(
        true,
      );
    });
  });

  it('never picks an unusable or excluded engine, nor one that cannot load the saved memory', () => {
    holds((input, decision) => {
      const picked = pickedOf(decision);
      if (!picked) return;
      const fact = input.engineFacts.find((row) => isSameBackend(row, picked));
      expect(fact?.standing).not.toBe('unusable');
      expect(input.exclusions?.some((row) => isSameBackend(row.backend, picked))).toBe(false);
      if (input.savedState) expect(picked).toEqual(input.savedState);
    });
  });

  it('never uses an engine that asks for the user’s word without it', () => {
    holds((input, decision) => {
      if (decision.outcome.kind !== 'use') return;
      const { engine: id } = decision.outcome.backend;
      const engine = input.driver.engines.find((row) => row.id === id)!;
      const isUsersWord = pinOf(input) === id || input.savedState?.engine === id;
      expect(engine.isAutomatic || isUsersWord).toBe(true);
    });
  });

  it('never takes an unforced slow engine while a free one is left', () => {
    holds((input, decision) => {
      const picked = decision.outcome.kind === 'use' ? decision.outcome.backend : undefined;
      if (!picked || pinOf(input) !== undefined || input.savedState) return;
      const fact = input.engineFacts.find((row) => isSameBackend(row, picked))!;
      if (fact.standing !== 'slow') return;
      const possible = decision.candidates.filter(({ standing }) => standing === 'possible');
      const isEverySlow = possible.every(
        ({ backend }) =>
          input.engineFacts.find((row) => isSameBackend(row, backend))?.standing === 'slow',
      );
      expect(isEverySlow).toBe(true);
    });
  });

  it('adding a healthy engine never makes the result worse', () => {
    const rank = { use: 2, ask: 1, none: 0 } as const;
    const extraArb = fc.constantFrom('native' as const, 'software' as const);
    fc.assert(
      fc.property(inputArb, extraArb, (input, speed) => {
        const before = decide(input);
        const id = toEngineId('extra');
        const engine = {
          id,
          speed,
          title: 'extra',
          shortTitle: 'x',
          mark: 'ring' as const,
          isAutomatic: true,
        };
        const after = decide({
          ...input,
          driver: { ...input.driver, engines: [...input.driver.engines, engine] },
          engineFacts: [...input.engineFacts, usable({ driver: input.driver.id, engine: id })],
        });
        expect(rank[after.outcome.kind]).toBeGreaterThanOrEqual(rank[before.outcome.kind]);
        const scoreOf = (decision: Decision): number | undefined =>
          decision.candidates.find(({ standing }) => standing === 'chosen')?.score;
        const [a, b] = [scoreOf(before), scoreOf(after)];
        // A slow engine may have had the higher score, and near ties go to habit.
        const wasSlow = input.engineFacts.some(
          (row) =>
            backendKey(row) ===
              backendKey(pickedOf(before) ?? { driver: input.driver.id, engine: id }) &&
            row.standing === 'slow',
        );
        if (a !== undefined && b !== undefined && !wasSlow) expect(b).toBeGreaterThanOrEqual(a - 5);
      }),
      { numRuns: 600 },
    );
  });

  it('always has a reason that is not the engine’s own praise when nothing or a question came out', () => {
    holds((_, decision) => {
      if (decision.outcome.kind === 'use') return;
      expect(decision.because.key).not.toBe('decision.because.softwareAlways');
      expect(decision.candidates.every(({ standing }) => standing !== 'chosen')).toBe(true);
    });
  });
});
