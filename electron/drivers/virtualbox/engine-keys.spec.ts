// The keys that choose an engine for one start: set, put back, and put back after a crash in between.
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { failure } from '../../../shared/contract/errors.ts';
import { createEngineKeys, engineKeyNames, engineKeys } from './engine-keys.ts';
import type { VBoxManage } from './vboxmanage.ts';

const machine = 'e2e5adf2-ac3e-4591-a0a2-5563a6b87042';
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vbk-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Extra data as VBoxManage keeps it: a key without a value is removed. */
const remembering = (data: Map<string, string>, failAt = Infinity): VBoxManage => {
  let changes = 0;
  return {
    read: async () => [...data].map(([key, value]) => `Key: ${key}, Value: ${value}\n`).join(''),
    change: async ([, , key = '', value]) => {
      changes += 1;
      if (changes === failAt) throw failure('process/timeout', { command: 'x', seconds: 1 });
      if (value === undefined) data.delete(key);
      else data.set(key, value);
      return '';
    },
  };
};
const own = 'VBoxInternal/HM/FallbackToNEM';

it('puts back what stood there, and removes what did not', async () => {
  const data = new Map([
    [own, '1'],
    ['GUI/x', 'y'],
  ]);
  const before = new Map(data);
  const keys = createEngineKeys(remembering(data), folder);
  const putBack = await keys.apply(machine, 'software');
  expect(Object.fromEntries(data)).toMatchObject(engineKeys('software'));
  await putBack();
  await putBack();
  expect(data).toEqual(before);
  expect(readdirSync(folder)).toEqual([]);
});

it('makes good at the next start what a crash left', async () => {
  const data = new Map([[own, '1']]);
  const before = new Map(data);
  await createEngineKeys(remembering(data), folder).apply(machine, 'kvm');
  expect(data).not.toEqual(before);
  const next = createEngineKeys(remembering(data), folder);
  expect(await next.recover()).toEqual([machine]);
  expect(data).toEqual(before);
  expect(await next.recover()).toEqual([]);
});

it('never takes its own leftovers for the user’s values', async () => {
  const data = new Map<string, string>();
  await createEngineKeys(remembering(data), folder).apply(machine, 'kvm');
  const putBack = await createEngineKeys(remembering(data), folder).apply(machine, 'software');
  await putBack();
  expect(data).toEqual(new Map());
});

it('undoes a half-done change', async () => {
  const data = new Map<string, string>();
  const keys = createEngineKeys(remembering(data, 2), folder);
  await expect(keys.apply(machine, 'software')).rejects.toMatchObject({
    error: { code: 'process/timeout' },
  });
  expect(data).toEqual(new Map());
  expect(existsSync(join(folder, `${machine}.json`))).toBe(false);
});

it('writes keys of its own only, and never the engine setting', () => {
  for (const engine of ['vboxdrv', 'kvm', 'software'] as const) {
    for (const key of Object.keys(engineKeys(engine))) expect(engineKeyNames).toContain(key);
  }
});
