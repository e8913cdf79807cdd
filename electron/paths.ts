// Where the application keeps its files: XDG base directories, owner-only.
import { lstatSync, mkdirSync } from 'node:fs';
import { homedir, tmpdir, userInfo } from 'node:os';
import { isAbsolute, join } from 'node:path';
import type { AppPaths } from './drivers/types.ts';

export type Env = Readonly<Record<string, string | undefined>>;

const xdg = (env: Env, name: string, fallback: string): string => {
  const value = env[name];
  return value !== undefined && isAbsolute(value) ? value : fallback;
};

/** The environment with every place of ours below `home`: for the demo and for tests, away from the user's own. */
export const envBelow = <E extends Env>(
  home: string,
  env: E,
): E &
  Readonly<
    Record<`XDG_${'CONFIG' | 'DATA' | 'STATE' | 'CACHE'}_HOME` | 'HOME' | 'XDG_RUNTIME_DIR', string>
  > => ({
  ...env,
  HOME: home,
  XDG_CONFIG_HOME: join(home, 'c'),
  XDG_DATA_HOME: join(home, 'd'),
  XDG_STATE_HOME: join(home, 's'),
  XDG_CACHE_HOME: join(home, 'k'),
  XDG_RUNTIME_DIR: home,
});

/** Makes an owner-only folder, refusing one that somebody else owns or can write to. */
const privateFolder = (path: string): string => {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const stat = lstatSync(path);
  const uid = process.getuid?.() ?? stat.uid;
  if (!stat.isDirectory() || stat.uid !== uid || (stat.mode & 0o077) !== 0) {
    throw new Error(`${path} is not a private folder of this user`);
  }
  return path;
};

/**
 * Unix socket paths are limited to 107 bytes, so the run-time folder must be short: where XDG_RUNTIME_DIR is
 * not set, a per-user folder under the temp directory stands in.
 */
export const appPaths = (env: Env, resources: string): AppPaths => {
  const home = env['HOME'] ?? homedir();
  const runtimeBase = env['XDG_RUNTIME_DIR'];
  const runtime =
    runtimeBase !== undefined && isAbsolute(runtimeBase)
      ? join(runtimeBase, 'polyvisor')
      : join(tmpdir(), `polyvisor-${userInfo().uid}`);
  return {
    config: join(xdg(env, 'XDG_CONFIG_HOME', join(home, '.config')), 'polyvisor'),
    data: join(xdg(env, 'XDG_DATA_HOME', join(home, '.local/share')), 'polyvisor'),
    state: join(xdg(env, 'XDG_STATE_HOME', join(home, '.local/state')), 'polyvisor'),
    cache: join(xdg(env, 'XDG_CACHE_HOME', join(home, '.cache')), 'polyvisor'),
    runtime: privateFolder(runtime),
    resources,
  };
};
