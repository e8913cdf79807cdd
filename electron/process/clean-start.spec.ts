// Started programs keep only the descriptors meant for them, and tied ones end with their starter.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cleanDescriptors, endsWithUs } from './clean-start.ts';

const descriptorsOf = (prefix: readonly string[], extra: number): readonly string[] => {
  const open = Array.from({ length: extra }, () => openSync('/dev/null', 'r'));
  try {
    const [file = '', ...args] = [...prefix, '/bin/ls', '/proc/self/fd'];
    const { stdout } = spawnSync(file, args, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe', ...open],
    });
    // The last one is ls's own look at the folder.
    return stdout
      .trim()
      .split('\n')
      .map(Number)
      .sort((a, b) => a - b)
      .map(String)
      .slice(0, -1);
  } finally {
    for (const fd of open) closeSync(fd);
  }
};

describe('a clean start', () => {
  it('has something to close: extra descriptors are inherited without it', () => {
    expect(descriptorsOf([], 40)).toContain('42');
  });

  it('closes every descriptor above the last one kept', () => {
    expect(descriptorsOf(cleanDescriptors(2), 40)).toEqual(['0', '1', '2']);
    expect(descriptorsOf(cleanDescriptors(3), 40)).toEqual(['0', '1', '2', '3']);
  });

  it('hands arguments over as they are and keeps exit code and pid', async () => {
    const odd = ['a b', '$(id)', '', '*', '"; exit 9; "', '-x', 'ü\n'];
    const script = 'console.log(JSON.stringify([process.pid, ...process.argv.slice(1)]))';
    const argv = [...cleanDescriptors(2), process.execPath, '-e', script, '--', ...odd];
    const child = spawn(argv[0] ?? '', argv.slice(1), { stdio: ['ignore', 'pipe', 'inherit'] });
    const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
    expect(JSON.parse(chunk.toString())).toEqual([child.pid, ...odd]);
    const failing = [...cleanDescriptors(2), '/bin/sh', '-c', 'exit 7'];
    expect(spawnSync(failing[0] ?? '', failing.slice(1)).status).toBe(7);
  });
});

describe('a program that ends with us', () => {
  it('is gone after kill -9 of its starter', async () => {
    const tied = [...endsWithUs(), '/bin/sleep', '60'];
    const starter = `
      const { spawn } = require('node:child_process');
      const child = spawn(${JSON.stringify(tied[0])}, ${JSON.stringify(tied.slice(1))});
      console.log(child.pid);
      setInterval(() => undefined, 1000);`;
    const parent = spawn(process.execPath, ['-e', starter], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [chunk] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(chunk.toString());
    expect(existsSync(`/proc/${pid}`)).toBe(true);
    parent.kill('SIGKILL');
    await expect.poll(() => existsSync(`/proc/${pid}`), { timeout: 5000 }).toBe(false);
  });
});
