// Starting and falling back: at most two engines, never one that must be asked for, and always visibly.
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failure, type AppFailure } from '../../shared/contract/errors.ts';
import { toEngineId, type EngineId, type VmId } from '../../shared/model/brand.ts';
import type { EngineFact } from '../../shared/model/compat.ts';
import type { Job } from '../../shared/model/job.ts';
import { formatText } from '../../shared/i18n/format.ts';
import type { PowerOptions } from '../app-types.ts';
import { createFakeDriver, type FakeDriver } from '../drivers/fake/index.ts';
import {
  createCommandWorld,
  engineInfo,
  errorOf,
  request,
  type CommandWorld,
} from './__fixtures__/world.ts';
import { createVm } from './vm-create.ts';
import { editVm } from './vm-edit.ts';
import { power } from './vm-power.ts';

const fast = engineInfo('fast');
const second = engineInfo('second');
const soft = engineInfo('soft', { speed: 'software' });
const asked = engineInfo('asked', { speed: 'software', isAutomatic: false });

let fake: FakeDriver;
let world: CommandWorld;
const engines = [fast, second, soft, asked];

beforeEach(async () => {
  fake = createFakeDriver('fake', { engines });
  world = await createCommandWorld([fake]);
});
afterEach(() => world.dispose());

const startFailed = (engine: string): AppFailure =>
  failure('engine/start-failed', {
    name: 'machine',
    engine,
    reason: 'Its driver is not there.',
    code: '-1908',
  });
const breaks = (...names: readonly string[]): void => {
  fake.orders.failEngines = new Map(names.map((name) => [toEngineId(name), startFailed(name)]));
};
const made = async (change = {}): Promise<VmId> => {
  const { id, job } = await createVm(world.ctx, request(change));
  expect((await world.ended(job)).error).toBeUndefined();
  return id;
};
const start = (id: VmId, options: PowerOptions = {}): Promise<Job> =>
  world.ended(power(world.ctx, id, 'start', options));
const tried = (): readonly EngineId[] => fake.starts.map(({ engine }) => engine);
const unusable = (engine: string): void => world.setFact(fake, engine, { standing: 'unusable' });

describe('a start that its engine fails', () => {
  it('goes on with the next engine, once, and says so', async () => {
    const id = await made();
    breaks('fast');
    const steps: string[] = [];
    world.ctx.store.subscribe(({ jobs }) => {
      for (const { step } of Object.values(jobs)) if (step) steps.push(formatText(step));
    });
    const job = await start(id);
    expect(job.error).toBeUndefined();
    expect(tried()).toEqual(['fast', 'second']);
    expect(world.vm(id)).toMatchObject({
      power: 'running',
      proof: { backend: { engine: 'second' } },
      fallback: { from: { engine: 'fast' }, to: { engine: 'second' } },
    });
    expect(formatText(world.vm(id).fallback?.reason ?? { key: 'app.name' })).toBe(
      'Fake fast did not start it: Its driver is not there.',
    );
    expect(steps).toContain('Fake fast did not start it. Starting on Fake second');
  });

  it('forgets the former fallback at the next start', async () => {
    const id = await made();
    breaks('fast');
    await start(id);
    await world.ended(power(world.ctx, id, 'powerOff'));
    breaks();
    await start(id);
    expect(world.vm(id).fallback).toBeUndefined();
  });

  it('is not tried a third time', async () => {
    const id = await made();
    breaks('fast', 'second', 'soft', 'asked');
    const job = await start(id);
    expect(job.error).toMatchObject({ code: 'engine/start-failed', params: { engine: 'second' } });
    expect(tried()).toEqual(['fast', 'second']);
    expect(world.vm(id).power).toBe('off');
    expect(world.vm(id).fallback).toBeUndefined();
  });

  it('counts against the engines: after two of them another is decided on', async () => {
    const id = await made();
    breaks('fast', 'second');
    await start(id);
    await start(id);
    const decision = world.ctx.decide(world.vm(id).definition);
    expect(decision.outcome).toMatchObject({ kind: 'use', backend: { engine: 'soft' } });
    expect(formatText(decision.because)).toContain('failed 2 times');
  });

  it('asks where the next engine is software and the guest is heavy, naming the loss', async () => {
    const id = await made({ family: 'windows-11' });
    unusable('second');
    breaks('fast');
    const job = await start(id);
    expect(job.error).toMatchObject({
      code: 'engine/needs-consent',
      params: { engine: 'Fake soft', engineId: 'soft' },
    });
    expect(job.error?.params['reason']).toContain('the guest’s code runs in software');
    expect(tried()).toEqual(['fast']);
    expect((await start(id, { engine: soft.id, hasConsent: true })).error).toBeUndefined();
    expect(tried()).toEqual(['fast', 'soft']);
  });

  it('takes software unasked for a light guest only', async () => {
    const id = await made({ family: 'freedos' });
    unusable('second');
    world.setFact(fake, 'fast', {});
    breaks('fast');
    const first = world.ctx.decide(world.vm(id).definition).outcome;
    expect(first).toMatchObject({ kind: 'use' });
    const job = await start(id);
    expect(job.error).toBeUndefined();
    expect(tried().at(-1)).toBe('soft');
  });

  it('never takes an engine that must be asked for', async () => {
    const id = await made();
    unusable('second');
    unusable('soft');
    breaks('fast');
    const job = await start(id);
    expect(job.error).toMatchObject({
      code: 'engine/needs-consent',
      params: { engineId: 'asked', engine: 'Fake asked' },
    });
    expect(job.error?.params['reason']).toContain('used only when you say so');
    expect(tried()).toEqual(['fast']);
  });

  it('leaves a pin alone and asks', async () => {
    const id = await made();
    await editVm(world.ctx, { id, pin: fast.id });
    breaks('fast');
    const job = await start(id);
    expect(job.error).toMatchObject({
      code: 'engine/needs-consent',
      params: { engineId: 'second' },
    });
    expect(tried()).toEqual(['fast']);
    expect(world.vm(id).definition.pin).toBe('fast');
  });

  it('leaves an engine alone that was named for this start', async () => {
    const id = await made();
    breaks('second');
    const job = await start(id, { engine: second.id });
    expect(job.error).toMatchObject({ code: 'engine/needs-consent', params: { engineId: 'fast' } });
    expect(tried()).toEqual(['second']);
  });

  it('gives the engine’s own words when nothing else is left', async () => {
    const id = await made();
    for (const engine of ['second', 'soft', 'asked']) unusable(engine);
    breaks('fast');
    const job = await start(id);
    expect(job.error).toMatchObject({ code: 'engine/start-failed', params: { code: '-1908' } });
  });

  it('does not follow a failure that is not the engine’s', async () => {
    const id = await made();
    fake.orders.failStart = failure('vm/password-needed', { name: 'machine' });
    expect((await start(id)).error?.code).toBe('vm/password-needed');
    fake.orders.failStart = failure('medium/missing', { path: '/gone' });
    expect((await start(id)).error?.code).toBe('medium/missing');
    expect(tried()).toEqual(['fast', 'fast']);
  });
});

