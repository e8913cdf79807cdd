// Switching engines: the preview says what changes and is lost and does nothing; the switch keeps saved memory safe.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { VmId } from '../../shared/model/brand.ts';
import { formatText } from '../../shared/i18n/format.ts';
import { createFakeDriver, type FakeDriver } from '../drivers/fake/index.ts';
import {
  createCommandWorld,
  engineInfo,
  errorOf,
  request,
  type CommandWorld,
} from './__fixtures__/world.ts';
import { createVm } from './vm-create.ts';
import { openWindow, previewSwitch, snapshots, switchEngine, unlock } from './vm-engine.ts';
import { power } from './vm-power.ts';

const fast = engineInfo('fast');
const second = engineInfo('second');
const slow = engineInfo('slow', { speed: 'software', isAutomatic: false });
const elsewhere = engineInfo('kvm', { title: 'Emu on KVM' });

let fake: FakeDriver;
let emu: FakeDriver;
let world: CommandWorld;
beforeEach(async () => {
  fake = createFakeDriver('fake', {
    engines: [fast, second, slow],
    capabilities: {
      canWriteEngine: true,
      startRoutes: [{ engine: second.id, reason: { key: 'command.notAvailable' } }],
    },
    password: 'secret',
  });
  emu = createFakeDriver('emu', { engines: [elsewhere] });
  world = await createCommandWorld([fake, emu]);
});
afterEach(() => world.dispose());

const made = async (driver = fake, family = 'linux'): Promise<VmId> => {
  const { id, job } = await createVm(world.ctx, request({ driver: driver.id, family }));
  expect((await world.ended(job)).error).toBeUndefined();
  return id;
};
const does = async (id: VmId, action: Parameters<typeof power>[2], options = {}): Promise<void> => {
  if (action === 'start') await unlock(world.ctx, id, 'secret');
  expect((await world.ended(power(world.ctx, id, action, options))).error).toBeUndefined();
};
const wish = (engine: typeof fast.id | null, change = {}) => ({
  engine,
  isLasting: false,
  discardSaved: false,
  ...change,
});

describe('a preview', () => {
  it('of an engine as good: names it and its route, loses nothing, changes nothing', async () => {
    const id = await made();
    const before = world.ctx.store.getState();
    const preview = await previewSwitch(world.ctx, id, second.id);
    expect(preview).toMatchObject({
      from: { engine: 'fast' },
      to: { engine: 'second' },
      verdict: 'possible',
      lost: [],
      savedState: 'none',
      lastingWarning: { key: 'command.notAvailable' },
    });
    expect(preview.changes.map(formatText)).toEqual([
      'It starts on Fake second instead of Fake fast.',
      'This hypervisor does not offer it.',
    ]);
    expect(world.ctx.store.getState()).toBe(before);
  });

  it('of software: asks, names the speed, and says what conversion would bring', async () => {
    const id = await made();
    const preview = await previewSwitch(world.ctx, id, slow.id);
    expect(preview.verdict).toBe('needsConsent');
    expect(preview.lost.map(({ key }) => key)).toEqual(['decision.lost.speed']);
    expect(preview.changes.map(({ key }) => key)).toContain('command.switch.slower');
    expect(preview.reasons.map(formatText)).toContain(
      'converted, it would run on Emu on KVM at the processor’s own speed, but Polyvisor cannot convert machines yet',
    );
  });

  it('of what cannot run: refused with its reason and what would bring it', async () => {
    const id = await made();
    const remedy = { label: { key: 'host.remedy.lookAgain' as const }, needs: [] };
    const reason = { key: 'decision.because.kvmAbsent' as const };
    world.setFact(fake, 'second', { standing: 'unusable', reason, remedy });
    const preview = await previewSwitch(world.ctx, id, second.id);
    expect(preview).toMatchObject({ verdict: 'refused', remedy });
    expect(preview.reasons[0]).toEqual(reason);
    const error = await errorOf(() => switchEngine(world.ctx, id, wish(second.id)));
    expect(error?.code).toBe('engine/none-usable');
    expect(world.vm(id).definition.pin).toBeUndefined();
  });

  it('counts from the engine that was proved, while it runs', async () => {
    const id = await made();
    await does(id, 'start', { engine: second.id });
    expect((await previewSwitch(world.ctx, id, fast.id)).from?.engine).toBe('second');
  });
});

