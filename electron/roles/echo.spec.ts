import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { silentLogger } from '../log/logger.ts';
import { findRole, roleNames } from './roles.ts';
import { echo } from './echo.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pe-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const run = (...args: string[]) => {
  const printed: string[] = [];
  const ending = new AbortController();
  const exit = echo({
    args,
    runtimeDir: folder,
    log: silentLogger,
    print: (line) => printed.push(line),
    signal: ending.signal,
  });
  return { printed, exit, end: () => ending.abort() };
};
const say = (line: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(join(folder, 'role-echo.sock'), () => socket.write(`${line}\n`));
    socket.once('data', (data) => {
      socket.end();
      resolve(String(data));
    });
    socket.once('error', reject);
  });
const listening = (role: ReturnType<typeof run>) =>
  vi.waitFor(() => expect(role.printed[0]).toMatch(/^listening /));

describe('the echo role', () => {
  it('is in the table of roles, and strangers are not', () => {
    expect(roleNames).toContain('echo');
    expect(findRole('toString')).toBeUndefined();
  });

  it('sends lines back and ends with --once after the visitor left', async () => {
    const role = run('--once');
    await listening(role);
    expect(await say('hallo')).toBe('hallo\n');
    expect(await role.exit).toBe(0);
  });

  it('takes the place of a socket nobody answers, but not of a living one', async () => {
    writeFileSync(join(folder, 'role-echo.sock'), '');
    const first = run();
    await listening(first);
    expect(await run().exit).toBe(4);
    expect(await say('still here')).toBe('still here\n');
    first.end();
    expect(await first.exit).toBe(0);
  });

  it('ends when idle, and refuses an idle time that is none', async () => {
    expect(await run('--idle=0.05').exit).toBe(0);
    expect(await run('--idle=soon').exit).toBe(2);
  });
});
