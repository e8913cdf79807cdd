// Two sides of one processor: no two of them start at once, neither beside what others run, and nobody's word starts
// what would freeze the computer.
import { afterEach, describe, expect, it } from 'vitest';
import { toEngineId, type VmId } from '../../shared/model/brand.ts';
import { text } from '../../shared/model/text.ts';
import { facts } from '../compat/__fixtures__/world.ts';
import { known, type HostFacts } from '../compat/host-facts.ts';
import type { HypervisorProcess } from '../compat/vboxdrv/processes.ts';
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

const own = engineInfo('own', { accelerator: 'vboxdrv', title: 'Box' });
const boxKvm = engineInfo('kvm', { accelerator: 'kvm', title: 'Box on KVM' });
const emuKvm = engineInfo('kvm', { accelerator: 'kvm', title: 'Emu on KVM' });
const soft = engineInfo('soft', { speed: 'software', title: 'Emu, software' });

let world: CommandWorld;
let box: FakeDriver;
let emu: FakeDriver;
let processes: readonly HypervisorProcess[] = [];

const open = async (hostFacts?: HostFacts): Promise<void> => {
  box = createFakeDriver('box', { engines: [own, boxKvm] });
  emu = createFakeDriver('emu', { engines: [emuKvm, soft] });
  world = await createCommandWorld([box, emu], {
    look: () => Promise.resolve(processes),
    ...(hostFacts ? { facts: hostFacts } : {}),
  });
};
afterEach(async () => {
  processes = [];
  await world.dispose();
});

const made = async (driver: FakeDriver, name: string, family = 'linux'): Promise<VmId> => {
  const { id, job } = await createVm(world.ctx, request({ name, family, driver: driver.id }));
  expect((await world.ended(job)).error).toBeUndefined();
  return id;
};
const start = async (id: VmId, options = {}) =>
  (await world.ended(power(world.ctx, id, 'start', options))).error;

describe('a start', () => {
  it('of the other side is refused while one of ours runs, and named', async () => {
    await open();
    const first = await made(box, 'Fedora');
    const second = await made(emu, 'Arch');
    expect(await start(first, { engine: own.id })).toBeUndefined();
    const error = await errorOf(() => power(world.ctx, second, 'start'));
    expect(error).toMatchObject({ code: 'engine/needs-consent', params: { engineId: 'soft' } });
    expect(error?.params['reason']).toBe(
      'Fedora holds the processor’s virtualization. Start it in software on Emu, software meanwhile?',
    );
    const named = await errorOf(() => power(world.ctx, second, 'start', { engine: emuKvm.id }));
    expect(named).toMatchObject({ code: 'engine/host-conflict', params: { other: 'Fedora' } });
    // As soon as it is off the way is free.
    await world.ended(power(world.ctx, first, 'powerOff'));
    expect(await start(second)).toBeUndefined();
    expect(world.vm(second).proof?.backend.engine).toBe('kvm');
  });

  it('goes to the engine that can run beside, unasked, where nothing is lost', async () => {
    await open();
    const first = await made(emu, 'Arch');
    const second = await made(box, 'XP', 'windows-xp');
    expect(await start(first)).toBeUndefined();
    expect(await start(second)).toBeUndefined();
    expect(world.vm(second).proof?.backend.engine).toBe('kvm');
  });

  it('at the same time as one of the other side: one of the two is refused', async () => {
    await open();
    const first = await made(box, 'Fedora');
    const second = await made(emu, 'Arch');
    box.orders.delayMs = 30;
    emu.orders.delayMs = 30;
    const [a, b] = await Promise.all([
      start(first, { engine: own.id }),
      start(second, { engine: emuKvm.id }),
    ]);
    const refused = [a, b].filter((error) => error !== undefined);
    expect(refused).toHaveLength(1);
    expect(refused[0]?.code).toBe('engine/host-conflict');
    expect([...box.starts, ...emu.starts]).toHaveLength(1);
  });

  it('beside another program is refused with the program’s name; what it left is free again', async () => {
    await open();
    const id = await made(box, 'Fedora');
    processes = [{ pid: 4, program: 'qemu-system-x86', machine: 'theirs', holds: 'kvm' }];
    expect(await start(id, { engine: own.id })).toMatchObject({
      code: 'engine/host-conflict',
      params: { other: 'qemu-system-x86 (theirs)', engine: 'Box' },
    });
    expect(box.starts).toEqual([]);
    processes = [];
    expect(await start(id, { engine: boxKvm.id })).toBeUndefined();
  });

  it('that failed gives its side back', async () => {
    await open();
    const first = await made(box, 'Fedora');
    const second = await made(emu, 'Arch');
    const { failure } = await import('../../shared/contract/errors.ts');
    box.orders.failStart = failure('medium/missing', { path: '/x' });
    expect((await start(first, { engine: own.id }))?.code).toBe('medium/missing');
    expect(await start(second, { engine: emuKvm.id })).toBeUndefined();
  });
});

describe('what would freeze the computer', () => {
  const freezing = (isLoaded: boolean): HostFacts => ({
    ...facts,
    vboxdrv: known({
      row: 'avl.5',
      verdict: 'freezes',
      sentence: text('vboxdrv.leftoverSetting'),
      wouldFreeze: true,
      isLoaded,
      processes: [],
    }),
  });
  const refuse = (): void =>
    world.setFact(box, 'own', {
      standing: 'unusable',
      wouldFreeze: true,
      reason: text('vboxdrv.because.leftoverSetting'),
      remedy: {
        label: text('host.remedy.lookAgain'),
        command: 'grep -rn enable_virt_at_load /etc/modprobe.d',
        needs: [],
      },
    });

  it('is refused with the remedy, named for this start, pinned or forced', async () => {
    await open(freezing(true));
    const id = await made(box, 'Fedora');
    refuse();
    const error = await errorOf(() => power(world.ctx, id, 'start', { engine: own.id }));
    expect(error?.code).toBe('engine/would-freeze');
    expect(error?.params['reason']).toContain('grep -rn enable_virt_at_load');
    await editVm(world.ctx, { id, pin: own.id });
    expect((await errorOf(() => power(world.ctx, id, 'start')))?.code).toBe('engine/would-freeze');
    world.setFact(box, 'own', { standing: 'usable', isForced: true, wouldFreeze: true });
    expect((await errorOf(() => power(world.ctx, id, 'start')))?.code).toBe('engine/would-freeze');
    expect(box.starts).toEqual([]);
  });

  it('is not said of a driver that is not in the kernel, and others are used', async () => {
    await open(freezing(false));
    const id = await made(box, 'Fedora');
    refuse();
    expect((await errorOf(() => power(world.ctx, id, 'start', { engine: own.id })))?.code).toBe(
      'engine/none-usable',
    );
    expect(await start(id)).toBeUndefined();
    expect(world.vm(id).proof?.backend.engine).toBe(toEngineId('kvm'));
  });
});
