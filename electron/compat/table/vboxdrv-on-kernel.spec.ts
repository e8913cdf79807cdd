// Every row of the table of VirtualBox's driver, kernel and KVM, and the flip of the cure between versions.
import { describe, expect, it } from 'vitest';
import { formatText } from '../../../shared/i18n/format.ts';
import {
  compareVersions,
  judgeVboxdrv,
  parseVersion,
  vboxdrvRows,
  type VboxdrvFacts,
} from './vboxdrv-on-kernel.ts';

const on = (kernel: string, virtualBox: string, more: Partial<VboxdrvFacts> = {}) =>
  judgeVboxdrv({
    kernel: parseVersion(kernel),
    virtualBox: parseVersion(virtualBox),
    enableVirtAtLoad: 'Y',
    isKvmVendorModuleLoaded: true,
    isKvmVmRunning: false,
    ...more,
  });
const off = { enableVirtAtLoad: 'N' } as const;
const unloaded = { isKvmVendorModuleLoaded: false, enableVirtAtLoad: 'absent' } as const;

describe('VirtualBox’s driver on a kernel', () => {
  // prettier-ignore
  it.each<[string, string, Partial<VboxdrvFacts>, string, string]>([
    ['6.1.0-56-amd64', '7.0.20', {}, 'avl.1', 'good'],
    ['6.11.9', '7.2.14', {}, 'avl.1', 'good'],
    ['6.12.0', '7.2.14_Debianr175245', {}, 'avl.2', 'blocked'],
    ['6.15.9-arch1-1', '7.2.22', {}, 'avl.2', 'blocked'],
    ['6.12.0', '7.2.14', off, 'avl.1', 'good'],
    ['6.15.9', '7.0.20', unloaded, 'avl.1', 'good'],
    ['6.16.0', '7.2.0', {}, 'avl.3', 'blocked'],
    ['6.18.3', '7.1.12', {}, 'avl.3', 'blocked'],
    ['6.16.0', '7.2.0', off, 'avl.1', 'good'],
    ['6.16.0', '7.2.2', unloaded, 'avl.4', 'blocked'],
    ['6.17.1', '7.2.8', unloaded, 'avl.4', 'blocked'],
    ['6.17.1', '7.2.8', {}, 'avl.1', 'good'],
    ['6.16.0', '7.2.10', off, 'avl.5', 'freezes'],
    ['6.17.0', '7.2.14', off, 'avl.5', 'freezes'],
    ['6.16.0', '7.2.10', {}, 'avl.1', 'good'],
    ['6.17.0', '7.2.14', unloaded, 'avl.1', 'good'],
    ['7.0.0', '7.2.10', {}, 'avl.6', 'freezes'],
    ['7.1.4', '7.2.10', off, 'avl.6', 'freezes'],
    ['7.2.0', '7.2.10', {}, 'avl.1', 'good'],
    ['7.1.4', '7.2.14', {}, 'avl.1', 'good'],
    ['6.18.3', '7.2.22', { isKvmVmRunning: true }, 'avl.7', 'exclusive'],
    ['6.1.0', '7.0.20', { isKvmVmRunning: true }, 'avl.7', 'exclusive'],
  ])('kernel %s, VirtualBox %s, %j: %s', (kernel, virtualBox, more, id, verdict) => {
    const row = on(kernel, virtualBox, more);
    expect([row.id, row.verdict]).toEqual([id, verdict]);
  });

  it('the setting that cures 6.12 freezes 6.16, and each verdict says the opposite', () => {
    expect(on('6.12.0', '7.2.14').remedies.join()).toContain('enable_virt_at_load=0');
    const frozen = on('6.16.0', '7.2.14', off);
    expect(frozen.verdict).toBe('freezes');
    expect(frozen.remedies.join()).not.toContain('=0');
  });

  it('every row is reached, has a sentence and a source', () => {
    expect(new Set(vboxdrvRows.map(({ id }) => id)).size).toBe(7);
    for (const { sentence, source } of vboxdrvRows) {
      expect(formatText({ key: sentence })).toMatch(/\.$/);
      expect(source).toMatch(/^https/);
    }
  });
});

it.each([
  ['7.2.22_Debianr175245', [7, 2, 22]],
  ['6.18.3-arch1-1', [6, 18, 3]],
  ['7.2.97 r173905', [7, 2, 97]],
  ['nonsense', []],
])('parses %s', (written, parts) => {
  expect(parseVersion(written)).toEqual(parts);
});

it('compares versions part by part, missing parts as 0', () => {
  expect(compareVersions([7, 2], [7, 2, 0])).toBe(0);
  expect(compareVersions([7, 2, 10], [7, 2, 9])).toBeGreaterThan(0);
  expect(compareVersions([6, 9], [6, 12])).toBeLessThan(0);
});
