import { describe, expect, it } from 'vitest';
import { readTags, showTags } from './vlan.ts';

describe('tags as people write them', () => {
  it.each([
    ['10', [10]],
    ['10-13, 30', [10, 11, 12, 13, 30]],
    [' 30 ,10; 10-12', [10, 11, 12, 30]],
    ['1,4094', [1, 4094]],
  ])('%s', (written, tags) => {
    expect(readTags(written)).toEqual({ kind: 'tags', tags });
  });

  it.each([
    ['0', '0'],
    ['4095', '4095'],
    ['10, 20-10', '20-10'],
    ['10, x', 'x'],
    ['4090-4095', '4090-4095'],
    ['-5', '-5'],
  ])('%s is refused and the piece is named', (written, part) => {
    expect(readTags(written)).toEqual({ kind: 'bad', part });
  });

  it('nothing is nothing', () => expect(readTags(' , ')).toEqual({ kind: 'empty' }));

  it('what is shown is read back', () => {
    const tags = [1, 2, 3, 7, 8, 20, 4094];
    expect(showTags(tags)).toBe('1-3, 7, 8, 20, 4094');
    expect(readTags(showTags(tags))).toEqual({ kind: 'tags', tags });
  });
});
