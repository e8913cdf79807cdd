// Starting without the kernel driver on a real VirtualBox: a start that fails frees the machine for the next
// engine, nothing is written that stays, and nobody else gets to the hidden screen.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { realVirtualBox, type RealVirtualBox } from './__fixtures__/real.ts';
import { createEngineKeys } from './engine-keys.ts';
import { launchDriverless, readMachine, waitForLock, type LaunchOutcome } from './launch.ts';
import { parseExtraData } from './parse-list.ts';
import { visit } from './x-server.ts';

let real: RealVirtualBox;
beforeAll(async () => {
  real = await realVirtualBox();
});
afterAll(() => real.dispose());

const launch = (machine: string, signal = new AbortController().signal): Promise<LaunchOutcome> =>
  launchDriverless({
    manage: real.manage,
    program: real.probe.paths['machine'] ?? '',
    machine,
    runtime: join(real.home, 'run', machine.slice(0, 8)),
    logFolder: join(real.home, 'log', machine.slice(0, 8)),
    env: real.env,
    signal,
  });

const extraData = async (machine: string): Promise<Readonly<Record<string, string>>> =>
  parseExtraData(await real.manage.read(['getextradata', machine, 'enumerate']));

it('fails on the driver, frees the machine, then runs in software; leaves the settings as they were', async () => {
  const machine = await real.createMachine('fall "back"\' ü');
  const keys = createEngineKeys(real.manage, join(real.home, 'keys'));

  const afterFirst = await keys.apply(machine, 'vboxdrv');
  const first = await launch(machine);
  await afterFirst();
  expect(first).toMatchObject({
    kind: 'failed',
    problem: { code: 'VERR_SUP_DRIVERLESS', number: -5699 },
  });
  expect(first.kind === 'failed' && first.problem.isAboutEngine).toBe(true);
  expect((await readMachine(real.manage, machine)).session).toBeUndefined();
  await expect.poll(() => real.processes('VirtualBoxVM')).toEqual([]);

  const onKvm = await keys.apply(machine, 'kvm');
  const second = await launch(machine);
  await onKvm();
  expect(second).toMatchObject({ kind: 'failed', problem: { code: 'VERR_NEM_NOT_AVAILABLE' } });

  const inSoftware = await keys.apply(machine, 'software');
  const third = await launch(machine);
  await inSoftware();
  expect(third).toMatchObject({ kind: 'running', log: { witness: { engine: 'software' } } });
  const info = await readMachine(real.manage, machine);
  expect(info).toMatchObject({ state: 'running', session: 'GUI/Qt' });
  const left = Object.keys(await extraData(machine)).filter((key) =>
    key.startsWith('VBoxInternal'),
  );
  expect(left).toEqual([]);
  const settings = readFileSync(info.settingsFile, 'utf8');
  expect(settings).not.toMatch(/executionEngine=/);
  expect(settings).toMatch(/version="1\.19-linux"/);

  const display = third.kind === 'running' ? (third.display ?? '') : '';
  expect(real.processes('VirtualBoxVM')).toHaveLength(1);
  const stranger = await visit(display, Buffer.alloc(0));
  stranger.socket.destroy();
  expect(stranger.answer).toBe(0);

  await expect(launch(machine)).rejects.toMatchObject({ error: { code: 'virtualbox/locked' } });
  await real.manage.change(['controlvm', machine, 'poweroff']);
  await waitForLock(real.manage, machine);
  expect((await readMachine(real.manage, machine)).state).toBe('poweroff');
  // The hidden screen ends with the machine.
  await expect.poll(() => real.processes('Xvfb'), { timeout: 120_000 }).toEqual([]);
});

it('a cancelled start leaves nothing running', async () => {
  const machine = await real.createMachine('cancel');
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 300);
  await expect(launch(machine, stop.signal)).rejects.toMatchObject({
    error: { code: 'job/cancelled' },
  });
  await expect.poll(() => real.processes('VirtualBoxVM')).toEqual([]);
  await expect.poll(() => real.processes('Xvfb'), { timeout: 120_000 }).toEqual([]);
  expect((await readMachine(real.manage, machine)).session).toBeUndefined();
});
