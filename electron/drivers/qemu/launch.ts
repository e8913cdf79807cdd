// Spawns the QEMU of a VM, detached, so that it outlives us, and connects to its monitor.
// The start record is written before and after the spawn: see run-record.ts.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { failure, isFailure } from '../../../shared/contract/errors.ts';
import type { EngineId } from '../../../shared/model/brand.ts';
import type { VmDefinition } from '../../../shared/model/vm.ts';
import { persistFailure } from '../../persist/json-file.ts';
import { cleanDescriptors } from '../../process/clean-start.ts';
import { commandLine } from './command-line.ts';
import { pidFileOf, type VmFiles } from './files.ts';
import type { UefiFirmware } from './firmware.ts';
import { startFailure } from './launch-errors.ts';
import { mayWrite } from './media-checks.ts';
import { socketsOf, type NicPlugs } from './netdev.ts';
import { lastLines, rotateLog, sizeOf, spokenBy } from './log-file.ts';
import { bootId, identify, signalProcess, type ProcessIdentity } from './processes.ts';
import { connectQmp, type QmpClient, type QmpTimes } from './qmp.ts';
import { removeRecord, writeRecord, type RunRecord } from './run-record.ts';
import { scopePrefix } from './scope.ts';

export interface LaunchInput {
  readonly systemPath: string;
  readonly definition: VmDefinition;
  readonly engine: EngineId;
  readonly files: VmFiles;
  readonly hasSandbox: boolean;
  readonly uefi?: UefiFirmware | undefined;
  /** Open descriptor of the saved state to restore; stays ours to close. */
  readonly stateFd?: number | undefined;
  readonly plugs: NicPlugs;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly times: QmpTimes;
  readonly signal: AbortSignal;
  readonly now: () => number;
}

export interface Launched {
  readonly record: RunRecord;
  readonly identity: ProcessIdentity;
  readonly qmp: QmpClient;
  /** "exit code 1" or "signal SIGKILL", when the process ended. */
  readonly exited: Promise<string>;
}

/** Opening memory and firmware takes long on a loaded host, but not longer than this. */
const startLimitMs = 60_000;

const cleanSockets = (files: VmFiles, plugs: NicPlugs): void => {
  for (const path of [
    ...socketsOf(plugs),
    files.qmp,
    files.qmp2,
    files.vnc,
    files.serial,
    files.agent,
    files.migration,
  ]) {
    rmSync(path, { force: true });
  }
};

const errnoOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error ? String(error.code) : undefined;

/** Tries until QEMU listens: nothing announces the moment between bind() and listen(). */
const connectWhenReady = async (
  input: LaunchInput,
  ended: () => boolean,
): Promise<QmpClient | undefined> => {
  const deadline = performance.now() + startLimitMs;
  const times = { ...input.times, greetingMs: startLimitMs };
  while (!ended()) {
    try {
      return await connectQmp(input.files.qmp, input.definition.name, times);
    } catch (error) {
      const errno = errnoOf(error);
      if (errno !== 'ENOENT' && errno !== 'ECONNREFUSED') throw error;
      if (performance.now() > deadline) {
        const { name } = input.definition;
        throw failure('qemu/qmp-timeout', {
          name,
          command: 'connect',
          seconds: startLimitMs / 1000,
        });
      }
    }
    await sleep(1);
  }
  return undefined;
};

const openLog = (path: string): number => {
  try {
    rotateLog(path);
    return openSync(path, 'a', 0o600);
  } catch (error) {
    throw persistFailure(path, error);
  }
};

/** How a start is tried; changed only when QEMU's own words say why the former try failed. */
interface Attempt {
  readonly hasScope: boolean;
  readonly cpu?: string;
}

/** systemd-run when the user's systemd does not make a scope (no bus, no cgroup delegation ...). */
const scopeProblem = /transient scope|connect to bus|user scope bus|Interactive authentication/i;
/**
 * A KVM that announces IA32_ARCH_CAPABILITIES but does not take it: seen on the paravirtual KVM of a cloud host
 * with QEMU 7.2, where `-cpu host` aborts. Only there the guest goes without that register.
 */
const archCapabilitiesProblem = /failed to set MSR 0x10a/;

