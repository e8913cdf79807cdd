// Two witnesses of the engine: the API counts, the log stands in where it cannot be asked.
import { expect, it } from 'vitest';
import { toDriverId, toEngineId } from '../../../shared/model/brand.ts';
import { loadFixture } from './__fixtures__/load.ts';
import { readEngineLog } from './engine-log.ts';
import { judgeEngine, proofOf } from './engine-proof.ts';

const log = (name: string): ReturnType<typeof readEngineLog> =>
  readEngineLog(loadFixture(`vbox-log-${name}.txt`).text);

it.each([
  ['HwVirt', 'vtx', 'vboxdrv'],
  ['NativeApi', 'kvm', 'kvm'],
  ['Interpreter', 'iem', 'software'],
  // The API never says so for a running machine, but its names have it.
  ['Recompiler', 'interpreter', 'software'],
])('%s', (answer, name, engine) => {
  const judged = judgeEngine(answer, log(name));
  expect(judged?.engine).toBe(engine);
  expect(judged?.witness).toMatch(/^IMachineDebugger\.executionEngine \w+; VBox\.log /);
});

it('takes the log where the API is silent or strange, and nobody’s word where both are', () => {
  expect(judgeEngine(undefined, log('kvm'))?.engine).toBe('kvm');
  expect(judgeEngine('SomethingNew', log('amdv'))?.engine).toBe('vboxdrv');
  expect(judgeEngine(undefined, log('default'))).toBeUndefined();
});

it('is an alarm when another engine was decided on', () => {
  const driver = toDriverId('virtualbox');
  const judged = { engine: 'kvm', witness: 'x' } as const;
  expect(proofOf(driver, toEngineId('kvm'), judged, () => 1)).not.toHaveProperty('contradicts');
  expect(proofOf(driver, toEngineId('vboxdrv'), judged, () => 1)).toMatchObject({
    backend: { engine: 'kvm' },
    contradicts: { engine: 'vboxdrv' },
  });
});
