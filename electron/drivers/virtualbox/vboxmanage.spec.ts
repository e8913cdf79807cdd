// Asking VBoxManage while VirtualBox's server is ending: again, until a new one answers.
import { expect, it } from 'vitest';
import { failure } from '../../../shared/contract/errors.ts';
import type { Exec } from '../../process/exec.ts';
import { loadFixture } from './__fixtures__/load.ts';
import { createVBoxManage } from './vboxmanage.ts';

const ending = loadFixture('error-server-ending.txt').text;
const other = loadFixture('error-not-found.txt').text;
/** Fails with these texts one after the other, then answers. */
const failing = (...texts: readonly string[]): { exec: Exec; calls: () => number } => {
  let calls = 0;
  const exec: Exec = (file, args) => {
    const stderr = texts[calls++];
    if (stderr === undefined) return Promise.resolve({ stdout: 'fine', stderr: '' } as never);
    const command = { argv: [file, ...args], exit: 'exit code 1', stderrTail: stderr };
    const params = { command: file, exit: 'exit code 1', stderr };
    return Promise.reject(failure('process/failed', params, { command }));
  };
  return { exec, calls: () => calls };
};

it('asks again while the server is ending, changes too: nothing was begun', async () => {
  for (const ask of ['read', 'change'] as const) {
    const { exec, calls } = failing(ending, ending);
    expect(await createVBoxManage(exec, 'VBoxManage', {})[ask](['list', 'vms'])).toBe('fine');
    expect(calls()).toBe(3);
  }
});

it('tells any other refusal at once', async () => {
  const { exec, calls } = failing(other);
  const answer = createVBoxManage(exec, 'VBoxManage', {}).read(['showvminfo', 'x']);
  await expect(answer).rejects.toMatchObject({ error: { code: 'virtualbox/refused' } });
  expect(calls()).toBe(1);
});
