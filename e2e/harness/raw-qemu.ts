// Runs QEMU by itself, without our driver: the second witness of tests. Serial on stdio, QMP on a socket.
// Ends only the process it started.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface RawQemu {
  readonly pid: number;
  /** A folder of this run alone; gone after `dispose`. */
  readonly folder: string;
  /** Everything the guest wrote to the serial port so far. */
  readonly serial: () => string;
  readonly stderr: () => string;
  readonly write: (text: string) => void;
  /** Resolves with the first match in the serial output at or after `from`. */
  readonly waitFor: (
    pattern: RegExp,
    timeoutMs?: number,
    from?: number,
  ) => Promise<RegExpExecArray>;
  /** Connects to a unix socket that QEMU opens in `folder`. */
  readonly connect: (name: string) => Promise<Socket>;
  readonly qmp: (command: string, args?: Readonly<Record<string, unknown>>) => Promise<unknown>;
  /** Exit code, or the signal's name. */
  readonly exited: Promise<number | string>;
  readonly dispose: () => Promise<void>;
}

interface RawQemuOptions {
  readonly hasSerial?: boolean;
  readonly prefix?: readonly string[];
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: Error) => void;
}

const openSocket = (path: string): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const deadline = Date.now() + 60_000;
    const attempt = (): void => {
      const socket = connect(path);
      socket.once('connect', () => resolve(socket));
      socket.once('error', (error) => {
        if (Date.now() > deadline) reject(error);
        else setTimeout(attempt, 20);
      });
    };
    attempt();
  });

const createQmp = (path: string): ((command: string, args?: object) => Promise<unknown>) => {
  let opened: Promise<Socket> | undefined;
  const queue: Waiting[] = [];
  const open = async (): Promise<Socket> => {
    const socket = await openSocket(path);
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk) => {
      text += String(chunk);
      const lines = text.split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) {
        const message = JSON.parse(line) as { return?: unknown; error?: { desc: string } };
        if ('return' in message) queue.shift()?.resolve(message.return);
        else if (message.error) queue.shift()?.reject(new Error(message.error.desc));
      }
    });
    const end = (): void => {
      for (const waiting of queue.splice(0)) waiting.reject(new Error('QMP closed'));
    };
    socket.on('error', end).on('close', end);
    return socket;
  };
  const send = (socket: Socket, execute: string, args?: object): Promise<unknown> =>
    new Promise((resolve, reject) => {
      queue.push({ resolve, reject });
      socket.write(`${JSON.stringify({ execute, arguments: args ?? {} })}\n`);
    });
  return async (command, args) => {
    opened ??= open().then(async (socket) => {
      await send(socket, 'qmp_capabilities');
      return socket;
    });
    return send(await opened, command, args);
  };
};

/**
 * Starts `qemu-system-x86_64` with nothing but `given`, QMP and, with `hasSerial`, a serial port. `prefix` is an argv
 * that takes it somewhere else first.
 */
export const startRawQemu = (
  given: readonly string[] | ((folder: string) => readonly string[]),
  { hasSerial = true, prefix = [] }: RawQemuOptions = {},
): RawQemu => {
  const folder = mkdtempSync(join(tmpdir(), 'pvq-'));
  const args = typeof given === 'function' ? given(folder) : given;
  const qmpPath = join(folder, 'qmp');
  const fixed = ['-nodefaults', '-no-user-config', '-display', 'none'].concat(
    hasSerial ? ['-serial', 'stdio'] : [],
  );
  const qmp = ['-qmp', `unix:${qmpPath},server=on,wait=off`];
  const [file = '', ...rest] = [...prefix, 'qemu-system-x86_64', ...fixed, ...qmp, ...args];
  const child = spawn(file, rest, { stdio: ['pipe', 'pipe', 'pipe'] });
  let serial = '';
  let stderr = '';
  let exit: number | string | undefined;
  const watchers = new Set<() => void>();
  const look = (): void => {
    for (const watcher of watchers) watcher();
  };
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    serial += chunk;
    look();
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  child.stdin.on('error', () => undefined);
  const exited = new Promise<number | string>((resolve) => {
    const done = (result: number | string): void => {
      exit = result;
      look();
      resolve(result);
    };
    child.on('error', (error) => done(error.message));
    child.on('close', (code, signal) => done(code ?? String(signal)));
  });
  const waitFor: RawQemu['waitFor'] = (pattern, timeoutMs = 120_000, from = 0) =>
    new Promise((resolve, reject) => {
      const finish = (): void => {
        clearTimeout(timer);
        watchers.delete(watcher);
      };
      const fail = (why: string): void => {
        finish();
        reject(
          new Error(`${why} waiting for ${pattern}\nserial:\n${serial.slice(-3000)}\n${stderr}`),
        );
      };
      const watcher = (): void => {
        const match = pattern.exec(serial.slice(from));
        if (match) {
          finish();
          resolve(match);
        } else if (exit !== undefined) {
          fail(`QEMU ended (${exit})`);
        }
      };
      const timer = setTimeout(() => fail(`${timeoutMs} ms over`), timeoutMs);
      watchers.add(watcher);
      watcher();
    });
  return {
    pid: child.pid ?? -1,
    folder,
    serial: () => serial,
    stderr: () => stderr,
    write: (text) => void child.stdin.write(text),
    waitFor,
    connect: (name) => openSocket(join(folder, name)),
    qmp: createQmp(qmpPath),
    exited,
    dispose: async () => {
      if (exit === undefined) child.kill('SIGKILL');
      await exited;
      rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
    },
  };
};
