// Machines whose hypervisor keeps their definitions: what it reports counts, what is only ours survives it.
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failure } from '../../shared/contract/errors.ts';
import { toEngineId, toVmId, type VmId } from '../../shared/model/brand.ts';
import type { VmDefinition } from '../../shared/model/vm.ts';
import { definition } from '../compat/__fixtures__/world.ts';
import { createFakeDriver, type FakeDriver } from '../drivers/fake/index.ts';
import { createCommandWorld, errorOf, request, type CommandWorld } from './__fixtures__/world.ts';
import { createVm } from './vm-create.ts';
import { changeMedium, editVm, removeVm } from './vm-edit.ts';

let dir: string;
let fake: FakeDriver;
let world: CommandWorld;
const id = toVmId('22222222-2222-3333-4444-555555555555');

const outside = (change: Partial<VmDefinition> = {}): VmDefinition => ({
  ...definition,
  id,
  name: 'made outside',
  driver: fake.id,
  config: { ...definition.config, machineType: 'pc', disks: [], cdDrives: [{ id: 'cd0' }] },
  ...change,
});
const boxOf = (): NonNullable<FakeDriver['inventory']> => {
  if (!fake.inventory) throw new Error('no inventory');
  return fake.inventory;
};
const create = async (change = {}): Promise<VmId> => {
  const made = await createVm(world.ctx, request({ driver: fake.id, ...change }));
  const job = await world.ended(made.job);
  expect(job.error).toBeUndefined();
  return made.id;
};

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'i-'));
  fake = createFakeDriver('box', { keepsInventory: true });
  world = await createCommandWorld([createFakeDriver('first'), fake], { dir });
});
afterEach(async () => {
  await world.dispose();
  rmSync(dir, { recursive: true, force: true });
});

describe('what somebody else does', () => {
  it('shows: registered, renamed, gone', () => {
    boxOf().put(outside());
    expect(world.vm(id).definition.name).toBe('made outside');
    boxOf().put(outside({ name: 'renamed' }));
    expect(world.vm(id).definition.name).toBe('renamed');
    boxOf().remove(id);
    expect(world.ctx.store.getState().vms[id]).toBeUndefined();
  });

  it('does not take away what is ours', async () => {
    boxOf().put(outside());
    const pin = toEngineId('tcg');
    await editVm(world.ctx, { id, pin, quitPolicy: 'saveState', family: 'os2' });
    boxOf().put(outside({ name: 'renamed', family: 'other' }));
    const expected = { name: 'renamed', pin, quitPolicy: 'saveState', family: 'os2' };
    expect(world.vm(id).definition).toMatchObject(expected);
    expect(boxOf().machines()[0]?.pin).toBeUndefined();
    // Unregistered, and registered again after a restart of the manager.
    boxOf().remove(id);
    await world.dispose();
    world = await createCommandWorld([fake], { dir });
    boxOf().put(outside());
    expect(world.vm(id).definition).toMatchObject({ pin, quitPolicy: 'saveState', family: 'os2' });
    await editVm(world.ctx, { id, pin: null, quitPolicy: null });
    expect(world.vm(id).definition.pin).toBeUndefined();
    expect(world.vm(id).definition.quitPolicy).toBeUndefined();
    expect(world.vm(id).definition.family).toBe('os2');
  });

  it('is kept from the window when it could not read it', () => {
    boxOf().put({ ...outside(), name: '' });
    expect(world.ctx.store.getState().vms[id]).toBeUndefined();
  });

  it('is reported when the manager starts, before any event', async () => {
    boxOf().put(outside());
    await world.dispose();
    world = await createCommandWorld([fake], { dir });
    expect(world.vm(id)).toMatchObject({ power: 'off', definition: { name: 'made outside' } });
  });
});

describe('what we do', () => {
  it('creates through the hypervisor and writes no definition of our own', async () => {
    const made = await create({ pin: toEngineId('tcg') });
    expect(
      boxOf()
        .machines()
        .map((machine) => machine.id),
    ).toEqual([made]);
    expect(world.vm(made).definition).toMatchObject({ family: 'freedos', pin: 'tcg' });
    expect(existsSync(join(dir, 'vms', made, 'vm.json'))).toBe(false);
  });

  it('leaves nothing of a creation that was refused', async () => {
    boxOf().refuse = failure('medium/missing', { path: '/x' });
    const made = await createVm(world.ctx, request({ driver: fake.id }));
    expect((await world.ended(made.job)).error?.code).toBe('medium/missing');
    expect(world.ctx.store.getState().vms[made.id]).toBeUndefined();
    expect(existsSync(join(dir, 'vms', made.id))).toBe(false);
    expect(world.ctx.overlays.of(made.id)).toEqual({});
  });

  it('changes through the hypervisor; a refusal changes nothing, ours neither', async () => {
    const made = await create();
    await editVm(world.ctx, { id: made, name: 'other name', notes: 'for the fair' });
    expect(boxOf().machines()[0]).toMatchObject({ name: 'other name', notes: 'for the fair' });
    boxOf().refuse = failure('vm/not-changeable-live', { name: 'x', setting: 'The name' });
    const error = await errorOf(() =>
      editVm(world.ctx, { id: made, name: 'third', pin: toEngineId('tcg') }),
    );
    expect(error?.code).toBe('vm/not-changeable-live');
    expect(world.vm(made).definition).toMatchObject({ name: 'other name' });
    expect(world.vm(made).definition.pin).toBeUndefined();
  });

  it('a pin alone is nothing the hypervisor hears of', async () => {
    const made = await create();
    boxOf().refuse = failure('vm/not-changeable-live', { name: 'x', setting: 'This' });
    await editVm(world.ctx, { id: made, pin: toEngineId('tcg') });
    expect(world.vm(made).definition.pin).toBe('tcg');
  });

  it('takes media out and in through the hypervisor', async () => {
    boxOf().put(outside());
    const { config } = outside();
    await editVm(world.ctx, {
      id,
      config: { ...config, cdDrives: [{ id: 'cd0', path: '/a.iso' }] },
    });
    await changeMedium(world.ctx, id, 'cd0', undefined);
    expect(boxOf().machines()[0]?.config.cdDrives).toEqual([{ id: 'cd0' }]);
  });

  it('deletes a damaged machine and what we kept of it', async () => {
    boxOf().put(outside());
    await editVm(world.ctx, { id, pin: toEngineId('tcg') });
    world.ctx.store.dispatch({ kind: 'power', vm: id, power: 'damaged', at: 0 as never });
    const job = await world.ended(removeVm(world.ctx, id, false));
    expect(job.error).toBeUndefined();
    expect(world.ctx.store.getState().vms[id]).toBeUndefined();
    expect(boxOf().machines()).toEqual([]);
    expect(world.ctx.overlays.of(id)).toEqual({});
  });

  it('machines without an inventory stay in our folder', async () => {
    const made = await createVm(world.ctx, request());
    await world.ended(made.job);
    expect(world.vm(made.id).definition.driver).toBe('first');
    expect(readdirSync(join(dir, 'vms', made.id))).toContain('vm.json');
  });
});
