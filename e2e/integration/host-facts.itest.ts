// The whole chain on the host the tests run on: real files, real QEMU, real measurement, decision; and what happens
// when the host changes while it is looked at.
import { spawn } from 'node:child_process';
import { access, chmod, mkdtemp, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ensureGuests } from '../harness/guests.ts';
import type { EngineFact, HostCheck } from '../../shared/model/compat.ts';
import { backendKey, type DriverInfo } from '../../shared/model/driver.ts';
import { emptyState, type AppState } from '../../shared/state/app-state.ts';
import { silentLogger, type Logger } from '../../electron/log/logger.ts';
import { createExec } from '../../electron/process/exec.ts';
import { ownDriver } from '../../electron/compat/__fixtures__/probe-table.ts';
import { input, qemu } from '../../electron/compat/__fixtures__/world.ts';
import { decide } from '../../electron/compat/decide.ts';
import {
  createHostFacts,
  type HostFactsDeps,
  type HostFactsService,
} from '../../electron/compat/facts.ts';
import { lookAtKvm } from '../../electron/compat/kvm/check.ts';

const system = '/usr/bin/qemu-system-x86_64';
const exec = createExec(silentLogger);
const patient = { timeout: 60_000 };
let folder: string;
let service: HostFactsService | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pvf-'));
});
afterEach(async () => {
  // Nothing may be written into the folder after this.
  await service?.dispose();
  service = undefined;
  await rm(folder, { recursive: true });
});

const looking = async (more: Partial<HostFactsDeps> = {}, drivers?: readonly DriverInfo[]) => {
  const { selftest: rom } = await ensureGuests();
  const found: DriverInfo = { ...qemu, probe: { kind: 'found', version: '', paths: { system } } };
  const all = drivers ?? [found];
  const state: AppState = {
    ...emptyState,
    drivers: Object.fromEntries(all.map((driver) => [driver.id, driver])),
  };
  const checks = new Map<string, HostCheck>();
  const facts = new Map<string, EngineFact>();
  const failed: string[] = [];
  const log: Logger = {
    ...silentLogger,
    warn: (message, about) => void failed.push(`${message} ${JSON.stringify(about)}`),
    error: (message, about) => void failed.push(`${message} ${JSON.stringify(about)}`),
  };
  const cachePath = join(folder, 'kvm.json');
  const device = more.kvmDevice;
  service = createHostFacts({
    exec,
    log,
    paths: { config: '', data: folder, state: '', runtime: '', cache: folder, resources: '' },
    env: process.env,
    now: Date.now,
    state: () => state,
    subscribe: () => () => undefined,
    onCheck: (check) => void checks.set(check.id, check),
    onCheckGone: (id) => void checks.delete(id),
    onEngineFact: (fact) => void facts.set(backendKey(fact), fact),
    onHost: () => undefined,
    onFacts: () => undefined,
    checkKvm: (isFresh, signal) =>
      lookAtKvm(
        {
          exec,
          log: silentLogger,
          now: Date.now,
          qemu: system,
          rom,
          cachePath,
          ...(device === undefined ? {} : { device }),
        },
        { isFresh, signal },
      ),
    ...more,
  });
  service.start();
  await service.enginesKnown();
  return { service, checks, facts, failed };
};

