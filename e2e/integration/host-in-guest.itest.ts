// Our core on a host with a healthy KVM: the check says so, the decision is KVM, and a VM that our driver starts
// there proves KVM from inside and from outside. The host is a guest of ours with a real kvm_amd.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Decision, EngineFact, EngineProof, HostCheck } from '../../shared/model/compat.ts';
import { parseProbeReport } from '../../shared/model/probe-report.ts';
import { ensureBuilt } from '../harness/guests.ts';
import { inside, startHostInGuest } from '../harness/linux/host-in-guest.ts';
import type { LinuxGuest } from '../harness/linux/linux-guest.ts';

type Line =
  | { readonly kind: 'engines'; readonly engines: readonly EngineFact[] }
  | { readonly kind: 'kvm'; readonly check?: HostCheck }
  | { readonly kind: 'decision'; readonly decision: Decision }
  | {
      readonly kind: 'demo';
      readonly isReady: boolean;
      readonly proof?: EngineProof;
      readonly serial: string;
    };

/** Everything there runs in software on a machine that may be busy: 30 s on a calm one. */
const patience = { timeout: 240_000 };

let host: LinuxGuest | undefined;
const there = (): LinuxGuest => {
  if (!host) throw new Error('the host in a guest did not start');
  return host;
};

/** Runs our core without a window on that host; its output is one JSON document a line. */
const core = async (command: 'kvm-check' | 'demo'): Promise<readonly Line[]> => {
  const started = Date.now();
  const output = await there().must(
    `${inside.node} ${inside.core} ${command} ${inside.resources}`,
    240_000,
  );
  console.log(`${command} on the inner host: ${Date.now() - started} ms`);
  return output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Line);
};

const pick = <K extends Line['kind']>(
  lines: readonly Line[],
  kind: K,
): Extract<Line, { kind: K }> => {
  const line = lines.find((one): one is Extract<Line, { kind: K }> => one.kind === kind);
  if (!line) throw new Error(`no ${kind} in ${JSON.stringify(lines)}`);
  return line;
};

beforeAll(async () => {
  await ensureBuilt('guests', 'core');
  host = await startHostInGuest();
});
afterAll(async () => {
  await host?.dispose();
});

describe('a host with a healthy KVM', () => {
  it('has a KVM made by the processor module itself', async () => {
    expect(await there().must('cat /proc/modules')).toMatch(/^kvm_amd /m);
    expect(await there().must('test -c /dev/kvm && dmesg')).toContain('Nested Paging enabled');
  });

  it('is called healthy by the KVM check', patience, async () => {
    let lines = await core('kvm-check');
    // A loaded host may be undecided, which asks to look again; it must never be condemned.
    for (let look = 1; look < 4 && pick(lines, 'kvm').check?.verdict === 'unknown'; look += 1) {
      lines = await core('kvm-check');
    }
    const { check } = pick(lines, 'kvm');
    expect(check?.raw).toContain('"kind":"healthy"');
    expect(check?.verdict).toBe('good');
    const native = pick(lines, 'engines').engines.find((fact) => fact.engine === 'kvm');
    expect(native).toMatchObject({ standing: 'usable', confidence: 'measured' });
  });

  it('runs the demo VM on KVM, proven from inside and outside', patience, async () => {
    const lines = await core('demo');
    const { decision } = pick(lines, 'decision');
    expect(decision.outcome).toMatchObject({ kind: 'use', backend: { engine: 'kvm' } });
    const { isReady, proof, serial } = pick(lines, 'demo');
    expect(isReady).toBe(true);
    expect(proof?.backend.engine).toBe('kvm');
    expect(proof?.witness).toMatch(/query-kvm.*"enabled":\s*true/);
    expect(proof).not.toHaveProperty('contradicts');
    const report = parseProbeReport(serial);
    expect(report).toMatchObject({ signature: 'KVMKVMKVM', reachedLong: true });
  });

  it('falls back to software, with the reason, when the device goes away', patience, async () => {
    await there().must('mv /dev/kvm /dev/kvm-away');
    try {
      const lines = await core('kvm-check');
      const native = pick(lines, 'engines').engines.find((fact) => fact.engine === 'kvm');
      expect(native).toMatchObject({ standing: 'unusable', checkIds: ['kvm.dev'] });
    } finally {
      await there().must('mv /dev/kvm-away /dev/kvm');
    }
  });
});
