// The composed application over two hypervisors that are no real ones: a machine's definition with its hypervisor, what
// is only ours beside it, falling back and switching, asked as the window asks. Hosts and checks are this computer's.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createApp } from '../../electron/app.ts';
import type { App } from '../../electron/app-types.ts';
import { createFakeDriver, type FakeDriver } from '../../electron/drivers/fake/index.ts';
import { noShell } from '../../electron/ipc/shell-port.ts';
import { silentLogger } from '../../electron/log/logger.ts';
import { appPaths, envBelow } from '../../electron/paths.ts';
import { failure } from '../../shared/contract/errors.ts';
import { toEngineId, type JobId, type VmId } from '../../shared/model/brand.ts';
import type { CompatRow, SwitchPreview } from '../../shared/model/compat-table.ts';
import type { EngineInfo } from '../../shared/model/driver.ts';
import { ask, newVm, vmOf } from './app-world.ts';

const engine = (id: string, isAutomatic = true): EngineInfo => ({
  id: toEngineId(id),
  speed: 'software',
  title: `Box ${id}`,
  shortTitle: id,
  mark: 'box',
  isAutomatic,
});

let home: string;
let app: App;
let box: FakeDriver;

const open = async (): Promise<void> => {
  const env = envBelow(home, process.env);
  app = createApp({
    paths: appPaths(env, resolve(import.meta.dirname, '../../out')),
    log: silentLogger,
    shell: noShell,
    env,
    drivers: [createFakeDriver('first'), box],
  });
  await app.ready;
  await app.enginesKnown;
};
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'ph-'));
  box = createFakeDriver('box', {
    keepsInventory: true,
    engines: [engine('one'), engine('two'), engine('asked', false)],
  });
  await open();
});
afterEach(async () => {
  await app.dispose();
  await rm(home, { recursive: true, force: true });
});

const made = async (): Promise<VmId> => {
  const { id, job } = await app.commands.create(
    newVm({ driver: box.id, family: 'freedos', memoryMiB: 16 }),
  );
  expect((await app.commands.jobEnded(job)).error).toBeUndefined();
  return id;
};
const value = async <T>(channel: string, args: unknown): Promise<T> => {
  const { value: answer, code } = await ask(app, channel, args);
  expect(code).toBeUndefined();
  return answer as T;
};

describe('a hypervisor that keeps its machines', () => {
  it('is asked to make, change and delete them; the pin survives a restart of the manager', async () => {
    const id = await made();
    expect(box.inventory?.machines()).toHaveLength(1);
    await value('vm.edit', { id, name: 'renamed', pin: 'two' });
    expect(box.inventory?.machines()[0]).toMatchObject({ id, name: 'renamed' });
    const file = await readFile(join(home, 'd/polyvisor/overlays.json'), 'utf8');
    expect(JSON.parse(file)).toMatchObject({ version: 1, machines: { [id]: { pin: 'two' } } });
    await app.dispose();
    await open();
    expect(vmOf(app, id).definition).toMatchObject({ name: 'renamed', pin: 'two' });
    const { job } = await value<{ job: JobId }>('vm.delete', { id, withDisks: true });
    expect((await app.commands.jobEnded(job)).error).toBeUndefined();
    expect(box.inventory?.machines()).toEqual([]);
    expect(app.store.getState().vms[id]).toBeUndefined();
  });

  it('falls back once and tells it; the window can dismiss that', async () => {
    const id = await made();
    const reason = { name: 'x', engine: 'Box one', reason: 'No device.', code: '-1908' };
    box.orders.failEngines = new Map([[toEngineId('one'), failure('engine/start-failed', reason)]]);
    const { job } = await value<{ job: JobId }>('vm.start', { id });
    expect((await app.commands.jobEnded(job)).error).toBeUndefined();
    expect(vmOf(app, id)).toMatchObject({
      power: 'running',
      fallback: { from: { engine: 'one' }, to: { engine: 'two' } },
    });
    await value('vm.dismissFallback', { id });
    expect(vmOf(app, id).fallback).toBeUndefined();
  });

  it('previews and switches engines as the contract says', async () => {
    const id = await made();
    const preview = await value<SwitchPreview>('vm.previewSwitch', { id, engine: 'asked' });
    expect(preview).toMatchObject({ verdict: 'needsConsent', to: { engine: 'asked' } });
    await value('vm.switchEngine', {
      id,
      engine: 'two',
      isLasting: false,
      discardSaved: false,
    });
    expect(app.commands.decide(id)).toMatchObject({
      outcome: { kind: 'use', backend: { engine: 'two' } },
      pinned: { engine: 'two' },
    });
  });
});

it('the compatibility table crosses the contract, with and without a machine', async () => {
  const id = await made();
  const { rows } = await value<{ rows: CompatRow[] }>('compat.table', {});
  expect(rows.length).toBeGreaterThan(80);
  const { rows: own } = await value<{ rows: CompatRow[] }>('compat.table', { id });
  expect(own.filter(({ isWanted }) => isWanted).map((row) => row.id)).toContain('net.nat');
});
