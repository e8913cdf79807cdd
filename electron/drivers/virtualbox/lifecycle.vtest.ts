// A machine's life on a real VirtualBox in software: every action, twice where that must do no harm, and the engine
// as VirtualBox itself reports it.
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { silentLogger } from '../../log/logger.ts';
import { realVirtualBox, type RealVirtualBox } from './__fixtures__/real.ts';
import { createEngineKeys } from './engine-keys.ts';
import { judgeEngine } from './engine-proof.ts';
import { launchDriverless } from './launch.ts';
import { createLifecycle, type Lifecycle } from './lifecycle.ts';
import { createVBoxApi, type VBoxApi } from './vbox-api.ts';
import { startWebService, type WebService } from './web-service.ts';

let real: RealVirtualBox;
let life: Lifecycle;
let service: WebService;
let api: VBoxApi;
const { signal } = new AbortController();
beforeAll(async () => {
  real = await realVirtualBox();
  life = createLifecycle(real.manage);
  const { manage, env } = real;
  const path = real.probe.paths['webService'] ?? '';
  service = await startWebService({ manage, env, path, log: silentLogger });
  api = createVBoxApi(service);
});
afterAll(async () => {
  await service?.stop();
  await real?.dispose();
});

const run = async (machine: string): Promise<ReturnType<typeof judgeEngine>> => {
  const putBack = await createEngineKeys(real.manage, join(real.home, 'k')).apply(
    machine,
    'software',
  );
  const outcome = await launchDriverless({
    manage: real.manage,
    program: real.probe.paths['machine'] ?? '',
    machine,
    runtime: join(real.home, 'run', 'm'),
    logFolder: join(real.home, 'log'),
    env: real.env,
    signal,
  });
  await putBack();
  if (outcome.kind !== 'running') throw new Error(JSON.stringify(outcome));
  return judgeEngine(await api.engineInUse(machine), outcome.log);
};
const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'no error',
    (error: { error?: { code?: string } }) => error.error?.code,
  );

it('lives: run, pause, resume, reset, save, restore, power off', async () => {
  const machine = await real.createMachine('life');
  expect(await life.power(machine)).toBe('off');
  expect(await codeOf(life.pause(machine))).toBe('vm/wrong-state');
  expect(await run(machine)).toEqual({
    engine: 'software',
    witness: expect.stringMatching(
      /^IMachineDebugger\.executionEngine Interpreter; VBox\.log HM: HMR3Init: Falling back on IEM/,
    ) as string,
  });
  await life.pause(machine);
  await life.pause(machine);
  expect(await life.power(machine)).toBe('paused');
  await life.resume(machine);
  await life.resume(machine);
  await life.reset(machine);
  expect(await life.power(machine)).toBe('running');
  await life.shutdown(machine);
  await life.save(machine, signal);
  expect(await life.power(machine)).toBe('saved');
  expect((await run(machine))?.engine).toBe('software');
  await life.powerOff(machine);
  await life.powerOff(machine);
  expect(await life.power(machine)).toBe('off');
  await run(machine);
  await life.save(machine, signal);
  await life.discard(machine);
  expect(await life.power(machine)).toBe('off');
  expect(await codeOf(life.shutdown(machine))).toBe('vm/wrong-state');
  await real.manage.change(['unregistervm', machine, '--delete']);
  expect(await codeOf(life.power(machine))).toBe('vm/not-found');
});
