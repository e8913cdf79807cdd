// The test runner must not take a crash, an empty run or a silent failure for success.
import { describe, expect, it, vi } from 'vitest';
import { worthAgain } from './counts.mjs';
import { judged, judgedAgain } from './run-stage.mjs';
import { chosenStages, stages } from './stages.mjs';

vi.spyOn(console, 'error').mockImplementation(() => undefined);
const stage = { name: 'unit', runs: 'vitest' };
const row = (file, passed, failed = [], again = []) => ({
  file,
  passed,
  failed,
  skipped: [],
  again,
});
const counts = (...files) => ({ files, errors: 0 });
const red = counts(row('a', 3), row('b', 1, ['x', 'y']));

describe('the judgement of a stage', () => {
  it('is the count where tests ran', () => {
    const green = { code: 0, counts: counts(row('a', 2), row('b', 1, [], ['x'])) };
    const told = { passed: 3, failed: 0, skipped: [], again: ['b: x'] };
    expect(judged(stage, green)).toEqual(told);
    expect(judged(stage, { code: 1, counts: red })).toMatchObject({ passed: 4, failed: 2 });
    expect(judged(stage, { code: 1, counts: { files: [], errors: 1 } }).failed).toBe(1);
  });

  it.each([
    ['no test ran', { code: 0, counts: counts() }],
    ['it died before it counted', { code: 0, counts: undefined }],
    ['its exit code contradicts its count', { code: 1, counts: counts(row('a', 5)) }],
  ])('is a failure when %s', (_, outcome) => {
    expect(judged(stage, outcome).failed).toBe(1);
  });
});

describe('a second try', () => {
  const first = { code: 1, counts: red };
  const again = (code, ...files) =>
    judgedAgain(stage, { first, second: { code, counts: counts(...files) } });

  it('is for the files that failed, unless so many did that it is no disturbance', () => {
    expect(worthAgain(red)).toEqual(['b']);
    expect(worthAgain(counts(row('a', 3)))).toEqual([]);
    expect(worthAgain(undefined)).toEqual([]);
    expect(worthAgain({ ...red, errors: 1 })).toEqual([]);
    expect(worthAgain(counts(...[...'abcdefg'].map((file) => row(file, 0, ['x']))))).toEqual([]);
  });

  it('counts instead of the first, and is named', () => {
    expect(again(0, row('b', 3))).toEqual({
      passed: 6,
      failed: 0,
      skipped: [],
      again: ['b: x', 'b: y'],
    });
  });

  it('that fails is a failure, and so is one that does not come to an end', () => {
    expect(again(1, row('b', 2, ['x']))).toMatchObject({ passed: 5, failed: 1, again: [] });
    expect(again(1, row('b', 3)).failed).toBe(1);
    expect(again(1).failed).toBe(2);
    expect(again(0, row('b', 0)).failed).toBe(2);
    const died = judgedAgain(stage, { first, second: { code: 1, counts: undefined } });
    expect(died).toMatchObject({ passed: 4, failed: 2, again: [] });
  });
});

describe('the choice of stages', () => {
  it('is all of them without a wish, and groups and names with one', () => {
    expect(chosenStages(undefined)).toBe(stages);
    expect(chosenStages('check,unit').map((one) => one.name)).toEqual([
      'types',
      'lint',
      'format',
      'boundaries',
      'unused code',
      'file length',
      'unit',
    ]);
  });

  it('refuses a name that is none', () => {
    expect(() => chosenStages('untit')).toThrow('There is no stage "untit"');
  });
});
