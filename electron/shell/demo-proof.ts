// What the demo measures and proves: time to the guest's first output, and the engine seen from two sides.
// Electron-free.
import type { VmId } from '../../shared/model/brand.ts';
import { parseProbeReport } from '../../shared/model/probe-report.ts';
import type { App } from '../app-types.ts';

export interface GuestOutput {
  readonly serial: string;
  /** From the moment the start was ordered from the driver to the guest's first byte. */
  readonly firstOutputMs: number;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const historyEveryMs = 10;

/** Watches from before the machine exists, so that its start is not missed. */
export const watchGuest = (app: App): { readonly ready: (id: VmId) => Promise<GuestOutput> } => {
  const startedAt = new Map<string, number>();
  const stop = app.store.subscribe((state, before) => {
    if (state.vms === before.vms) return;
    for (const [id, vm] of Object.entries(state.vms)) {
      if (vm.power === 'starting' && !startedAt.has(id)) startedAt.set(id, performance.now());
    }
  });
  const ready = async (id: VmId): Promise<GuestOutput> => {
    let firstAt: number | undefined;
    for (;;) {
      const vm = app.store.getState().vms[id];
      if (vm?.problem) throw new Error(`${vm.problem.code} ${JSON.stringify(vm.problem.params)}`);
      // Asked in short steps: the history is filled by the driver as the bytes come.
      const bytes =
        vm?.power === 'running' ? await app.commands.serialHistory(id) : new Uint8Array();
      if (bytes.length > 0) firstAt ??= performance.now();
      const serial = Buffer.from(bytes).toString('latin1');
      if (parseProbeReport(serial)) {
        stop();
        const from = startedAt.get(id) ?? performance.now();
        return { serial, firstOutputMs: (firstAt ?? performance.now()) - from };
      }
      await pause(historyEveryMs);
    }
  };
  return { ready };
};

/** CPUID leaf 0x40000000 as the guest reads it, and the engine id it stands for. Add a row for a new engine. */
const engineBySignature: Readonly<Record<string, string>> = {
  TCGTCGTCGTCG: 'tcg',
  KVMKVMKVM: 'kvm',
};

export interface EngineVerdict {
  readonly outside: string;
  readonly inside: string;
  readonly agree: boolean;
}

export const judgeEngine = async (app: App, id: VmId, serial: string): Promise<EngineVerdict> => {
  const deadline = performance.now() + 5000;
  let proof = app.store.getState().vms[id]?.proof;
  while (!proof && performance.now() < deadline) {
    await pause(historyEveryMs);
    proof = app.store.getState().vms[id]?.proof;
  }
  const signature = parseProbeReport(serial)?.signature;
  const inside = signature === undefined ? undefined : engineBySignature[signature];
  return {
    outside: proof ? `${proof.backend.engine} (${proof.witness})` : 'not proved',
    inside: `${inside ?? 'unknown'} (CPUID signature ${signature ?? 'none'})`,
    agree:
      proof !== undefined && proof.contradicts === undefined && inside === proof.backend.engine,
  };
};
