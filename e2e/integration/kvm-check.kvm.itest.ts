// The whole KVM check on the KVM of this machine. Needs access to /dev/kvm: the test run lends it for this file.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatText } from '../../shared/i18n/format.ts';
import type { Decision, EngineProof } from '../../shared/model/compat.ts';
import { ensureBuilt, ensureGuests, projectRoot } from '../harness/guests.ts';
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

  it('leads to a decision that agrees with it, and the demo VM proves that decision', async () => {
    await ensureBuilt('guests', 'core');
    const root = join(projectRoot, 'out');
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [join(root, 'core', 'headless.mjs'), 'demo', root],
      { timeout: 100_000 },
    );
    const lines = stdout
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map(
        (line) => JSON.parse(line) as { kind: string; decision?: Decision; proof?: EngineProof },
      );
    const decision = lines.find((line) => line.kind === 'decision')?.decision;
    const proof = lines.find((line) => line.kind === 'demo')?.proof;
    const { verdict } = await lookAtKvm(deps);
    if (decision?.outcome.kind !== 'use') throw new Error(`no decision in ${stdout}`);
    expect(proof?.backend).toEqual(decision.outcome.backend);
    if (verdict.kind !== 'slowerThanSoftware') return;
    // A measured slowness: software it is, and the reason says how much slower KVM was.
    expect(decision.outcome.backend.engine).toBe('tcg');
    const sentence = formatText(decision.because);
    console.log(`decision of this machine: ${sentence}`);
    expect(sentence).toMatch(/KVM.*\d+(\.\d+)? times/);
    expect(proof?.witness).toMatch(/query-kvm.*"enabled":\s*false/);
  });
});
