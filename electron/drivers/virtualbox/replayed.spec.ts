// Hosts we do not have, through the driver's whole boundary: looking for VirtualBox, what it can do, a start on each
// engine, the proof, and what is said. Programs replay texts whose standing (recorded or reconstructed, with its
// source) is in their headers; none of these engines was run by us but the software one.
import { afterEach, expect, it } from 'vitest';
import { AppFailure } from '../../../shared/contract/errors.ts';
import { formatText } from '../../../shared/i18n/format.ts';
import { toEngineId, toVmId } from '../../../shared/model/brand.ts';
import type { Capabilities } from '../../../shared/model/driver.ts';
import type { EngineProof } from '../../../shared/model/compat.ts';
import type { DriverEvent, DriverSession } from '../types.ts';
import { contextOf } from './__fixtures__/context.ts';
import {
  replayedVirtualBox,
  type ReplayedHost,
  type ReplayedVirtualBox,
} from './__fixtures__/replayed.ts';
import { createVirtualBoxDriver } from './index.ts';

const oracle: ReplayedHost = {
  version: '7.2.22_Debianr175245',
  hasKvmEngine: false,
  isHardened: true,
  vboxdrv: 'works',
  kvm: 'refused',
};
/** Oracle's test builds that fall back to KVM. */
const withKvm: ReplayedHost = {
  ...oracle,
  version: '7.2.97r173905',
  hasKvmEngine: true,
  kvm: 'works',
};
/** The Cyberus port. */
const kvmAlone: ReplayedHost = { ...withKvm, isHardened: false };

interface World {
  readonly replayed: ReplayedVirtualBox;
  readonly session: DriverSession;
  readonly capabilities: Capabilities;
  readonly events: readonly DriverEvent[];
}
const open: World[] = [];
afterEach(async () => {
  for (const world of open.splice(0)) {
    await world.session.dispose();
    await world.replayed.dispose();
  }
});

const connect = async (host: ReplayedHost): Promise<World> => {
  const replayed = replayedVirtualBox(host);
  const context = contextOf(replayed);
  const driver = createVirtualBoxDriver({
    times: { pollMs: 200, firstPauseMs: 200, longestPauseMs: 200 },
  });
  const probe = await driver.probe(context);
  if (probe.kind !== 'found') throw new Error(JSON.stringify(probe));
  expect(probe.version).toBe(/^\d+\.\d+\.\d+/.exec(host.version)?.[0]);
  const capabilities = await driver.capabilities(probe, context);
  const events: DriverEvent[] = [];
  const session = await driver.connect(probe, capabilities, context, (event) => events.push(event));
  const world = { replayed, session, capabilities, events };
  open.push(world);
  await session.adopt([]);
  return world;
};

const start = async (
  { session, events }: World,
  engine: string,
): Promise<AppFailure | undefined> => {
  const found = events.find((event) => event.kind === 'definitionChanged');
  if (found?.kind !== 'definitionChanged') throw new Error('no machine');
  const ctx = { signal: new AbortController().signal, progress: () => undefined };
  return session.start(found.definition, { engine: toEngineId(engine) }, ctx).then(
    () => undefined,
    (error: unknown) => (error instanceof AppFailure ? error : Promise.reject(error as Error)),
  );
};
const powerOf = ({ events }: World): string | undefined =>
  events.flatMap((event) => (event.kind === 'power' ? [event.power] : [])).at(-1);
const proofOf = async ({ events }: World): Promise<EngineProof | undefined> => {
  const proofs = (): readonly EngineProof[] =>
    events.flatMap((event) => (event.kind === 'engineProved' ? [event.proof] : []));
  await expect.poll(() => proofs().length, { timeout: 30_000 }).toBeGreaterThan(0);
  return proofs().at(-1);
};
const patient = { timeout: 30_000 };
const reasons = (rows: Capabilities['absentEngines']): Readonly<Record<string, string>> =>
  Object.fromEntries(rows.map(({ engine, reason }) => [engine, formatText(reason)]));

