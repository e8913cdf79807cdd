// A transient systemd scope for a process that shall outlive the manager, where the user's systemd runs: it then
// outlives the log-out (with lingering) and is not ended with the manager's own session scope. Source: systemd-run(1).
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

type Env = Readonly<Record<string, string | undefined>>;

const findSystemdRun = (env: Env): string | undefined =>
  (env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'systemd-run'))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });

/** The user manager's own socket exists only while it runs. */
const hasUserManager = (env: Env): boolean => {
  const runtime = env['XDG_RUNTIME_DIR'];
  if (runtime === undefined) return false;
  try {
    return statSync(join(runtime, 'systemd', 'private')).isSocket();
  } catch {
    return false;
  }
};

/** argv that puts the following program into the scope `unit`; it keeps its pid. Empty = not possible here. */
export const inScope = (env: Env, unit: string): readonly string[] => {
  const program = hasUserManager(env) ? findSystemdRun(env) : undefined;
  if (program === undefined) return [];
  return [program, '--user', '--scope', '--collect', '--quiet', `--unit=${unit}`, '--'];
};

/** systemd-run's words when the user's systemd makes no scope (no bus, no cgroup delegation ...). */
export const scopeProblem =
  /transient scope|connect to bus|user scope bus|Interactive authentication/i;