it('an engine that was refused is named before anything begins', async () => {
  const id = await made();
  unusable('second');
  const error = await errorOf(() => power(world.ctx, id, 'start', { engine: second.id }));
  expect(error?.code).toBe('engine/none-usable');
  expect(tried()).toEqual([]);
});

describe('whatever the host and the engines do', () => {
  const standings: readonly EngineFact['standing'][] = ['usable', 'slow', 'unusable', 'unknown'];
  it('at most two engines are tried, none unasked that asks, and a pin is kept', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          facts: fc.array(fc.constantFrom(...standings), { minLength: 4, maxLength: 4 }),
          broken: fc.subarray(engines.map(({ id }) => id)),
          pin: fc.option(fc.constantFrom(...engines.map(({ id }) => id)), { nil: undefined }),
          family: fc.constantFrom('freedos', 'linux', 'windows-11'),
        }),
        async ({ facts, broken, pin, family }) => {
          const driver = createFakeDriver('fake', { engines });
          const here = await createCommandWorld([driver]);
          try {
            const { id, job } = await createVm(here.ctx, request({ family }));
            await here.ended(job);
            if (pin !== undefined) await editVm(here.ctx, { id, pin });
            facts.forEach((standing, index) =>
              here.setFact(driver, engines[index]?.id ?? '', { standing }),
            );
            driver.orders.failEngines = new Map(broken.map((name) => [name, startFailed(name)]));
            const decided = here.ctx.decide(here.vm(id).definition);
            await errorOf(async () => here.ended(power(here.ctx, id, 'start')));
            const used = driver.starts.map(({ engine }) => engine);
            expect(used.length).toBeLessThanOrEqual(2);
            expect(new Set(used).size).toBe(used.length);
            if (decided.outcome.kind !== 'use') expect(used).toEqual([]);
            if (pin !== undefined) expect(used.every((engine) => engine === pin)).toBe(true);
            else expect(used).not.toContain('asked');
            if (used.length === 2) {
              expect(family).toBe(used[1] === 'soft' ? 'freedos' : family);
              const isUp = here.vm(id).power === 'running';
              expect(here.vm(id).fallback !== undefined).toBe(isUp);
            }
          } finally {
            await here.dispose();
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});
