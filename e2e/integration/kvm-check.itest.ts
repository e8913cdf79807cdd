// The KVM check where KVM cannot be used, its memory of the last verdict, and its cancelling. Real QEMU.
import { constants } from 'node:fs';
import { access, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { lookAtKvm, type KvmCheckDeps } from '../../electron/compat/kvm/check.ts';
import { tryCreateVm } from '../../electron/compat/kvm/create-vm.ts';
import { lookAtDevice } from '../../electron/compat/kvm/device.ts';
import { runSelfTest } from '../../electron/compat/kvm/self-test.ts';
import { silentLogger } from '../../electron/log/logger.ts';
import { createExec } from '../../electron/process/exec.ts';
import { ensureGuests } from '../harness/guests.ts';

const exec = createExec(silentLogger);
const qemu = '/usr/bin/qemu-system-x86_64';
const isRoot = process.getuid?.() === 0;
let folder: string;
let rom: string;

const depsWith = (more: Partial<KvmCheckDeps>): KvmCheckDeps => ({
  exec,
  log: silentLogger,
  now: Date.now,
  qemu,
  rom,
  cachePath: join(folder, 'kvm.json'),
  ...more,
});

beforeAll(async () => {
  rom = (await ensureGuests()).selftest;
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pvk-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A device node that this user may not open: the KVM device itself where that is so. */
const closedDevice = async (): Promise<string> => {
  const names = ['kvm', ...(await readdir('/dev'))];
  for (const name of names) {
    const path = join('/dev', name);
    const found = await stat(path).catch(() => undefined);
    if (!found?.isCharacterDevice()) continue;
    const isOpen = await access(path, constants.R_OK | constants.W_OK).then(
      () => true,
      () => false,
    );
    if (!isOpen) return path;
  }
  throw new Error('this user may open every device');
};

describe('access', () => {
  it('is absent where there is no device', async () => {
    const device = join(folder, 'no-kvm');
    const { verdict } = await lookAtKvm(depsWith({ device }));
    expect(verdict).toEqual({ kind: 'absent' });
  });

  it('is absent where a plain file has its name', async () => {
    const device = join(folder, 'kvm');
    await writeFile(device, '');
    expect(await lookAtDevice(device)).toMatchObject({ kind: 'absent' });
  });

  it('could not look where the way to it is no folder', async () => {
    const look = await lookAtDevice(join(rom, 'kvm'));
    expect(look).toMatchObject({ kind: 'failed' });
    const { verdict } = await lookAtKvm(depsWith({ device: join(rom, 'kvm') }));
    expect(verdict).toMatchObject({ kind: 'undecided', reason: 'couldNotLook' });
  });

  it.skipIf(isRoot)('is noPermission for an ordinary user (root may open everything)', async () => {
    const device = await closedDevice();
    const { verdict } = await lookAtKvm(depsWith({ device }));
    expect(verdict).toMatchObject({ kind: 'noPermission', uid: 0 });
  });
});

describe('what QEMU says', () => {
  it('tells a missing program from a refusal', async () => {
    expect(await tryCreateVm(exec, join(folder, 'no-qemu'))).toMatchObject({ kind: 'failed' });
  });

  it('reaches every stage in software', async () => {
    const options = { qemu, rom, engine: 'tcg', cpuModel: 'qemu64', limitMs: 20_000 } as const;
    const run = await runSelfTest(exec, options);
    expect(run.end).toEqual({ kind: 'passed' });
    const { real = 0, protected: prot = 0, long = 0, extended = 0 } = run.reached;
    expect(real).toBeGreaterThan(0);
    expect([real, prot, long, extended]).toEqual(
      [real, prot, long, extended].sort((a, b) => a - b),
    );
  });

  it('notices a processor without 64-bit mode, and one without the last stage', async () => {
    const options = { qemu, rom, engine: 'tcg', limitMs: 20_000 } as const;
    const old = await runSelfTest(exec, { ...options, cpuModel: 'qemu32' });
    expect(old.end).toEqual({ kind: 'passedInPart' });
    expect(old.reached).not.toHaveProperty('long');
    const poor = await runSelfTest(exec, { ...options, cpuModel: 'qemu64,-cx16' });
    expect(poor.end).toEqual({ kind: 'passedInPart' });
    expect(poor.reached).not.toHaveProperty('extended');
  });

  it('reports a time limit and a CPU model that QEMU does not know', async () => {
    const options = { qemu, rom, engine: 'tcg', cpuModel: 'qemu64', limitMs: 1 } as const;
    expect((await runSelfTest(exec, options)).end).toEqual({ kind: 'timedOut', limitMs: 1 });
    const odd = await runSelfTest(exec, { ...options, cpuModel: 'no-such', limitMs: 20_000 });
    expect(odd.end.kind).toBe('stopped');
    expect(odd.stderr).toContain('no-such');
  });

  it('is cancelled by its signal', async () => {
    const abort = new AbortController();
    const options = { qemu, rom, engine: 'tcg', cpuModel: 'qemu64', limitMs: 20_000 } as const;
    const run = runSelfTest(exec, { ...options, signal: abort.signal });
    abort.abort();
    await expect(run).rejects.toMatchObject({ error: { code: 'job/cancelled' } });
  });
});

describe('memory', () => {
  it('keeps the verdict until an input changes or a fresh look is asked for', async () => {
    const device = join(folder, 'no-kvm');
    let time = 1000;
    const now = (): number => (time += 1);
    const at = async (isFresh = false): Promise<number> =>
      (await lookAtKvm(depsWith({ device, now }), { isFresh })).checkedAt;
    const first = await at();
    expect(await at()).toBe(first);
    const fresh = await at(true);
    expect(fresh).toBeGreaterThan(first);
    expect(await at()).toBe(fresh);
    await writeFile(device, '');
    await utimes(device, 1, 1);
    expect(await at()).toBeGreaterThan(fresh);
  });

  it('does not keep what it could not decide, and survives a damaged memory', async () => {
    const undecided = depsWith({ device: join(rom, 'kvm') });
    await lookAtKvm(undecided);
    await expect(readFile(undecided.cachePath, 'utf8')).rejects.toThrow('ENOENT');
    await writeFile(undecided.cachePath, '{ not json');
    const { verdict } = await lookAtKvm(depsWith({ device: join(folder, 'no-kvm') }));
    expect(verdict.kind).toBe('absent');
  });
});
