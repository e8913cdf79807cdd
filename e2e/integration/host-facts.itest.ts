// The whole chain on the host the tests run on: real files, real QEMU, real measurement, decision.
import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ensureGuests } from '../harness/guests.ts';
import type { EngineFact, HostCheck } from '../../shared/model/compat.ts';
import { backendKey, type DriverInfo } from '../../shared/model/driver.ts';
import { emptyState, type AppState } from '../../shared/state/app-state.ts';
import { silentLogger } from '../../electron/log/logger.ts';
import { createExec } from '../../electron/process/exec.ts';
import { input, qemu } from '../../electron/compat/__fixtures__/world.ts';
import { decide } from '../../electron/compat/decide.ts';
import { createHostFacts, type HostFactsService } from '../../electron/compat/facts.ts';
import { lookAtKvm } from '../../electron/compat/kvm/check.ts';
import { allProbes } from '../../electron/compat/probes/all.ts';

const system = '/usr/bin/qemu-system-x86_64';
const exec = createExec(silentLogger);
let folder: string;
let service: HostFactsService | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pvf-'));
});
afterEach(async () => {
  await service?.dispose();
  await rm(folder, { recursive: true, force: true });
});

describe('this host', () => {
  it('is looked at without root, every check says something, and the decision follows the measurement', async () => {
    const { selftest: rom } = await ensureGuests();
    const driver: DriverInfo = {
      ...qemu,
      probe: { kind: 'found', version: '', paths: { system } },
    };
    const state: AppState = { ...emptyState, drivers: { qemu: driver } };
    const checks = new Map<string, HostCheck>();
    const facts = new Map<string, EngineFact>();
    const cachePath = join(folder, 'kvm.json');
    service = createHostFacts({
      exec,
      log: silentLogger,
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
          { exec, log: silentLogger, now: Date.now, qemu: system, rom, cachePath },
          { isFresh, signal },
        ),
    });
    service.start();
    await service.enginesKnown();

    expect([...checks.keys()].sort()).toEqual(allProbes.map(({ id }) => id).sort());
    for (const check of checks.values()) {
      expect(check.raw, check.id).not.toBe('');
      expect(check.verdict, check.id).not.toBe('running');
    }
    for (const id of ['mem.avail', 'disk.free', 'net.ports', 'qemu.img', 'qemu.present']) {
      expect(checks.get(id)?.verdict, id).not.toBe('unknown');
    }

    const kvm = facts.get('qemu/kvm');
    const decision = decide(input({ engineFacts: [...facts.values()], facts: service.facts() }));
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
    const report = await service.report();
    expect(report).toContain('Polyvisor host report');
    expect(report).toContain('kvm.speed');
  });
});
