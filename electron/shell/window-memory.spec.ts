import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fitBounds, readWindowMemory, writeWindowMemory } from './window-memory.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wm-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const screen = { x: 0, y: 0, width: 1280, height: 800 };

describe('the window’s memory', () => {
  it('comes back as it was written', async () => {
    const memory = {
      version: 1 as const,
      bounds: { x: 5, y: 6, width: 900, height: 700 },
      isMaximized: true,
      theme: 'dark' as const,
    };
    await writeWindowMemory(folder, memory);
    expect(readWindowMemory(folder)).toEqual(memory);
  });

  it('is the usual place when the file is damaged or not there', () => {
    writeFileSync(join(folder, 'window.json'), '{"version":1,"bounds":"wide"');
    expect(readWindowMemory(folder).theme).toBe('system');
    expect(readWindowMemory(join(folder, 'none')).isMaximized).toBe(false);
  });
});

describe('fitting to the screens of today', () => {
  it('keeps a window that can be reached', () => {
    const bounds = { x: 100, y: 50, width: 900, height: 600 };
    expect(fitBounds(bounds, [screen])).toEqual(bounds);
  });

  it('centres a window whose screen is gone', () => {
    const bounds = { x: 3000, y: 50, width: 900, height: 600 };
    expect(fitBounds(bounds, [screen])).toEqual({ width: 900, height: 600 });
  });

  it('is never larger than the screen nor smaller than the least size', () => {
    expect(fitBounds({ width: 5000, height: 10 }, [screen])).toEqual({ width: 1280, height: 480 });
  });
});
