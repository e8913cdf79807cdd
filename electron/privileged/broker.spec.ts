import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isFailure } from '../../shared/contract/errors.ts';
import type { Logger } from '../log/logger.ts';
import type { Exec, ExecResult } from '../process/exec.ts';
import { createPrivilegedBroker } from './broker.ts';
import type { PrivilegedRequest } from './requests.ts';

const me = process.getuid?.() ?? 0;
const quiet = { info: () => undefined } as unknown as Logger;
const create: PrivilegedRequest = { verb: 'bridge.create', bridge: 'pvbr0' };

let folder: string;
let helper: string;
let started: { argv: readonly string[]; input: string | undefined }[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'br-'));
  helper = join(folder, 'helper');
  writeFileSync(helper, '#!/bin/true\n', { mode: 0o755 });
  chmodSync(helper, 0o755);
  started = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const broker = (outcome: Partial<ExecResult>, owners: readonly number[] = [me]) => {
  const exec: Exec = (file, args, options) => {
    started.push({ argv: [file, ...args], input: options.input });
    return Promise.resolve({ stdout: '', stderr: '', exitCode: 0, durationMs: 0, ...outcome });
  };
  return createPrivilegedBroker(
    { exec, log: quiet },
    { helper, elevate: ['/usr/bin/ask'], owners },
  );
};
const errorOf = async (outcome: Partial<ExecResult>): Promise<unknown> => {
  try {
    await broker(outcome).perform([create]);
    return undefined;
  } catch (error) {
    return isFailure(error) ? [error.error.code, error.error.params] : error;
  }
};

describe('the broker', () => {
  it('starts exactly the argv it shows, and hands the requests over by stdin', async () => {
    const it = broker({});
    expect(it.argv()).toEqual(['/usr/bin/ask', helper]);
    await it.perform([create]);
    expect(started).toEqual([{ argv: it.argv(), input: JSON.stringify([create]) }]);
  });

  it('tells a declined authorisation from a refused one, and a refusal from a failure', async () => {
    expect(await errorOf({ exitCode: 126 })).toEqual(['privileged/cancelled', {}]);
    const stderr = 'Error executing command as another user: Not authorized\n';
    expect(await errorOf({ exitCode: 127, stderr })).toEqual([
      'privileged/refused',
      { reason: 'Not authorized. An administrator of this computer can allow it.' },
    ]);
    const said = JSON.stringify({ error: 'pvbr0 exists already.', verb: 'bridge.create' });
    expect(await errorOf({ exitCode: 2, stdout: said })).toEqual([
      'privileged/refused',
      { reason: 'pvbr0 exists already.' },
    ]);
    expect(await errorOf({ exitCode: 1, stdout: said })).toEqual([
      'privileged/failed',
      { verb: 'bridge.create', reason: 'pvbr0 exists already.' },
    ]);
    expect(await errorOf({ exitCode: 1, stdout: 'Traceback' })).toEqual([
      'privileged/failed',
      { verb: 'helper', reason: 'exit code 1.' },
    ]);
  });

  it.each([
    ['is missing', () => rmSync(helper)],
    ['is writable by others', () => chmodSync(helper, 0o757)],
    ['lies in a folder others can write to', () => chmodSync(folder, 0o777)],
    ['cannot be started', () => chmodSync(helper, 0o644)],
  ])('does not start a helper that %s', async (_, spoil) => {
    spoil();
    const it = broker({});
    expect(it.argv()).toBeUndefined();
    await expect(it.perform([create])).rejects.toThrow('privileged/not-installed');
    expect(await it.status()).toEqual({ bridges: [], taps: [], uplinks: [], awaiting: [] });
    expect(started).toEqual([]);
  });

  it('does not start a helper that belongs to somebody else', () => {
    expect(broker({}, [me + 1]).argv()).toBeUndefined();
  });

  it('asks for the status without elevation', async () => {
    const status = {
      bridges: ['pvbr0'],
      taps: [],
      uplinks: [{ bridge: 'pvbr0', uplink: 'eth0' }],
      awaiting: [{ bridge: 'pvbr0', secondsLeft: 7 }],
    };
    expect(await broker({ stdout: JSON.stringify(status) }).status()).toEqual(status);
    expect(started[0]?.argv).toEqual([helper, 'status']);
    await expect(broker({ stdout: '{}' }).status()).rejects.toThrow('privileged/failed');
  });
});
