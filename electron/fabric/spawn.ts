// Starts the fabric's process detached from the manager: a session of its own, a systemd scope where there is one, its
// words in a log file.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { cleanDescriptors } from '../process/clean-start.ts';
import { inScope, scopeProblem } from '../process/scope.ts';
import type { Env } from '../paths.ts';

export interface SpawnInput {
  /** argv of the role. */
  readonly command: readonly string[];
  readonly env: Env;
  readonly logPath: string;
}

export interface Spawned {
  /** "exit code 1" or "signal SIGKILL" with the last words, when it ended. */
  readonly ended: () => string | undefined;
}

const lastWords = (path: string): string => {
  try {
    return readFileSync(path, 'utf8').trim().slice(-600);
  } catch {
    return '';
  }
};

const spawnOnce = (input: SpawnInput, prefix: readonly string[]): Spawned => {
  mkdirSync(dirname(input.logPath), { recursive: true, mode: 0o700 });
  const log = openSync(input.logPath, 'w', 0o600);
  const [program = '', ...args] = [...prefix, ...cleanDescriptors(2), ...input.command];
  let end: string | undefined;
  try {
    const child = spawn(program, args, {
      cwd: '/',
      detached: true,
      env: input.env,
      stdio: ['ignore', log, log],
    });
    const settle = (how: string): void => {
      end ??= `${how} ${lastWords(input.logPath)}`.trim();
    };
    child.once('error', (error) => settle(error.message));
    child.once('exit', (code, signal) =>
      settle(code === null ? `signal ${signal}` : `exit code ${code}`),
    );
    child.unref();
  } finally {
    closeSync(log);
  }
  return { ended: () => end };
};

/** Tries with a scope first; where systemd makes none, without. Throws what the file system throws. */
export const spawnFabric = (input: SpawnInput): Spawned => {
  const scope = inScope(input.env, `polyvisor-fabric-${randomBytes(4).toString('hex')}`);
  let current = spawnOnce(input, scope);
  let isScoped = scope.length > 0;
  return {
    ended: () => {
      const end = current.ended();
      if (end === undefined || !isScoped || !scopeProblem.test(end)) return end;
      isScoped = false;
      current = spawnOnce(input, []);
      return undefined;
    },
  };
};
