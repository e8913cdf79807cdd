// Starts a machine without VirtualBox's kernel driver: VirtualBoxVM --driverless on a private X server. Success and
// failure are read from the machine's state and its log, never from the process: a failed start shows a dialog
// nobody sees, stays alive and keeps the machine locked, so it is ended here and the lock awaited.
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { failure } from '../../../shared/contract/errors.ts';
import { cleanDescriptors } from '../../process/clean-start.ts';
import { readEngineLog, type EngineLog } from './engine-log.ts';
import { parseVmList } from './parse-list.ts';
import { parseVmInfo, type VmInfo } from './parse-vminfo.ts';
import { judgeStart, judgeStderr, type StartProblem } from './start-errors.ts';
import { refusalCode, type VBoxManage } from './vboxmanage.ts';
import { startXServer } from './x-server.ts';

export interface LaunchOptions {
  readonly manage: VBoxManage;
  /** VirtualBoxVM. */
  readonly program: string;
  readonly machine: string;
  /** The machine's own folders: run time (short), and for what the program prints. */
  readonly runtime: string;
  readonly logFolder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

export type LaunchOutcome =
  | {
      readonly kind: 'running';
      readonly pid: number;
      readonly log: EngineLog;
      /** Of the private X server. */
      readonly display: string;
    }
  | { readonly kind: 'failed'; readonly problem: StartProblem };

const lookMs = 100;
const startLimitMs = 120_000;
const lockLimitMs = 30_000;

/**
 * `showvminfo` joins the program that runs the machine; while that begins or ends it fails in many ways, all passing
 * (seen: VBOX_E_VM_ERROR, E_ACCESSDENIED, NS_ERROR_UNEXPECTED). So it is asked again for a while, and never during
 * a start, which it can hold up.
 */
const passingLimitMs = 5000;

export const readMachine = async (manage: VBoxManage, machine: string): Promise<VmInfo> => {
  const deadline = performance.now() + passingLimitMs;
  for (;;) {
    try {
      const info = parseVmInfo(await manage.read(['showvminfo', machine, '--machinereadable']));
      if (!info) throw failure('vm/not-found', { id: machine });
      return info;
    } catch (error) {
      const code = refusalCode(error);
      if (code === 'VBOX_E_OBJECT_NOT_FOUND') throw failure('vm/not-found', { id: machine });
      if (code === undefined || performance.now() > deadline) throw error;
      await sleep(lookMs);
    }
  }
};

/** VirtualBox's list joins no machine, so it disturbs none. */
const isListedRunning = async (manage: VBoxManage, machine: string): Promise<boolean> =>
  parseVmList(await manage.read(['list', 'runningvms'])).some((row) => row.id === machine);

/** The log of the process `pid`, not an older one's; `undefined` while there is none. */
const logOf = async (folder: string, pid: number): Promise<EngineLog | undefined> => {
  const log = readEngineLog(await readFile(join(folder, 'VBox.log'), 'utf8').catch(() => ''));
  return log.processId === pid ? log : undefined;
};

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** Resolves when no program holds the machine; rejects with `virtualbox/locked` after half a minute. */
export const waitForLock = async (manage: VBoxManage, machine: string): Promise<void> => {
  const deadline = performance.now() + lockLimitMs;
  for (;;) {
    const info = await readMachine(manage, machine);
    if (info.session === undefined) return;
    if (performance.now() > deadline) throw failure('virtualbox/locked', { name: info.name });
    await sleep(lookMs);
  }
};

const endProcess = async (pid: number): Promise<void> => {
  if (!isAlive(pid)) return;
  process.kill(pid, 'SIGKILL');
  while (isAlive(pid)) await sleep(20);
};

/** Rejects with `job/cancelled` when cancelled; the machine is off and free then. */
export const launchDriverless = async (options: LaunchOptions): Promise<LaunchOutcome> => {
  const { manage, machine, signal, env } = options;
  const before = await readMachine(manage, machine);
  if (before.session !== undefined) throw failure('virtualbox/locked', { name: before.name });
  const server = await startXServer(options.runtime, env);
  mkdirSync(options.logFolder, { recursive: true, mode: 0o700 });
  const printedPath = join(options.logFolder, 'virtualbox.log');
  const printed = openSync(printedPath, 'w', 0o600);
  const args = [options.program, '--startvm', machine, '--driverless'];
  const [file = options.program, ...rest] = [...cleanDescriptors(2), ...args];
  const child = spawn(file, rest, {
    env: { ...env, ...server.env, QT_QPA_PLATFORM: 'xcb', WAYLAND_DISPLAY: undefined },
    detached: true,
    stdio: ['ignore', printed, printed],
  });
  closeSync(printed);
  const pid = child.pid ?? -1;
  let hasEnded = false;
  child.once('error', () => (hasEnded = true));
  child.once('exit', () => (hasEnded = true));
  child.unref();

  const giveUp = async (): Promise<void> => {
    if (!hasEnded) await endProcess(pid);
    server.end();
    await waitForLock(manage, machine);
  };
  const deadline = performance.now() + startLimitMs;
  try {
    for (;;) {
      if (signal.aborted) throw failure('job/cancelled', {});
      const gone = hasEnded;
      const log = await logOf(before.logFolder, pid);
      if (log?.problem) {
        await giveUp();
        return { kind: 'failed', problem: log.problem };
      }
      if (log?.outcome === 'running' && (await isListedRunning(manage, machine))) {
        server.release();
        return { kind: 'running', pid, log, display: server.env['DISPLAY'] ?? '' };
      }
      if (gone) {
        const said = await readFile(printedPath, 'utf8').catch(() => '');
        await giveUp();
        const problem = judgeStderr(said) ?? judgeStart('none', said.trim().slice(-500));
        return { kind: 'failed', problem };
      }
      if (performance.now() > deadline) {
        await giveUp();
        const message = `it did not run after ${startLimitMs / 1000} seconds`;
        return { kind: 'failed', problem: judgeStart('none', message) };
      }
      await sleep(lookMs);
    }
  } catch (error) {
    await giveUp();
    throw error;
  }
};
