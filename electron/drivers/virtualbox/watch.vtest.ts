// What other tools do to VirtualBox's machines is seen without asking, and the death of VirtualBox's server or of our
// web service is survived.
import { createServer } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { toEngineId, toVmId, type VmId } from '../../../shared/model/brand.ts';
import type { VmDefinition } from '../../../shared/model/vm.ts';
import type { PowerState } from '../../../shared/model/power.ts';
import type { DriverEvent, DriverSession } from '../types.ts';
import { contextOf } from './__fixtures__/context.ts';
import { realVirtualBox, type RealVirtualBox } from './__fixtures__/real.ts';
import { createVirtualBoxDriver } from './index.ts';
import { waitForLock } from './launch.ts';

let real: RealVirtualBox;
let session: DriverSession;
let taken: ReturnType<typeof createServer>;
let triedPorts: number;
const events: DriverEvent[] = [];
const patient = { timeout: 120_000, interval: 20 };
const ctx = { signal: new AbortController().signal, progress: () => undefined };
const software = { engine: toEngineId('software') };

beforeAll(async () => {
  real = await realVirtualBox();
  taken = createServer();
  await new Promise<void>((done) => taken.listen(0, '127.0.0.1', done));
  const address = taken.address();
  const busy = typeof address === 'object' && address ? address.port : 0;
  triedPorts = 0;
  const ports = async (): Promise<number> => {
    triedPorts += 1;
    return triedPorts === 1 ? busy : 20_000 + Math.floor(Math.random() * 20_000);
  };
  const driver = createVirtualBoxDriver({ ports });
  const context = contextOf(real);
  const probe = await driver.probe(context);
  if (probe.kind !== 'found') throw new Error('not found');
  const capabilities = await driver.capabilities(probe, context);
  session = await driver.connect(probe, capabilities, context, (event) => events.push(event));
  await session.adopt([]);
});
afterAll(async () => {
  taken?.close();
  await session?.dispose();
  await real?.dispose();
});

const definitionOf = (vm: VmId): VmDefinition | undefined =>
  events
    .flatMap((event) =>
      event.kind === 'definitionChanged' && event.definition.id === vm ? [event.definition] : [],
    )
    .at(-1);
const powerOf = (vm: VmId): PowerState | undefined =>
  events
    .flatMap((event) => (event.kind === 'power' && event.vm === vm ? [event.power] : []))
    .at(-1);
const isGone = (vm: VmId): boolean =>
  events.some((event) => event.kind === 'definitionGone' && event.vm === vm);
const make = async (name: string): Promise<VmId> => {
  const vm = toVmId(await real.createMachine(name));
  await expect.poll(() => powerOf(vm), patient).toBe('off');
  return vm;
};

it('finds another port when the first is taken', () => {
  expect(triedPorts).toBeGreaterThan(1);
});

it('shows a machine made outside, and takes every change of it', async () => {
  const vm = await make('outside "x" ü');
  await expect.poll(() => definitionOf(vm)?.config.memory, patient).toBe(64);
  expect(definitionOf(vm)?.name).toBe('outside "x" ü');
  const change = (...args: readonly string[]): Promise<string> =>
    real.manage.change(['modifyvm', vm, ...args]);
  await change('--memory', '96', '--cpus', '2', '--description', 'two\nlines <&>');
  await expect
    .poll(() => definitionOf(vm), patient)
    .toMatchObject({ notes: 'two\nlines <&>', config: { memory: 96, vcpus: 2 } });
  await change('--natpf1', 'ssh,tcp,127.0.0.1,40022,,22');
  await expect
    .poll(() => definitionOf(vm)?.config.nics[0]?.attachment, patient)
    .toMatchObject({ forwards: [{ id: 'ssh', hostPort: 40_022, guestPort: 22 }] });
  await change('--name', 'renamed');
  await expect.poll(() => definitionOf(vm)?.name, patient).toBe('renamed');
  await real.manage.change(['unregistervm', vm, '--delete']);
  await expect.poll(() => isGone(vm), patient).toBe(true);
});

