// Starts the self-test ROM once on one engine and writes down when each stage was reached.
import { isFailure } from '../../../shared/contract/errors.ts';
import { tail, type Exec } from '../../process/exec.ts';
import type { SelfTestRun, Stage } from './model.ts';

export interface SelfTestOptions {
  readonly qemu: string;
  readonly rom: string;
  readonly engine: 'kvm' | 'tcg';
  readonly cpuModel: string;
  readonly limitMs: number;
  readonly signal?: AbortSignal;
}

// Letters of build/guests/selftest/selftest.asm, one a line on the debug console.
const stageOf: Readonly<Record<string, Stage>> = {
  R: 'real',
  P: 'protected',
  L: 'long',
  S: 'extended',
};
// isa-debug-exit: (value << 1) | 1 for the values 18 (end) and 17 (wrong result).
const endCode = 37;
const wrongCode = 35;
// The last stage is a dozen instructions; what has not come then will not come.
const lastStageLimitMs = 2000;
// QEMU stays in its "internal error" state for ever; the registers it prints are waited for.
const dumpMs = 100;

export const selfTestArgs = (options: SelfTestOptions): readonly string[] => [
  '-nodefaults',
  '-no-user-config',
  ...['-display', 'none', '-no-reboot', '-M', 'pc', '-m', '16'],
  ...['-accel', options.engine, '-cpu', options.cpuModel, '-bios', options.rom],
  ...['-chardev', 'stdio,id=d', '-device', 'isa-debugcon,iobase=0xe9,chardev=d'],
  ...['-device', 'isa-debug-exit,iobase=0xf4,iosize=1'],
];

const giveUp = (stderr: string): string | undefined =>
  /^KVM internal error.*$|^.*emulation failure.*$|^error: kvm run failed.*$/m.exec(stderr)?.[0];

/** Rejects only when cancelled by `signal`. */
export const runSelfTest = async (exec: Exec, options: SelfTestOptions): Promise<SelfTestRun> => {
  const args = selfTestArgs(options);
  const reached: Partial<Record<Stage, number>> = {};
  const startedAt = performance.now();
  const elapsed = (): number => Math.round((performance.now() - startedAt) * 10) / 10;
  const stalled = new AbortController();
  let stallTimer: NodeJS.Timeout | undefined;
  let isPartial = false;
  const onLine = (line: string): void => {
    const stage = stageOf[line];
    if (stage) reached[stage] ??= elapsed();
    if (line === 'l' || line === 's') isPartial = true;
    if (stage === 'long') stallTimer = setTimeout(() => stalled.abort(), lastStageLimitMs);
  };
  const onStderr = (piece: string): void => {
    if (giveUp(piece) === undefined) return;
    clearTimeout(stallTimer);
    stallTimer = setTimeout(() => stalled.abort(), dumpMs);
  };
  const finish = (end: SelfTestRun['end'], stderr: string): SelfTestRun => ({
    engine: options.engine,
    cpuModel: options.cpuModel,
    reached,
    totalMs: elapsed(),
    end,
    stderr,
    argv: [options.qemu, ...args],
  });
  try {
    const signal = options.signal
      ? AbortSignal.any([options.signal, stalled.signal])
      : stalled.signal;
    const { exitCode, stderr } = await exec(options.qemu, args, {
      timeoutMs: options.limitMs,
      okExitCodes: [endCode, wrongCode],
      isTied: true,
      signal,
      onLine,
      onStderr,
    });
    if (exitCode === wrongCode) {
      return finish({ kind: 'stopped', how: 'the guest computed a wrong result' }, tail(stderr));
    }
    return finish({ kind: isPartial ? 'passedInPart' : 'passed' }, tail(stderr));
  } catch (error) {
    if (!isFailure(error) || options.signal?.aborted) throw error;
    const stderr = error.error.command?.stderrTail ?? '';
    const gaveUp = giveUp(stderr);
    if (gaveUp !== undefined) return finish({ kind: 'stopped', how: gaveUp }, stderr);
    switch (error.error.code) {
      case 'job/cancelled':
        return finish({ kind: 'timedOut', limitMs: elapsed() }, stderr);
      case 'process/timeout':
        return finish({ kind: 'timedOut', limitMs: options.limitMs }, stderr);
      case 'process/failed':
        return error.error.command
          ? finish({ kind: 'stopped', how: `QEMU ended: ${error.error.command.exit}` }, stderr)
          : finish({ kind: 'notRun', how: error.message }, stderr);
      default:
        return finish({ kind: 'notRun', how: error.message }, stderr);
    }
  } finally {
    clearTimeout(stallTimer);
  }
};
