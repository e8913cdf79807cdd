// What both ways of a service end share: programs that must be there, what needs a new start, waiting, one at a time.
import { isDeepStrictEqual } from 'node:util';
import { failure, isFailure, type AppFailure } from '../../../shared/contract/errors.ts';
import type { NetworkId } from '../../../shared/model/networks.ts';
import type { ServiceSpec } from '../protocol.ts';
import type { Child, Ended } from './children.ts';

/** Rejects with `network/service-missing` for the first that was not found. */
export const requirePrograms = <N extends string>(
  spec: ServiceSpec,
  names: readonly N[],
): Readonly<Record<N, string>> => {
  const found = names.map((name): readonly [N, string] => {
    const path = spec.programs[name];
    if (path === undefined) throw missing(name);
    return [name, path];
  });
  return Object.fromEntries(found) as Record<N, string>;
};
const missing = (program: string): AppFailure =>
  failure('network/service-missing', { program, need: 'a NAT network' });

const fixedParts = ['way', 'ipv4', 'ipv6', 'mayReachHost', 'networkBoot'] as const;

/** Whether `update` from one to the other would reject: it has to be started anew. */
export const needsNewStart = (from: ServiceSpec, to: ServiceSpec): boolean =>
  fixedParts.some((part) => !isDeepStrictEqual(from[part], to[part]));

export const serviceFailed = (id: NetworkId, reason: string, cause?: unknown): AppFailure =>
  failure('network/service-failed', { name: id, reason }, cause === undefined ? {} : { cause });

/** A failure of networks as it is; anything else becomes `network/service-failed`, with the command that failed. */
export const asServiceFailure = (id: NetworkId, error: unknown): AppFailure => {
  if (!isFailure(error))
    return serviceFailed(id, error instanceof Error ? error.message : String(error), error);
  if (error.error.code.startsWith('network/')) return error;
  const { command, cause } = error.error;
  const said = command?.stderrTail.split('\n').at(-1) ?? '';
  const reason = said === '' ? (cause ?? error.message) : said;
  const details = command === undefined ? { cause: error } : { cause: error, command };
  return failure('network/service-failed', { name: id, reason }, details);
};

/** What an ended program said last, as a sentence. */
export const endReason = ({ name, exit, stderr }: Ended): string => {
  const said = stderr.split('\n').at(-1)?.trim() ?? '';
  return `${name} ended (${exit})${said === '' ? '.' : `: ${said}`}`;
};

const pollMs = 20;

/** Resolves when `isThere`; rejects when the program ends first, or after `timeoutMs`. */
export const waitWhileRunning = async (
  child: Child,
  isThere: () => boolean,
  timeoutMs = 30_000,
): Promise<void> => {
  const deadline = Date.now() + timeoutMs;
  while (!isThere()) {
    if (!child.isRunning()) throw new Error(endReason(await child.exited));
    if (Date.now() > deadline) throw new Error(`It did not begin within ${timeoutMs / 1000} s.`);
    await new Promise((done) => setTimeout(done, pollMs));
  }
};

/** Runs one task after another, whatever becomes of each. */
export const createQueue = (): (<T>(task: () => Promise<T>) => Promise<T>) => {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const result = last.then(task, task);
    last = result.catch(() => undefined);
    return result;
  };
};
