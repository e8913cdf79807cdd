// One entry for every call: known name -> checked arguments -> handler -> Result. The only place where a throw
// becomes AppError data.
import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import { AppFailure, failure } from '../../shared/contract/errors.ts';
import type { Call, Contract, Handlers, Result, Topic } from '../../shared/contract/define.ts';
import type { Logger } from '../log/logger.ts';

type AnyHandler = (args: unknown) => unknown;

const find = (contract: Contract, channel: string): Call | undefined => {
  const [group = '', name = '', ...rest] = channel.split('.');
  if (rest.length > 0 || !Object.hasOwn(contract, group)) return undefined;
  const entries = contract[group];
  if (!entries || !Object.hasOwn(entries, name)) return undefined;
  const entry: Call | Topic | undefined = entries[name];
  return entry?.kind === 'call' ? entry : undefined;
};

const problem = (error: z.ZodError): string => {
  const issue = error.issues[0];
  return issue ? `${issue.path.join('.')}: ${issue.message}` : 'invalid';
};

/** Turns any thrown value into AppError data; unknown ones are logged under a reference. */
export const toResult = (error: unknown, log: Logger): Result => {
  if (error instanceof AppFailure) return { ok: false, error: error.error };
  const reference = randomUUID().slice(0, 8);
  log.error('unexpected', {
    reference,
    error: error instanceof Error ? error.stack : String(error),
  });
  return {
    ok: false,
    error: failure('internal/unexpected', { reference }, { cause: error }).error,
  };
};

export const createRouter =
  <C extends Contract>(contract: C, handlers: Handlers<C>, log: Logger) =>
  async (channel: string, args: unknown): Promise<Result> => {
    const entry = typeof channel === 'string' ? find(contract, channel) : undefined;
    if (!entry) {
      const shown = String(channel).slice(0, 80);
      return {
        ok: false,
        error: failure('ipc/rejected', { channel: shown, reason: 'unknown call' }).error,
      };
    }
    const parsed = entry.args.safeParse(args);
    if (!parsed.success) {
      const reason = problem(parsed.error);
      log.warn('rejected', { channel, reason });
      return { ok: false, error: failure('ipc/rejected', { channel, reason }).error };
    }
    try {
      const [group = '', name = ''] = channel.split('.');
      const handler = (handlers as Record<string, Record<string, AnyHandler>>)[group]?.[name];
      if (!handler) throw new Error(`no handler for ${channel}`);
      return { ok: true, value: await handler(parsed.data) };
    } catch (error) {
      return toResult(error, log);
    }
  };
