// A stamp lets a second start leave a step out, and never when its inputs changed.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockHash } from './npm-install.mjs';
import { clearStamp, hashOf, isStamped, writeStamp } from './stamp.mjs';

let folder;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pv-stamp-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the hash of inputs', () => {
  it('changes with content, with names, and when a file appears', () => {
    mkdirSync(join(folder, 'src'));
    const seen = new Set([hashOf(folder, ['src'])]);
    writeFileSync(join(folder, 'src/a'), '1');
    seen.add(hashOf(folder, ['src']));
    writeFileSync(join(folder, 'src/a'), '2');
    seen.add(hashOf(folder, ['src']));
    rmSync(join(folder, 'src/a'));
    writeFileSync(join(folder, 'src/b'), '2');
    seen.add(hashOf(folder, ['src']));
    expect(seen.size).toBe(4);
  });

  it('of the lock follows the lock and not the scripts of package.json', () => {
    writeFileSync(join(folder, 'package-lock.json'), '{}');
    writeFileSync(join(folder, 'package.json'), '{}');
    const before = lockHash(folder);
    writeFileSync(join(folder, 'package.json'), '{"scripts":{}}');
    expect(lockHash(folder)).toBe(before);
    writeFileSync(join(folder, 'package-lock.json'), '{"a":1}');
    expect(lockHash(folder)).not.toBe(before);
  });
});

describe('a stamp', () => {
  it('holds for the value it was written with, until it is cleared', () => {
    expect(isStamped('x', 'one', folder)).toBe(false);
    writeStamp('x', 'one', folder);
    expect(isStamped('x', 'one', folder)).toBe(true);
    expect(isStamped('x', 'two', folder)).toBe(false);
    clearStamp('x', folder);
    expect(isStamped('x', 'one', folder)).toBe(false);
  });
});
