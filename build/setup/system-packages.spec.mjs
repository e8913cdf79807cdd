// Which packages are missing, what they are called, and the command that installs them.
import { describe, expect, it } from 'vitest';
import { packageRows } from './packages.mjs';
import { installCommand, isPresent, missingRows, resolveDebian } from './system-packages.mjs';

const nothing = () => false;
const everything = () => true;

describe('missing packages', () => {
  it('are those of the wanted purposes whose check fails', () => {
    expect(missingRows(['run'], { look: everything })).toEqual([]);
    const missing = missingRows(['run'], { look: nothing });
    expect(missing.length).toBeGreaterThan(5);
    expect(new Set(missing.map((row) => row.purpose))).toEqual(new Set(['run']));
  });

  it('of a test run contain those of a start', () => {
    const start = missingRows(['run'], { look: nothing });
    expect(missingRows(['run', 'display', 'test'], { look: nothing })).toEqual(
      expect.arrayContaining(start),
    );
  });

  it('are found by what is on the machine', () => {
    expect(isPresent({ kind: 'command', name: 'sh' })).toBe(true);
    expect(isPresent({ kind: 'command', name: 'no-such-command' })).toBe(false);
    expect(isPresent({ kind: 'file', paths: ['/nowhere', '/etc/passwd'] })).toBe(true);
    expect(isPresent({ kind: 'library', name: 'libno-such.so.0' })).toBe(false);
  });
});

describe('names on Debian', () => {
  const gtk = packageRows.filter((row) => row.debian.includes('libgtk-3-0'));

  it('are the renamed ones where the index knows them', () => {
    expect(resolveDebian(gtk, (name) => name.endsWith('t64'))).toEqual(['libgtk-3-0t64']);
  });

  it('are the old ones on an older release, and without an index', () => {
    expect(resolveDebian(gtk, (name) => name === 'libgtk-3-0')).toEqual(['libgtk-3-0']);
    expect(resolveDebian(gtk, nothing)).toEqual(['libgtk-3-0']);
  });
});

describe('the install command', () => {
  it.each([
    ['debian', 'apt-get install -y --no-install-recommends a b'],
    ['fedora', 'dnf install -y a b'],
    ['arch', 'pacman -S --needed --noconfirm a b'],
    ['suse', 'zypper --non-interactive install --no-recommends a b'],
  ])('on %s is %s', (family, line) => {
    expect(installCommand(family, ['a', 'b'])?.join(' ')).toBe(line);
  });

  it('is not made up for an unknown distribution', () => {
    expect(installCommand('unknown', ['a'])).toBeUndefined();
  });

  it('has a name for every row in every family', () => {
    for (const row of packageRows) {
      expect(row.debian.length, JSON.stringify(row)).toBeGreaterThan(0);
      for (const family of ['fedora', 'arch', 'suse']) expect(row[family]).toMatch(/^[\w.+-]+$/);
    }
  });
});
