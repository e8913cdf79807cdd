// Runs VBoxManage. Questions have a short limit and are asked once more when it stalls (seen: 10 s, once in sixty
// calls); changes are never repeated: whoever asked judges by the machine's state. Exit code 0 proves nothing here.
import { setTimeout as sleep } from 'node:timers/promises';
import { failure, isFailure, type AppFailure } from '../../../shared/contract/errors.ts';
import type { Exec, ExecResult } from '../../process/exec.ts';

export interface VBoxError {
  readonly text: string;
  /** Symbol as printed, for example `VBOX_E_OBJECT_NOT_FOUND`. */
  readonly code?: string;
  readonly component?: string;
}

/** Messages of `VBoxManage: error:`; details and context lines belong to the message, not to a new one. */
export const parseError = (stderr: string): VBoxError | undefined => {
  const lines = [...stderr.matchAll(/^VBoxManage: error: (.*)$/gm)].map((row) => row[1] ?? '');
  const said = lines.filter((line) => !/^(Details: code|Context: ")/.test(line));
  const text = said.join(' ').trim();
  if (text === '') return undefined;
  const details = lines
    .map((line) => /^Details: code (\S+) \(0x[0-9a-f]+\), component (\w+)/.exec(line))
    .find((row) => row !== null);
  if (!details) return { text };
  return { text, code: details[1] ?? '', component: details[2] ?? '' };
};

export interface VBoxManageOptions {
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
}

export interface VBoxManage {
  /** For what changes nothing. Resolves to stdout. */
  read(args: readonly string[], options?: VBoxManageOptions): Promise<string>;
  /** For what changes something. */
  change(args: readonly string[], options?: VBoxManageOptions): Promise<string>;
}

const readLimitMs = 5000;
const secondReadLimitMs = 30_000;
const changeLimitMs = 60_000;

/** VirtualBox's server ends some seconds after its last client; who asks just then finds none, and asks again. */
const serverLooks = 20;
const serverLookMs = 250;
const isServerEnding = (error: AppFailure): boolean =>
  /^VBoxManage: error: Failed to create the VirtualBox object!/m.test(
    error.error.command?.stderrTail ?? '',
  );

/** Arguments whose next one is a secret or long text never reach an error. */
const shownCommand = (args: readonly string[]): string =>
  ['VBoxManage', ...args.slice(0, 2)].join(' ');

const refusal = (args: readonly string[], error: AppFailure): AppFailure => {
  const command = error.error.command;
  const found = parseError(command?.stderrTail ?? '');
  if (!found) return error;
  const params = {
    command: shownCommand(args),
    message: found.text,
    code: found.code ?? 'no code',
  };
  return failure('virtualbox/refused', params, { ...(command ? { command } : {}), cause: error });
};

/** Messages are wanted in English and names as UTF-8, whatever the desktop speaks. */
export const vboxEnv = (
  env: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string | undefined>> => ({
  ...env,
  LC_ALL: 'C.UTF-8',
  LANGUAGE: undefined,
});

export const createVBoxManage = (
  exec: Exec,
  path: string,
  env: Readonly<Record<string, string | undefined>>,
): VBoxManage => {
  const run = async (
    args: readonly string[],
    timeoutMs: number,
    signal: AbortSignal | undefined,
  ): Promise<ExecResult> => {
    const options = { timeoutMs, env: vboxEnv(env), ...(signal ? { signal } : {}) };
    for (let look = 1; ; look += 1) {
      try {
        return await exec(path, args, options);
      } catch (error) {
        if (!isFailure(error, 'process/failed')) throw error;
        // Nothing was begun, so changes may be asked again too.
        if (!isServerEnding(error) || look === serverLooks) throw refusal(args, error);
        await sleep(serverLookMs);
      }
    }
  };
  return {
    read: async (args, { signal, timeoutMs = readLimitMs } = {}) => {
      try {
        return (await run(args, timeoutMs, signal)).stdout;
      } catch (error) {
        if (!isFailure(error, 'process/timeout')) throw error;
        return (await run(args, secondReadLimitMs, signal)).stdout;
      }
    },
    change: async (args, { signal, timeoutMs = changeLimitMs } = {}) =>
      (await run(args, timeoutMs, signal)).stdout,
  };
};

/** VirtualBox's symbol of a refusal, for example `VBOX_E_OBJECT_NOT_FOUND`. */
export const refusalCode = (error: unknown): string | undefined => {
  if (!isFailure(error, 'virtualbox/refused')) return undefined;
  const code = error.error.params['code'];
  return typeof code === 'string' ? code : undefined;
};