describe('this host', () => {
  it('is looked at without root, every check says something, and the decision follows the measurement', async () => {
    const { service: host, checks, facts, failed } = await looking();
    const report = await host.report();

    expect(failed).toEqual([]);
    expect(checks.size).toBeGreaterThan(25);
    for (const check of checks.values()) {
      expect(check.raw, check.id).not.toBe('');
      expect(check.verdict, check.id).not.toBe('running');
    }
    for (const id of ['mem.avail', 'mem.lock', 'disk.free', 'net.ports', 'qemu.img', 'net.ping']) {
      expect(checks.get(id)?.verdict, id).not.toBe('unknown');
    }
    expect(checks.get('qemu.present')?.verdict).toBe('good');
    // Nothing is said about a hypervisor that this set of drivers does not have.
    expect([...checks.keys()].filter((id) => id.startsWith('vb.'))).toEqual([]);

    const kvm = facts.get('qemu/kvm');
    const decision = decide(input({ engineFacts: [...facts.values()], facts: host.facts() }));
    expect(decision.outcome.kind).toBe('use');
    const expected = kvm?.standing === 'usable' ? 'kvm' : 'tcg';
    expect(decision.outcome).toMatchObject({ backend: { engine: expected } });
    if (expected === 'tcg') expect(decision.because).toEqual(kvm?.reason);

    const isOpen = await access('/dev/kvm', 6).then(
      () => true,
      () => false,
    );
    // Whoever may not open the device must be told so, and nothing else, about KVM.
    if (!isOpen) expect(kvm?.standing).toBe('unusable');
    expect(report).toContain('Polyvisor host report');
    expect(report).toContain('kvm.speed');
  });

  it('with VirtualBox among the drivers, none of its checks breaks, and its own engine stands as it is here', async () => {
    const { service: host, checks, facts, failed } = await looking({}, [qemu, ownDriver]);
    await host.report();
    expect(failed).toEqual([]);
    expect(checks.get('vb.version')?.verdict).toBe('good');
    expect(checks.get('avl')).toBeDefined();
    const hasDriver = await access('/sys/module/vboxdrv').then(
      () => true,
      () => false,
    );
    const own = facts.get('virtualbox/vboxdrv');
    if (!hasDriver) {
      expect(own).toMatchObject({ standing: 'unusable', confidence: 'measured' });
      expect(own?.reason.key).toMatch(/^vboxdrv\.because\.not/);
      expect(checks.get('vb.drv.loaded')?.verdict).toBe('blocked');
    }
    expect(host.facts().vboxdrv).toMatchObject({
      kind: 'known',
      value: { isLoaded: hasDriver },
    });
  });
});

describe('a host that changes', () => {
  it('a device that loses its permissions is noticed without being asked for', async () => {
    // A terminal stands in for the device: a real node that belongs to this user.
    const terminal = spawn('script', ['-qfc', 'tty; exec sleep 600', '/dev/null'], {
      stdio: ['ignore', 'pipe', 'ignore'],
      detached: true,
    });
    try {
      let said = '';
      terminal.stdout.on('data', (piece: Buffer) => (said += piece.toString()));
      await expect.poll(() => said, patient).toMatch(/\/dev\/pts\/\d+/);
      const kvmDevice = /\/dev\/pts\/\d+/.exec(said)?.[0] ?? '';
      await chmod(kvmDevice, 0o660);
      const checkKvm: HostFactsDeps['checkKvm'] = async () => undefined;
      const { checks } = await looking({ settleMs: 50, restMs: 50, kvmDevice, checkKvm });
      await service?.report();
      expect(checks.get('kvm.dev')?.raw).toMatch(/^mode 660/);
      expect(checks.get('kvm.perm')?.verdict).toBe('good');
      await chmod(kvmDevice, 0);
      await expect.poll(() => checks.get('kvm.dev')?.raw, patient).toMatch(/^mode 0/);
      // Root may open what nobody may.
      const isRoot = process.getuid?.() === 0;
      const verdict = isRoot ? 'good' : 'blocked';
      await expect.poll(() => checks.get('kvm.perm')?.verdict, patient).toBe(verdict);
      await chmod(kvmDevice, 0o660);
      await expect.poll(() => checks.get('kvm.dev')?.raw, patient).toMatch(/^mode 660/);
      await expect.poll(() => checks.get('kvm.perm')?.verdict, patient).toBe('good');
    } finally {
      process.kill(-(terminal.pid ?? 0), 'SIGKILL');
    }
  });

  it('VirtualBox’s driver appearing is noticed, and its engine follows', async () => {
    const vboxdrvDevice = join(folder, 'dev-vboxdrv');
    const quick = { settleMs: 50, restMs: 50, vboxdrvDevice };
    const { facts } = await looking(quick, [qemu, ownDriver]);
    await service?.report();
    const reason = () => facts.get('virtualbox/vboxdrv')?.reason.key;
    expect(reason()).not.toBe('vboxdrv.because.deviceDead');
    // A file where the device should be: nothing answers behind it.
    await writeFile(vboxdrvDevice, '');
    await expect.poll(reason, patient).toBe('vboxdrv.because.deviceDead');
    await unlink(vboxdrvDevice);
    await expect.poll(reason, patient).not.toBe('vboxdrv.because.deviceDead');
  });

  it('a look that is let go in the middle writes nothing afterwards', async () => {
    const looked = looking();
    await expect.poll(() => service !== undefined, patient).toBe(true);
    await service?.dispose();
    await looked;
    await rm(folder, { recursive: true });
    folder = await mkdtemp(join(tmpdir(), 'pvf-'));
  });
});
