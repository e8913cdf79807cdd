// The programs of one service end: they end with this process, even by kill -9, and where the system cannot promise that
// the next one finds them by a record of process ids and start times.
import { spawn, type ChildProcess, type Serializable } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import type { Logger } from '../../log/logger.ts';
import { cleanDescriptors, endsWithUs } from '../../process/clean-start.ts';

export interface Ended {
  readonly name: string;
  /** `exit code 1`, `SIGKILL`, or why it could not be started. */
  readonly exit: string;
  readonly stderr: string;
}

export interface Child {
  readonly pid: number;
  /** Everything it wrote to stderr so far, the last 8 KiB. */
  readonly stderr: () => string;
  readonly isRunning: () => boolean;
  readonly exited: Promise<Ended>;
  readonly signal: (signal: NodeJS.Signals) => void;
  /** What it writes to descriptor 3, where `hasReport`. */
  readonly report: NodeJS.ReadableStream | undefined;
  /** Hands a socket over, with words about it, where `hasChannel`; it is closed where that fails. */
  readonly pass: (about: Serializable, socket: Socket) => void;
}

export interface StartChild {
  readonly name: string;
  /** Before the tie to this process: what enters a namespace. */
  readonly enter?: readonly string[];
  readonly argv: readonly string[];
  readonly hasReport?: boolean;
  /** It takes sockets at descriptor 3, in the format of Node's `child.send`. */
  readonly hasChannel?: boolean;
}

export interface Children {
  /** Resolves once the process exists; a program that is not there ends at once. */
  readonly start: (what: StartChild) => Child;
  readonly endAll: () => Promise<void>;
}

interface Recorded {
  readonly pid: number;
  readonly start: string;
}

/** Field 22 of /proc/PID/stat: clock ticks since boot; with the pid it names a process for good. */
const startTimeOf = (pid: number): string | undefined => {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
};

const recordPath = (folder: string): string => join(folder, 'pids');

/** Ends what a process that died left running in the folder. */
export const endLeftBehind = (folder: string): void => {
  let recorded: readonly Recorded[];
  try {
    recorded = JSON.parse(readFileSync(recordPath(folder), 'utf8')) as readonly Recorded[];
  } catch {
    return; // Nothing was recorded.
  }
  for (const { pid, start } of recorded) {
    if (startTimeOf(pid) !== start) continue;
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      continue; // It ended by itself just now.
    }
  }
  rmSync(recordPath(folder), { force: true });
};

const keptStderr = 8192;
const graceMs = 2000;

export const createChildren = (folder: string, log: Logger): Children => {
  const running = new Map<ChildProcess, Promise<Ended>>();
  const record = (): void => {
    const rows = [...running.keys()].flatMap(({ pid }): readonly Recorded[] => {
      const start = pid === undefined ? undefined : startTimeOf(pid);
      return pid === undefined || start === undefined ? [] : [{ pid, start }];
    });
    writeFileSync(recordPath(folder), JSON.stringify(rows), { mode: 0o600 });
  };
  const start: Children['start'] = ({ name, enter = [], argv, hasReport, hasChannel }) => {
    const third = hasReport ? 'pipe' : hasChannel ? 'ipc' : 'ignore';
    const whole = [
      ...cleanDescriptors(third === 'ignore' ? 2 : 3),
      ...enter,
      ...endsWithUs(),
      ...argv,
    ];
    const [file = '', ...args] = whole;
    const child = spawn(file, args, {
      cwd: '/',
      // A session of its own: a Ctrl-C in our terminal is not for it.
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe', third],
    });
    log.info('service program', { name, argv, pid: child.pid });
    let stderr = '';
    child.stderr?.setEncoding('utf8').on('data', (piece: string) => {
      stderr = (stderr + piece).slice(-keptStderr);
    });
    const exited = new Promise<Ended>((resolve) => {
      const done = (exit: string): void => {
        if (running.delete(child)) log.info('service program ended', { name, exit });
        resolve({ name, exit, stderr: stderr.trim() });
      };
      child.on('error', (error) => done(error.message));
      child.on('exit', (code, signal) => {
        // What it said last may still be in the pipe.
        setTimeout(() => done(code === null ? String(signal) : `exit code ${code}`), 50);
      });
    });
    running.set(child, exited);
    record();
    return {
      pid: child.pid ?? -1,
      stderr: () => stderr,
      isRunning: () => running.has(child),
      exited,
      signal: (signal) => void child.kill(signal),
      report: hasReport ? (child.stdio[3] as NodeJS.ReadableStream) : undefined,
      pass: (about, socket) => {
        const refused = (): void => void socket.destroy();
        if (!child.connected) refused();
        else child.send(about, socket, {}, (error) => error && refused());
      },
    };
  };
  return {
    start,
    endAll: async () => {
      const all = [...running];
      for (const [child] of all) child.kill('SIGTERM');
      const kill = setTimeout(() => {
        for (const [child] of all) child.kill('SIGKILL');
      }, graceMs);
      await Promise.all(all.map(([, exited]) => exited));
      clearTimeout(kill);
      rmSync(recordPath(folder), { force: true });
    },
  };
};