it('with the kernel driver: runs on it, headless, and proves it', { timeout: 60_000 }, async () => {
  const world = await connect(oracle);
  expect(reasons(world.capabilities.absentEngines)).toEqual({
    kvm: 'this VirtualBox was built without KVM',
  });
  expect(powerOf(world)).toBe('off');
  expect(await start(world, 'vboxdrv')).toBeUndefined();
  expect(powerOf(world)).toBe('running');
  const proof = await proofOf(world);
  expect(proof?.backend.engine).toBe('vboxdrv');
  expect(proof?.witness).toMatch(/VBox\.log HM: HMR3Init: VT-x w\/ nested paging/);
  expect(proof?.contradicts).toBeUndefined();
  expect(world.replayed.extraData()).toBe('');
  expect(world.replayed.calls()).toMatch(/^setextradata/m);
  expect(world.replayed.calls()).not.toMatch(/^modifyvm/m);
  await world.session.powerOff(toVmId(world.replayed.machine));
  await expect.poll(() => powerOf(world), patient).toBe('off');
});

it(
  'without it: says so with VirtualBox’s code, and the machine is free',
  { timeout: 60_000 },
  async () => {
    const world = await connect({ ...oracle, vboxdrv: 'missing' });
    const failed = await start(world, 'vboxdrv');
    expect(failed?.error).toMatchObject({
      code: 'engine/start-failed',
      params: { name: 'probe', engine: 'VirtualBox', code: 'VERR_VM_DRIVER_NOT_INSTALLED (-1908)' },
    });
    expect(failed?.error.params['reason']).toMatch(/kernel driver is not loaded/);
    expect(powerOf(world)).toBe('off');
    expect(world.replayed.extraData()).toBe('');
  },
);

it(
  'KVM holds the processor: the kernel driver fails, KVM then runs it',
  { timeout: 60_000 },
  async () => {
    const world = await connect({ ...withKvm, vboxdrv: 'inUse' });
    expect(world.capabilities.absentEngines).toEqual([]);
    expect(reasons(world.capabilities.startRoutes)['kvm']).toMatch(
      /does not need its kernel driver/,
    );
    const failed = await start(world, 'vboxdrv');
    expect(failed?.error).toMatchObject({
      code: 'engine/start-failed',
      params: { engine: 'VirtualBox', code: 'VERR_VMX_IN_VMX_ROOT_MODE (-4011)' },
    });
    expect(failed?.error.params['reason']).toMatch(/Another hypervisor, most likely KVM/);
    // Not a crash: the start was ended by us.
    expect(powerOf(world)).toBe('off');
    expect(await start(world, 'kvm')).toBeUndefined();
    expect(powerOf(world)).toBe('running');
    const proof = await proofOf(world);
    expect(proof?.backend.engine).toBe('kvm');
    expect(proof?.witness).toMatch(/Turtle execution mode is active/);
    expect(proof?.contradicts).toBeUndefined();
    expect(world.replayed.extraData()).toBe('');
  },
);

it('KVM that may not be opened is told as that', { timeout: 60_000 }, async () => {
  const world = await connect({ ...withKvm, kvm: 'refused' });
  const failed = await start(world, 'kvm');
  expect(failed?.error).toMatchObject({
    code: 'engine/start-failed',
    params: { engine: 'VirtualBox on KVM' },
  });
  expect(failed?.error.params['reason']).toBe('You may not use KVM on this computer.');
});

it('a build for KVM alone has no engine of its own', { timeout: 60_000 }, async () => {
  const world = await connect(kvmAlone);
  expect(reasons(world.capabilities.absentEngines)).toEqual({
    vboxdrv: 'this VirtualBox was built for KVM alone',
  });
  expect(await start(world, 'kvm')).toBeUndefined();
  expect((await proofOf(world))?.backend.engine).toBe('kvm');
});
