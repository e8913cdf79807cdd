// VirtualBox's own window of a running machine, on the user's display: a program that only shows what the machine's
// program runs. It outlives the manager and may be closed at any time. A machine on a hidden display has its window
// there, and VirtualBox has no way to show it elsewhere.
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { failure } from '../../../shared/contract/errors.ts';
import { cleanDescriptors } from '../../process/clean-start.ts';

/** What fails, fails in this time; a judgement. */
const earlyMs = 2000;

/** Rejects with `console/unavailable`. */
export const openOwnWindow = async (
  program: string | undefined,
  options: {
    readonly machine: string;
    readonly name: string;
    /** The program that holds the machine: `headless`, or `GUI/Qt` when it has a window itself. */
    readonly holder: string;
    /** We started it on a hidden display. */
    readonly isHidden: boolean;
    readonly env: Readonly<Record<string, string | undefined>>;
  },
): Promise<void> => {
  const { machine, name, holder, isHidden, env } = options;
  const hasWindow = holder.startsWith('GUI');
  if (program === undefined)
    throw failure('console/unavailable', { name, reason: 'VirtualBoxVM is not installed.' });
  if (!env['DISPLAY'] && !env['WAYLAND_DISPLAY'])
    throw failure('console/unavailable', { name, reason: 'There is no desktop to show it on.' });
  if (hasWindow && isHidden) {
    const reason =
      'It runs on a hidden display, since VirtualBox’s kernel driver is not loaded. Its screen is in Polyvisor’s window.';
    throw failure('console/unavailable', { name, reason });
  }
  const args = [program, '--startvm', machine, '--separate'];
  const [file = program, ...rest] = [...cleanDescriptors(2), ...args];
  const child = spawn(file, rest, { env: { ...env }, detached: true, stdio: 'ignore' });
  child.unref();
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code) => resolve(`VirtualBoxVM ended with code ${String(code)}.`));
  });
  const reason = await Promise.race([ended, sleep(earlyMs, undefined, { ref: false })]);
  // It asked the program with the window to come to the front, and is done.
  if (hasWindow && child.exitCode === 0) return;
  if (reason !== undefined) throw failure('console/unavailable', { name, reason });
};
