// JSON-lines log with redaction, rotation by size, and a ring of the last lines for reports.
import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

export interface Logger {
  readonly info: (message: string, facts?: Readonly<Record<string, unknown>>) => void;
  readonly warn: (message: string, facts?: Readonly<Record<string, unknown>>) => void;
  readonly error: (message: string, facts?: Readonly<Record<string, unknown>>) => void;
  /** A logger whose lines carry `scope`. */
  readonly scoped: (scope: string) => Logger;
}

const secretKey = /pass(word)?|secret|token|cookie/i;
const rotateAtBytes = 4 * 1024 * 1024;
const ringSize = 200;

const redact = (key: string, value: unknown): unknown =>
  key !== '' && secretKey.test(key) ? '[redacted]' : value;

export const silentLogger: Logger = {
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  scoped: () => silentLogger,
};

export interface FileLogger extends Logger {
  readonly recent: () => readonly string[];
}

/** Logs to `path` (created with its folder, rotated to `.1`) and, for warnings, to stderr when `isVerbose`. */
export const createFileLogger = (path: string, isVerbose = false): FileLogger => {
  const ring: string[] = [];
  let isBroken = false;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    if (size > rotateAtBytes) renameSync(path, `${path}.1`);
  } catch {
    // A read-only state folder must not keep the program from starting; the ring still works.
    isBroken = true;
  }
  const write = (
    level: string,
    scope: string,
    message: string,
    facts: Readonly<Record<string, unknown>> = {},
  ): void => {
    const line = JSON.stringify(
      { at: new Date().toISOString(), level, scope, message, ...facts },
      redact,
    );
    ring.push(line);
    if (ring.length > ringSize) ring.shift();
    if (isVerbose && level !== 'info') process.stderr.write(`${line}\n`);
    if (isBroken) return;
    try {
      appendFileSync(path, `${line}\n`, { mode: 0o600 });
    } catch {
      // Disk full or folder gone: logging must never be what fails.
      isBroken = true;
    }
  };
  const scoped = (scope: string): Logger => ({
    info: (message, facts) => write('info', scope, message, facts),
    warn: (message, facts) => write('warn', scope, message, facts),
    error: (message, facts) => write('error', scope, message, facts),
    scoped: (inner) => scoped(`${scope}.${inner}`),
  });
  return { ...scoped('app'), recent: () => ring };
};