it('follows what others do to a running machine, and adopts what they started', async () => {
  const vm = await make('followed');
  await session.start(definitionOf(vm)!, software, ctx);
  const control = (...args: readonly string[]): Promise<string> =>
    real.manage.change(['controlvm', vm, ...args]);
  await control('pause');
  await expect.poll(() => powerOf(vm), patient).toBe('paused');
  await control('resume');
  await expect.poll(() => powerOf(vm), patient).toBe('running');
  await control('natpf1', 'live,tcp,127.0.0.1,40023,,23');
  await expect
    .poll(() => definitionOf(vm)?.config.nics[0]?.attachment, patient)
    .toMatchObject({ forwards: [{ id: 'live' }] });
  await control('setlinkstate1', 'off');
  await expect.poll(() => definitionOf(vm)?.config.nics[0]?.isCableConnected, patient).toBe(false);

  // Another manager, which starts now, finds it running and proves its engine.
  const others: DriverEvent[] = [];
  const driver = createVirtualBoxDriver();
  const context = contextOf({ ...real, home: `${real.home}/o` });
  const probe = await driver.probe(context);
  if (probe.kind !== 'found') throw new Error('not found');
  const capabilities = await driver.capabilities(probe, context);
  const other = await driver.connect(probe, capabilities, context, (event) => others.push(event));
  await other.adopt([]);
  expect(others).toContainEqual({ kind: 'power', vm, power: 'running' });
  await expect
    .poll(() => others.find((event) => event.kind === 'engineProved'), patient)
    .toMatchObject({ vm, proof: { backend: { engine: 'software' } } });
  await other.dispose();

  await control('savestate');
  await expect.poll(() => powerOf(vm), patient).toBe('saved');
  await waitForLock(real.manage, vm);
  // What was set for the run is being put back meanwhile, which holds the machine for a moment.
  const discard = (): Promise<string> =>
    real.manage.change(['discardstate', vm]).then(
      () => 'discarded',
      (error: unknown) => String(error),
    );
  await expect.poll(discard, patient).toBe('discarded');
  await expect.poll(() => powerOf(vm), patient).toBe('off');
});

it('two tools changing one machine at once: the last word is what is shown', async () => {
  const vm = await make('contended');
  const memory = (mib: number): Promise<unknown> =>
    real.manage.change(['modifyvm', vm, '--memory', String(mib)]).catch(() => undefined);
  await Promise.all([
    memory(80),
    memory(88),
    session.inventory
      ?.edit(definitionOf(vm)!, { ...definitionOf(vm)!, notes: 'ours' })
      .catch(() => undefined),
  ]);
  await memory(92);
  await expect.poll(() => definitionOf(vm)?.config.memory, patient).toBe(92);
});

it('recovers when VirtualBox’s server is killed', async () => {
  const vm = await make('survivor');
  const [server] = real.processes('VBoxSVC');
  process.kill(server ?? 0, 'SIGKILL');
  const later = toVmId(await real.createMachine('after the server'));
  await expect.poll(() => powerOf(later), patient).toBe('off');
  await real.manage.change(['modifyvm', vm, '--memory', '72']);
  await expect.poll(() => definitionOf(vm)?.config.memory, patient).toBe(72);
  expect(isGone(vm)).toBe(false);
});

it('a machine whose server was killed under it has crashed, and starts again as the only one', async () => {
  const vm = await make('orphan');
  await session.start(definitionOf(vm)!, software, ctx);
  const [program] = real.processes('VirtualBoxVM');
  for (const pid of real.processes('VBoxSVC')) process.kill(pid, 'SIGKILL');
  await expect.poll(() => powerOf(vm), patient).toBe('crashed');
  await session.start(definitionOf(vm)!, software, ctx);
  expect(powerOf(vm)).toBe('running');
  expect(real.processes('VirtualBoxVM')).toHaveLength(1);
  expect(real.processes('VirtualBoxVM')).not.toContain(program);
  await session.powerOff(vm);
  await expect.poll(() => real.processes('VirtualBoxVM'), patient).toEqual([]);
});

it('recovers when our web service is killed', async () => {
  const vm = await make('unserved');
  const [service] = real.processes('vboxwebsrv');
  process.kill(service ?? 0, 'SIGKILL');
  await real.manage.change(['modifyvm', vm, '--memory', '68']);
  await expect.poll(() => definitionOf(vm)?.config.memory, patient).toBe(68);
  await expect.poll(() => real.processes('vboxwebsrv').length, patient).toBe(1);
  expect(real.processes('vboxwebsrv')).not.toContain(service);
});