describe('a switch', () => {
  it('sets the engine, and gives the choice back', async () => {
    const id = await made();
    await switchEngine(world.ctx, id, wish(second.id));
    expect(world.vm(id).definition.pin).toBe('second');
    expect(fake.written.size).toBe(0);
    await switchEngine(world.ctx, id, wish(null));
    expect(world.vm(id).definition.pin).toBeUndefined();
  });

  it('writes it into the machine only when told to, and takes it out again', async () => {
    const id = await made();
    await switchEngine(world.ctx, id, wish(second.id, { isLasting: true }));
    expect(fake.written.get(id)).toBe('second');
    await switchEngine(world.ctx, id, wish(null, { isLasting: true }));
    expect(fake.written.has(id)).toBe(true);
    expect(fake.written.get(id)).toBeUndefined();
  });

  it('of a running machine comes with its next start; its settings are not written meanwhile', async () => {
    const id = await made();
    await does(id, 'start');
    const error = await errorOf(() =>
      switchEngine(world.ctx, id, wish(second.id, { isLasting: true })),
    );
    expect(error?.code).toBe('vm/not-changeable-live');
    expect(world.vm(id).definition.pin).toBeUndefined();
    await switchEngine(world.ctx, id, wish(second.id));
    expect(world.vm(id)).toMatchObject({ power: 'running', hasPendingChanges: true });
    expect(world.vm(id).proof?.backend.engine).toBe('fast');
  });

  it('never throws saved memory away unasked', async () => {
    const id = await made();
    await does(id, 'start');
    await does(id, 'save');
    expect((await previewSwitch(world.ctx, id, fast.id)).savedState).toBe('fits');
    const preview = await previewSwitch(world.ctx, id, second.id);
    expect(preview).toMatchObject({ savedState: 'blocks', verdict: 'possible' });
    const error = await errorOf(() => switchEngine(world.ctx, id, wish(second.id)));
    expect(error?.code).toBe('vm/wrong-state');
    expect(world.vm(id).power).toBe('saved');
    await switchEngine(world.ctx, id, wish(second.id, { discardSaved: true }));
    expect(world.vm(id)).toMatchObject({ power: 'off', definition: { pin: 'second' } });
  });

  it('into settings a hypervisor does not have is refused', async () => {
    const id = await made(emu);
    const error = await errorOf(() =>
      switchEngine(world.ctx, id, wish(elsewhere.id, { isLasting: true })),
    );
    expect(error?.code).toBe('vm/feature-unavailable');
    expect((await previewSwitch(world.ctx, id, elsewhere.id)).lastingWarning).toBeUndefined();
  });
});

describe('an encrypted machine', () => {
  it('asks for its password, says when it is wrong, and starts with the right one', async () => {
    const id = await made();
    const asked = await world.ended(power(world.ctx, id, 'start'));
    expect(asked.error?.code).toBe('vm/password-needed');
    expect(world.vm(id)).toMatchObject({ power: 'off', problem: { code: 'vm/password-needed' } });
    expect((await errorOf(() => unlock(world.ctx, id, 'guess')))?.code).toBe('vm/password-wrong');
    await unlock(world.ctx, id, 'secret');
    expect(world.vm(id).problem).toBeUndefined();
    expect((await world.ended(power(world.ctx, id, 'start'))).error).toBeUndefined();
    expect(JSON.stringify(world.ctx.store.getState())).not.toContain('secret');
  });
});

it('what a hypervisor does not have is refused by name, or empty', async () => {
  const id = await made(emu);
  expect(await snapshots(world.ctx, id)).toEqual([]);
  const noWindow = await errorOf(() => openWindow(world.ctx, id));
  expect(noWindow).toMatchObject({
    code: 'vm/feature-unavailable',
    params: { feature: 'A window of its own' },
  });
  expect((await errorOf(() => unlock(world.ctx, id, 'x')))?.code).toBe('vm/feature-unavailable');
});
