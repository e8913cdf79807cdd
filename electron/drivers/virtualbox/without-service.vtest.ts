// A VirtualBox without vboxwebsrv: VBoxManage alone shows the machines, follows what others do, and starts them.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { patient, realSession, type RealSession } from './__fixtures__/session.ts';
import { waitForLock } from './launch.ts';

let world: RealSession;
beforeAll(async () => {
  world = await realSession({
    change: ({ paths, ...probe }) => {
      const rest = { ...paths };
      delete rest['webService'];
      return { ...probe, paths: rest };
    },
    times: { pollMs: 300, firstPauseMs: 300, longestPauseMs: 5000 },
  });
});
afterAll(() => world?.dispose());

it('knows the build from its files', () => {
  expect(world.real.processes('vboxwebsrv')).toEqual([]);
  expect(world.capabilities.absentEngines).toMatchObject([{ engine: 'kvm' }]);
});

it('shows machines made, changed, renamed and removed by others', async () => {
  const { manage } = world.real;
  const vm = await world.make('made "outside"');
  expect(world.definitionOf(vm)?.name).toBe('made "outside"');
  await manage.change(['modifyvm', vm, '--memory', '80', '--name', 'other']);
  await expect
    .poll(() => world.definitionOf(vm), patient)
    .toMatchObject({ name: 'other', config: { memory: 80 } });
  await manage.change(['unregistervm', vm, '--delete']);
  await expect.poll(() => world.isGone(vm), patient).toBe(true);
});

it('starts, follows and ends a machine, with the log as witness of its engine', async () => {
  const { manage } = world.real;
  const vm = await world.make('alone');
  await world.start(vm);
  expect(world.powerOf(vm)).toBe('running');
  await expect
    .poll(() => world.events.find((event) => event.kind === 'engineProved'), patient)
    .toMatchObject({ vm, proof: { backend: { engine: 'software' } } });
  await manage.change(['controlvm', vm, 'pause']);
  await expect.poll(() => world.powerOf(vm), patient).toBe('paused');
  await world.session.resume(vm);
  expect(world.powerOf(vm)).toBe('running');
  await manage.change(['controlvm', vm, 'savestate']);
  await expect.poll(() => world.powerOf(vm), patient).toBe('saved');
  await waitForLock(manage, vm);
  await world.start(vm);
  expect(world.powerOf(vm)).toBe('running');
  await world.session.powerOff(vm);
  expect(world.powerOf(vm)).toBe('off');
});