const nextAttempt = (error: unknown, input: LaunchInput, last: Attempt): Attempt | undefined => {
  if (!isFailure(error, 'qemu/exited-at-start')) return undefined;
  const words = String(error.error.params['stderr']);
  if (last.hasScope && scopeProblem.test(words)) return { ...last, hasScope: false };
  const isHostCpu = input.engine === 'kvm' && input.definition.config.cpuModel === 'default';
  if (isHostCpu && last.cpu === undefined && archCapabilitiesProblem.test(words)) {
    return { ...last, cpu: 'host,-arch-capabilities' };
  }
  return undefined;
};

/** Starts QEMU, in a scope of its own where that works. */
export const launch = async (input: LaunchInput): Promise<Launched> => {
  let attempt: Attempt = { hasScope: true };
  for (;;) {
    try {
      return await launchOnce(input, attempt);
    } catch (error) {
      const next = nextAttempt(error, input, attempt);
      if (!next) throw error;
      attempt = next;
    }
  }
};

const launchOnce = async (input: LaunchInput, attempt: Attempt): Promise<Launched> => {
  const { definition, files, engine, stateFd } = input;
  const { name } = definition;
  const token = randomBytes(6).toString('hex');
  const pidFile = pidFileOf(files, token);
  const isRestore = stateFd !== undefined;
  const args = commandLine({
    definition,
    engine,
    files,
    pidFile,
    hasSandbox: input.hasSandbox,
    uefi: input.uefi,
    cpu: attempt.cpu,
    isFloppyReadOnly: !mayWrite(definition.config.floppy?.path),
    isRestore,
    plugs: input.plugs,
  });
  const prefix = attempt.hasScope ? scopePrefix(input.env, definition.id, token) : [];
  const clean = cleanDescriptors(stateFd === undefined ? 2 : 3);
  const [program = '', ...rest] = [...prefix, ...clean, input.systemPath, ...args];
  const log = openLog(files.log);
  let record: RunRecord = {
    version: 1,
    token,
    bootId: bootId(),
    engine,
    phase: isRestore ? 'restoring' : 'starting',
    argv: [input.systemPath, ...args],
    logOffset: sizeOf(files.log),
    pidFile,
    definition,
    plugs: input.plugs,
    startedAt: input.now(),
  };
  try {
    const stamp = new Date(input.now()).toISOString();
    writeSync(log, `# ${stamp} start: ${JSON.stringify([program, ...rest])}\n`);
    cleanSockets(files, input.plugs);
    writeRecord(files.record, record);
  } catch (error) {
    closeSync(log);
    throw persistFailure(files.log, error);
  }
  let end: string | undefined;
  const child = spawn(program, rest, {
    cwd: '/',
    detached: true,
    env: input.env,
    stdio: ['ignore', log, log, ...(stateFd === undefined ? [] : [stateFd])],
  });
  closeSync(log);
  const exited = new Promise<string>((resolve) => {
    const settle = (text: string): void => {
      end = text;
      resolve(text);
    };
    child.once('error', (error) => settle(error.message));
    child.once('exit', (code, signal) =>
      settle(code === null ? `signal ${signal}` : `exit code ${code}`),
    );
  });
  child.unref();
  const identity = child.pid === undefined ? undefined : identify(child.pid);
  const abandon = (): void => {
    if (identity) signalProcess(identity, 'SIGKILL');
  };
  try {
    if (child.pid === undefined || identity === undefined) {
      await exited;
      throw failure('qemu/missing', { binary: program });
    }
    record = { ...record, ...identity };
    writeRecord(files.record, record);
    input.signal.addEventListener('abort', abandon, { once: true });
    const qmp = await connectWhenReady(input, () => end !== undefined).catch(async (error) => {
      // The monitor closes while QEMU gives up: its exit says more than the closed socket.
      await Promise.race([exited, sleep(2000)]);
      if (end === undefined) throw error;
      return undefined;
    });
    if (input.signal.aborted) throw failure('job/cancelled', {});
    if (qmp) return { record, identity, qmp, exited };
    const stderr = spokenBy(lastLines(files.log, 20, record.logOffset));
    const exit = end ?? 'unknown';
    throw startFailure({ name, exit, stderr, argv: record.argv, config: definition.config });
  } catch (error) {
    abandon();
    if (identity) await exited;
    removeRecord(files.record, record);
    cleanSockets(files, input.plugs);
    throw error;
  } finally {
    input.signal.removeEventListener('abort', abandon);
  }
};
