// A failure is forgiven twice, told each time, and passed on after that.
import { expect, it, vi } from 'vitest';
import { tryAgain } from './again.mjs';
import { SetupFailure } from './say.mjs';

const said = [];
vi.spyOn(process.stdout, 'write').mockImplementation((text) => said.push(String(text)) > 0);
const failing = (times) => {
  const tried = [];
  const work = async (attempt) => {
    tried.push(attempt);
    if (attempt <= times) throw new SetupFailure('apt failed', { details: 'Err:1\nE: 404' });
    return 'done';
  };
  return { tried, work };
};

it('tries again and tells why', async () => {
  const { tried, work } = failing(2);
  expect(await tryAgain('The list', work, { pauseMs: 1 })).toBe('done');
  expect(tried).toEqual([1, 2, 3]);
  expect(said.join('')).toMatch(/The list failed, and is tried again: E: 404/);
});

it('passes the last failure on', async () => {
  const { tried, work } = failing(9);
  await expect(tryAgain('The list', work, { pauseMs: 1 })).rejects.toThrow('apt failed');
  expect(tried).toEqual([1, 2, 3]);
});
