// What the package tests do to this machine: commands as root, an ordinary user, a display of its own.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export const run = (
  file: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Ran => {
  const { status, stdout, stderr, error } = spawnSync(file, args, {
    ...options,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (error) throw error;
  return { code: status, stdout, stderr };
};

/** Like run, and a failure ends the test with the command's words. */
export const must = (file: string, ...args: readonly string[]): string => {
  const { code, stdout, stderr } = run(file, args);
  if (code !== 0) throw new Error(`${file} ${args.join(' ')}: ${code}\n${stdout}${stderr}`);
  return stdout;
};

const userName = 'polyvisor-test';

/** Somebody who is not root, with a fresh home below the temp folder. */
export interface OrdinaryUser {
  readonly uid: number;
  readonly home: string;
  readonly env: NodeJS.ProcessEnv;
  /** argv that runs `argv` as this user. */
  readonly as: (argv: readonly string[]) => readonly [string, readonly string[]];
  readonly dispose: () => void;
}

const idsOf = (name: string): { uid: number; gid: number } | undefined => {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid === undefined || gid === undefined ? undefined : { uid: +uid, gid: +gid };
};

export const makeOrdinaryUser = (): OrdinaryUser => {
  if (!idsOf(userName)) must('useradd', '--create-home', '--shell', '/bin/sh', userName);
  const ids = idsOf(userName);
  if (!ids) throw new Error(`${userName} was made but is not there`);
  const home = mkdtempSync(join(tmpdir(), 'pv-pkg-'));
  const runtime = join(home, 'run');
  mkdirSync(runtime, { mode: 0o700 });
  chownSync(home, ids.uid, ids.gid);
  chownSync(runtime, ids.uid, ids.gid);
  return {
    uid: ids.uid,
    home,
    env: {
      HOME: home,
      USER: userName,
      LOGNAME: userName,
      LANG: 'C.UTF-8',
      PATH: '/usr/local/bin:/usr/bin:/bin',
      XDG_RUNTIME_DIR: runtime,
    },
    as: (argv) => [
      'setpriv',
      [`--reuid=${ids.uid}`, `--regid=${ids.gid}`, '--init-groups', '--', ...argv],
    ],
    dispose: () => rmSync(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 }),
  };
};

export interface Started {
  readonly process: ChildProcess;
  readonly output: () => string;
  /** Resolves with the exit code; null = ended by a signal. */
  readonly ended: Promise<number | null>;
}

/** Starts a long-running command as the user and keeps what it prints. */
export const startAs = (
  user: OrdinaryUser,
  argv: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Started => {
  const [file, args] = user.as(argv);
  const child = spawn(file, args, {
    cwd: user.home,
    env: { ...user.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
  }
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return { process: child, output: () => text, ended };
};

export interface Display {
  readonly name: string;
  readonly stop: () => Promise<void>;
}

/** An X server run by the user, on a free display number it chooses. */
export const startDisplay = async (user: OrdinaryUser): Promise<Display> => {
  const screen = ['-screen', '0', '1280x900x24', '-nolisten', 'tcp', '-noreset'];
  const [file, args] = user.as(['Xvfb', '-displayfd', '3', ...screen]);
  const server = spawn(file, args, {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    env: user.env,
  });
  const [number] = (await once(server.stdio[3] as Readable, 'data')) as [Buffer];
  return {
    name: `:${number.toString().trim()}`,
    stop: async () => {
      if (server.exitCode !== null || server.signalCode !== null) return;
      server.kill();
      await once(server, 'exit');
    },
  };
};

/** Pids below `pid`, the nearest first. */
export const descendants = (pid: number): readonly number[] => {
  const listed = run('ps', ['-eo', 'pid=,ppid=']).stdout.trim().split('\n');
  const pairs = listed.map((line) => line.trim().split(/\s+/).map(Number));
  const found: number[] = [pid];
  for (let at = 0; at < found.length; at += 1) {
    for (const [child, parent] of pairs) {
      if (parent === found[at] && child !== undefined) found.push(child);
    }
  }
  return found.slice(1);
};

export const projectRoot = join(dirname(new URL(import.meta.url).pathname), '../..');
