// The test runner must not take a crash, an empty run or a silent failure for success.
import { describe, expect, it, vi } from 'vitest';
import { judged } from './run-stage.mjs';
import { chosenStages, stages } from './stages.mjs';

vi.spyOn(console, 'error').mockImplementation(() => undefined);
const stage = { name: 'unit', runs: 'vitest' };
const counts = (passed, failed, skipped = []) => ({ passed, failed, skipped });

describe('the judgement of a stage', () => {
  it('is the count where tests ran', () => {
    expect(judged(stage, { code: 0, counts: counts(3, 0) })).toEqual(counts(3, 0));
    expect(judged(stage, { code: 1, counts: counts(3, 2) })).toEqual(counts(3, 2));
  });

  it.each([
    ['no test ran', { code: 0, counts: counts(0, 0) }],
    ['it died before it counted', { code: 0, counts: undefined }],
    ['its exit code contradicts its count', { code: 1, counts: counts(5, 0) }],
  ])('is a failure when %s', (_, outcome) => {
    expect(judged(stage, outcome).failed).toBe(1);
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
