// What the bundle contains is found from the sources, and each package brings its licence.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { bundledPackages, importsOf, packageOf, renderLicences } from './licences.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

describe('licences of bundled packages', () => {
  it('reads imports of values, also lazy ones, and leaves types and own files out', () => {
    const source = `
import { z } from 'zod';
import type { Foo } from 'only-types';
import '@xterm/xterm/css/xterm.css';
import { a } from './own.ts';
import { readFile } from 'node:fs';
export { b } from '@scope/pkg/deep';
const rfb = await import('@novnc/novnc');`;
    const names = importsOf(source).map(packageOf);
    expect(names.filter((name) => name !== undefined)).toEqual([
      'zod',
      '@xterm/xterm',
      '@scope/pkg',
      '@novnc/novnc',
    ]);
    expect(packageOf('electron')).toBeUndefined();
  });

  it('finds what we bundle with licence and text, and none of the tools', () => {
    const packages = bundledPackages(root);
    const names = packages.map((entry) => entry.name);
    expect(names).toEqual(
      expect.arrayContaining(['@novnc/novnc', 'react', 'react-dom', 'scheduler', 'zod', 'zustand']),
    );
    expect(names).not.toContain('vitest');
    expect(names).not.toContain('typescript');
    const novnc = packages.find((entry) => entry.name === '@novnc/novnc');
    expect(novnc?.licence).toMatch(/MPL-2\.0/);
    expect(renderLicences(packages)).toContain('Mozilla Public License Version 2.0');
  });
});
