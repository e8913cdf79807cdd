import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maxVmNameLength, nameProblem } from './vm.ts';

describe('VM names', () => {
  it.each([
    ['', 'empty'],
    ['   ', 'empty'],
    ['\u00a0', 'empty'],
    ['x'.repeat(maxVmNameLength + 1), 'tooLong'],
    ['a\nb', 'control'],
    ['a\u0000b', 'control'],
    ['\u202egnp.exe', 'control'],
    ['../etc/passwd', 'path'],
    ['a\\b', 'path'],
    ['.', 'path'],
    ['..', 'path'],
    ['Debian', 'duplicate'],
    [' debian ', 'duplicate'],
    ['Cafe\u0301', 'duplicate'],
  ] as const)('%j is refused as %s', (name, problem) => {
    expect(nameProblem(name, ['DEBIAN', 'Café'])).toBe(problem);
  });

  it.each(['Debian 13 · build-01', '日本語', 'Ωmega', '-rf', '$(reboot)', "o'neil", '..a', '🐧'])(
    '%j is welcome',
    (name) => {
      expect(nameProblem(name, ['other'])).toBeUndefined();
    },
  );

  it('no accepted name is empty, long, or has a slash', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (name) => {
        if (nameProblem(name, []) !== undefined) return;
        expect(name.trim().length).toBeGreaterThan(0);
        expect(name.normalize('NFC').trim().length).toBeLessThanOrEqual(maxVmNameLength);
        expect(/[/\\\n\0]/.test(name.trim())).toBe(false);
      }),
    );
  });
});
