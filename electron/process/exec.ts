// The one way to run a program to its end: argv array, time limit, signal, stated success codes. Never a shell.
import { spawn } from 'node:child_process';
import { failure } from '../../shared/contract/errors.ts';
import type { Logger } from '../log/logger.ts';
import { endsWithUs } from './clean-start.ts';

export interface ExecOptions {
  readonly timeoutMs: number;
  readonly okExitCodes?: readonly number[];
  readonly signal?: AbortSignal;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly input?: string;
  /** It ends with this process, even by kill -9: for programs that would wait or count for ever. */
  readonly isTied?: boolean;
  /** Called per line of stdout, split at \n and \r (progress bars). */
  readonly onLine?: (line: string) => void;
  /** Called with stderr as it comes, in pieces of any length. */
  readonly onStderr?: (piece: string) => void;
}
export interface ExecResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
  readonly durationMs: number;
}
/** Rejects with `process/not-found`, `process/timeout`, `process/failed` or `job/cancelled`. */
export type Exec = (
  file: string,
  args: readonly string[],
  options: ExecOptions,
) => Promise<ExecResult>;

const maxOutput = 16 * 1024 * 1024;
const tailLength = 4096;
export const tail = (text: string): string => text.slice(-tailLength).trim();

/** Builds an `Exec` that writes one log line per command. */
export const createExec =
  (log: Logger): Exec =>
  (file, args, options) =>
    new Promise((resolve, reject) => {
      if (options.signal?.aborted) {
        reject(failure('job/cancelled', {}));
        return;
      }
      const startedAt = performance.now();
      const argv = [file, ...args];
      const tied = options.isTied ? [...endsWithUs(), file, ...args] : [file, ...args];
      const child = spawn(tied[0] ?? file, tied.slice(1), {
        cwd: options.cwd,
        env: options.env,
        stdio: ['pipe', 'pipe', 'pipe'],
      });
      let stdout = '';
      let stderr = '';
      let line = '';
      let ending: 'timeout' | 'cancelled' | undefined;
      const end = (why: 'timeout' | 'cancelled'): void => {
        ending ??= why;
        child.kill('SIGTERM');
        setTimeout(() => child.kill('SIGKILL'), 2000).unref();
      };
      const timer = setTimeout(() => end('timeout'), options.timeoutMs);
      const onAbort = (): void => end('cancelled');
      options.signal?.addEventListener('abort', onAbort, { once: true });
      child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
        if (stdout.length < maxOutput) stdout += chunk;
        if (!options.onLine) return;
        line += chunk;
        const parts = line.split(/[\r\n]/);
        line = parts.pop() ?? '';
        for (const part of parts) if (part !== '') options.onLine(part);
      });
      child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
        if (stderr.length < maxOutput) stderr += chunk;
        options.onStderr?.(chunk);
      });
      // A program that ends before reading its input is judged by its exit, not by EPIPE.
      child.stdin.on('error', () => undefined);
      child.stdin.end(options.input ?? '');
      const settle = (): number => {
        clearTimeout(timer);
        options.signal?.removeEventListener('abort', onAbort);
        return Math.round(performance.now() - startedAt);
      };
      child.on('error', (error: NodeJS.ErrnoException) => {
        settle();
        const missing = error.code === 'ENOENT';
        log.info('exec', { argv, error: error.message });
        reject(
          missing
            ? failure('process/not-found', { command: file }, { cause: error })
            : failure(
                'process/failed',
                { command: file, exit: error.code ?? 'error', stderr: error.message },
                { cause: error },
              ),
        );
      });
      child.on('close', (code, signal) => {
        const durationMs = settle();
        const exit = code === null ? String(signal) : `exit code ${code}`;
        log.info('exec', { argv, exit, durationMs });
        const command = { argv, exit, stderrTail: tail(stderr) };
        if (ending === 'timeout') {
          const seconds = options.timeoutMs / 1000;
          reject(failure('process/timeout', { command: file, seconds }, { command }));
        } else if (ending === 'cancelled') {
          reject(failure('job/cancelled', {}, { command }));
        } else if (code === null || !(options.okExitCodes ?? [0]).includes(code)) {
          const params = { command: file, exit, stderr: tail(stderr) };
          reject(failure('process/failed', params, { command }));
        } else {
          resolve({ stdout, stderr, exitCode: code, durationMs });
        }
      });
    });
