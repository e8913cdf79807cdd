// The whole KVM check on the KVM of this machine. Needs access to /dev/kvm: the test run lends it for this file.
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureGuests } from '../harness/guests.ts';
import { silentLogger } from '../../electron/log/logger.ts';
import { createExec } from '../../electron/process/exec.ts';
import { lookAtKvm, type KvmCheckDeps } from '../../electron/compat/kvm/check.ts';
import { slowerFrom } from '../../electron/compat/kvm/judge.ts';

let folder: string;
let deps: KvmCheckDeps;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pvk-'));
  deps = {
    exec: createExec(silentLogger),
    log: silentLogger,
    now: Date.now,
    qemu: '/usr/bin/qemu-system-x86_64',
    rom: (await ensureGuests()).selftest,
    cachePath: join(folder, 'kvm.json'),
  };
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the KVM of this machine', () => {
  it('is measured against software emulation, with every raw time kept', async () => {
    const { verdict, measurements, durationMs } = await lookAtKvm(deps);
    console.log(`KVM verdict of this machine: ${JSON.stringify(verdict)} in ${durationMs} ms`);
    if (!existsSync('/dev/kvm')) {
      expect(verdict).toEqual({ kind: 'absent' });
      return;
    }
    expect(measurements.device.kind).toBe('opened');
    expect(measurements.create?.kind).toBe('created');
    const software = measurements.runs.filter((run) => run.engine === 'tcg');
    expect(software).toHaveLength(3);
    for (const run of software) {
      expect(run.end.kind).toBe('passed');
      expect(run.reached.extended).toBeGreaterThan(0);
    }
    // Either kind of KVM is met in the field. What matters: the words agree with the stopwatch.
    const best = (engine: string): number =>
      Math.min(
        ...measurements.runs.flatMap((run) =>
          run.engine === engine ? (run.reached.long ?? Infinity) : [],
        ),
      );
    const ratio = best('kvm') / best('tcg');
    if (ratio >= slowerFrom * 3) {
      expect(verdict).toMatchObject({ kind: 'slowerThanSoftware', isLowerBound: false, ratio });
    } else {
      expect(['healthy', 'undecided', 'slowerThanSoftware']).toContain(verdict.kind);
    }
  });
});
