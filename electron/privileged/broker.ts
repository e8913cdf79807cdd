// The only place that may ever ask for elevation: pkexec with the helper's path, the requests by stdin. Logs both
// after. Authentication itself is polkit's business: no password comes near us.
import { accessSync, constants, lstatSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { z } from 'zod';
import { failure } from '../../shared/contract/errors.ts';
import { interfaceNameSchema } from '../../shared/model/network-plan.ts';
import type { Logger } from '../log/logger.ts';
import { tail, type Exec } from '../process/exec.ts';
import type { PrivilegedRequest } from './requests.ts';

const names = z.array(interfaceNameSchema).readonly();
const helperStatusSchema = z
  .object({
    bridges: names,
    taps: names,
    uplinks: z
      .array(z.object({ bridge: interfaceNameSchema, uplink: interfaceNameSchema }).readonly())
      .readonly(),
    awaiting: z
      .array(z.object({ bridge: interfaceNameSchema, secondsLeft: z.number() }).readonly())
      .readonly(),
  })
  .readonly();
/** What the helper says about what it made: bridges, taps, uplinks, changes that wait for `confirm`. */
export type HelperStatus = z.infer<typeof helperStatusSchema>;

const nothing: HelperStatus = { bridges: [], taps: [], uplinks: [], awaiting: [] };
const helperErrorSchema = z.object({ error: z.string(), verb: z.string() });

export interface PrivilegedBroker {
  /** The argv that asks for authorisation; undefined: the helper is not installed or there is nobody to ask. */
  readonly argv: () => readonly string[] | undefined;
  /**
   * Carries the requests out in order, with one authorisation; what was done is undone when a later one fails.
   * Rejects with `privileged/*`: declined, refused, not installed, failed.
   */
  readonly perform: (requests: readonly PrivilegedRequest[]) => Promise<void>;
  /** Needs no authorisation; empty without the helper. Rejects with `privileged/failed`. */
  readonly status: () => Promise<HelperStatus>;
}

/** Instead of this computer: tests. */
export interface PrivilegedPlaces {
  readonly helper?: string;
  /** Goes before the helper's path; by default pkexec. */
  readonly elevate?: readonly string[];
  /** The helper and its folder may belong to these users; by default root alone. */
  readonly owners?: readonly number[];
}

const pkexecPlaces = ['/usr/bin/pkexec', '/bin/pkexec'];
const authorisationMs = 10 * 60_000;
const statusMs = 30_000;
/** pkexec(1): dismissed by the user; not authorised, nobody to ask, or an error of its own. */
const cancelled = 126;
const notAuthorised = 127;
const refused = 2;

const isProgram = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** A program that somebody else could have changed is never started as root. */
const isTrusted = (path: string, owners: readonly number[]): boolean => {
  try {
    const file = lstatSync(path);
    const places = [file, lstatSync(dirname(path))];
    return (
      file.isFile() &&
      places.every((stat) => owners.includes(stat.uid) && (stat.mode & 0o022) === 0)
    );
  } catch {
    return false;
  }
};

/** What programs say often ends without a stop; another sentence follows it. */
const sentence = (words: string): string => (/[.!?]$/.test(words) ? words : `${words}.`);

const parsed = (stdout: string): unknown => {
  try {
    return JSON.parse(stdout);
  } catch {
    return undefined;
  }
};

export const createPrivilegedBroker = (
  deps: { readonly exec: Exec; readonly log: Logger },
  places: PrivilegedPlaces = {},
): PrivilegedBroker => {
  const { exec, log } = deps;
  const helper = places.helper ?? '/usr/lib/polyvisor/polyvisor-net-helper';
  const isInstalled = (): boolean => isTrusted(helper, places.owners ?? [0]) && isProgram(helper);
  const argv = (): readonly string[] | undefined => {
    const pkexec = pkexecPlaces.find(isProgram);
    // Its own agent would ask in whatever terminal we were started from.
    const elevate = places.elevate ?? (pkexec && [pkexec, '--disable-internal-agent']);
    return elevate && isInstalled() ? [...elevate, helper] : undefined;
  };

  const perform = async (requests: readonly PrivilegedRequest[]): Promise<void> => {
    const [file, ...args] = argv() ?? [];
    if (file === undefined) throw failure('privileged/not-installed', {});
    const result = await exec(file, args, {
      timeoutMs: authorisationMs,
      okExitCodes: Array.from({ length: 256 }, (_, code) => code),
      input: JSON.stringify(requests),
    });
    const exit = result.exitCode;
    log.info('privileged', { argv: [file, ...args], requests, exit });
    if (exit === 0) return;
    const command = {
      argv: [file, ...args],
      exit: `exit code ${exit}`,
      stderrTail: tail(result.stderr),
    };
    if (exit === cancelled) throw failure('privileged/cancelled', {}, { command });
    const said = helperErrorSchema.safeParse(parsed(result.stdout)).data;
    const reason = sentence(
      said?.error ?? (tail(result.stderr).split('\n').at(-1) || command.exit),
    );
    if (exit === notAuthorised) {
      const words = reason.replace(/^Error executing command as another user: /, '');
      const wayOut = 'An administrator of this computer can allow it.';
      throw failure('privileged/refused', { reason: `${words} ${wayOut}` }, { command });
    }
    if (exit === refused) throw failure('privileged/refused', { reason }, { command });
    throw failure(
      'privileged/failed',
      { verb: said?.verb ?? basename(helper), reason },
      { command },
    );
  };

  const status = async (): Promise<HelperStatus> => {
    if (!isInstalled()) return nothing;
    const { stdout } = await exec(helper, ['status'], { timeoutMs: statusMs });
    const found = helperStatusSchema.safeParse(parsed(stdout));
    if (found.success) return found.data;
    throw failure('privileged/failed', { verb: 'status', reason: tail(stdout) });
  };

  return { argv, perform, status };
};
