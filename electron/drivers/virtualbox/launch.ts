// Starts a machine by the program its route names: VBoxHeadless, or, without VirtualBox's kernel driver, VirtualBoxVM
// --driverless on a private X server. Success and failure are read from the machine's state and its log, never from
// the process: VirtualBoxVM's failed start shows a dialog nobody sees, stays alive and keeps the machine locked, so it
// is ended here and the lock awaited.
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { failure } from '../../../shared/contract/errors.ts';
import { cleanDescriptors } from '../../process/clean-start.ts';
import { readEngineLog, type EngineLog } from './engine-log.ts';
import { missingInterface } from './host-interfaces.ts';
import { parseVmList } from './parse-list.ts';
import { readMachine } from './read-machine.ts';
import { judgeStart, judgeStderr, type StartProblem } from './start-errors.ts';
import { vboxEnv, type VBoxManage } from './vboxmanage.ts';
import type { Look } from './machine-look.ts';
import type { Route } from './routes.ts';
import { startXServer, type XServer } from './x-server.ts';

export { readMachine };

/** Of the program's first descriptor of ours. */
export const firstDescriptor = 3;

export interface LaunchOptions {
  readonly manage: VBoxManage;
  readonly route: Route;
  /** Of that route: VBoxHeadless, VirtualBoxVM. */
  readonly program: string;
  readonly machine: string;
  /** The machine's own folders: run time (short), and for what the program prints. */
  readonly runtime: string;
  readonly logFolder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** Descriptors of ours that the program gets, numbered from `firstDescriptor` on. */
  readonly descriptors?: readonly number[];
  /** Asks less than `showvminfo` does, which a beginning machine does not bear. */
  readonly isRunning?: () => Promise<boolean>;
  readonly look?: Look;
}

export type LaunchOutcome =
  | {
      readonly kind: 'running';
      readonly pid: number;
      readonly log: EngineLog;
      /** Of the private X server, if there is one. */
      readonly display?: string;
    }
  | { readonly kind: 'failed'; readonly problem: StartProblem };

const lookMs = 100;
const startLimitMs = 120_000;
const lockLimitMs = 30_000;

/** VirtualBox's list joins no machine, so it disturbs none. */
const isListedRunning = async (manage: VBoxManage, machine: string): Promise<boolean> =>
  parseVmList(await manage.read(['list', 'runningvms'])).some((row) => row.id === machine);

/** The log of the process `pid`, not an older one's; `undefined` while there is none. */
const logOf = async (folder: string, pid: number): Promise<EngineLog | 'sealed' | undefined> => {
  const text = await readFile(join(folder, 'VBox.log'), 'utf8').catch(() => '');
  // That of an encrypted machine is encrypted too, so VirtualBox's word on its state is all there is.
  if (text.slice(0, 1000).includes('\ufffd')) return 'sealed';
  const log = readEngineLog(text);
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
export const waitForLock = async (
  manage: VBoxManage,
  machine: string,
  look?: Look,
  limitMs = lockLimitMs,
): Promise<void> => {
  const deadline = performance.now() + limitMs;
  for (;;) {
    const { name, holder } = look
      ? await look(machine)
      : await readMachine(manage, machine).then((info) => ({ ...info, holder: info.session }));
    if (holder === undefined) return;
    if (performance.now() > deadline) throw failure('virtualbox/locked', { name });
    await sleep(lookMs);
  }
};

const endProcess = async (pid: number): Promise<void> => {
  if (!isAlive(pid)) return;
  process.kill(pid, 'SIGKILL');
  while (isAlive(pid)) await sleep(20);
};

interface Started {
  readonly pid: number;
  readonly hasEnded: () => boolean;
  readonly said: () => Promise<string>;
}

/** The machine's program, which outlives us; what it prints goes to a file of its own. */
const startProgram = (options: LaunchOptions, server: XServer | undefined): Started => {
  const { program, machine, logFolder, env, descriptors = [] } = options;
  mkdirSync(logFolder, { recursive: true, mode: 0o700 });
  const printedPath = join(logFolder, 'virtualbox.log');
  const printed = openSync(printedPath, 'w', 0o600);
  const args = [program, '--startvm', machine, ...(server ? ['--driverless'] : [])];
  const [file = program, ...rest] = [...cleanDescriptors(2 + descriptors.length), ...args];
  const display = server
    ? { ...server.env, QT_QPA_PLATFORM: 'xcb', WAYLAND_DISPLAY: undefined }
    : {};
  const child = spawn(file, rest, {
    env: { ...vboxEnv(env), ...display },
    detached: true,
    stdio: ['ignore', printed, printed, ...descriptors],
  });
  closeSync(printed);
  let hasEnded = false;
  child.once('error', () => (hasEnded = true));
  child.once('exit', () => (hasEnded = true));
  child.unref();
  return {
    pid: child.pid ?? -1,
    hasEnded: () => hasEnded,
    said: () => readFile(printedPath, 'utf8').catch(() => ''),
  };
};

/** Rejects with `job/cancelled` when cancelled, `virtualbox/locked` when it is held; it is off and free then. */
export const launchMachine = async (options: LaunchOptions): Promise<LaunchOutcome> => {
  const { manage, machine, signal, env, look } = options;
  const before = look
    ? await look(machine)
    : await readMachine(manage, machine).then((info) => ({ ...info, holder: info.session }));
  if (before.holder !== undefined) throw failure('virtualbox/locked', { name: before.name });
  if (options.route === 'hiddenDisplay') {
    const problem = await missingInterface(manage, await readMachine(manage, machine));
    if (problem) return { kind: 'failed', problem };
  }
  const server =
    options.route === 'hiddenDisplay' ? await startXServer(options.runtime, env) : undefined;
  const { pid, hasEnded, said } = startProgram(options, server);
  const isRunning = options.isRunning ?? ((): Promise<boolean> => isListedRunning(manage, machine));

  const giveUp = async (): Promise<void> => {
    if (!hasEnded()) await endProcess(pid);
    server?.end();
    await waitForLock(manage, machine, look);
  };
  const deadline = performance.now() + startLimitMs;
  try {
    for (;;) {
      if (signal.aborted) throw failure('job/cancelled', {});
      const isGone = hasEnded();
      const found = await logOf(before.logFolder, pid);
      const log: EngineLog | undefined = found === 'sealed' ? { outcome: 'running' } : found;
      if (log?.problem) {
        await giveUp();
        return { kind: 'failed', problem: log.problem };
      }
      if (log?.outcome === 'running' && (await isRunning())) {
        server?.release();
        const display = server?.env['DISPLAY'];
        return { kind: 'running', pid, log, ...(display === undefined ? {} : { display }) };
      }
      if (isGone) {
        const printed = await said();
        await giveUp();
        const problem = judgeStderr(printed) ?? judgeStart('none', printed.trim().slice(-500));
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

/** On a hidden display, whatever else would be possible. */
export const launchDriverless = (options: Omit<LaunchOptions, 'route'>): Promise<LaunchOutcome> =>
  launchMachine({ ...options, route: 'hiddenDisplay' });
