// QMP: newline-separated JSON over a unix socket. Commands with a time limit each, events as they come.
// Source: QEMU docs/interop/qmp-spec; one client per socket, a second one connects but gets no greeting.
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { failure } from '../../../shared/contract/errors.ts';

export interface QmpEvent {
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface QmpClient {
  /** Rejects with `qemu/qmp-error`, `qemu/qmp-timeout` or `qemu/qmp-closed`. */
  execute(command: string, args?: object, timeoutMs?: number): Promise<unknown>;
  /** Human monitor command, for the few things QMP lacks; resolves with its text (empty = done). */
  human(line: string): Promise<string>;
  onEvent(listener: (event: QmpEvent) => void): () => void;
  /** Resolves when the socket ended, by whichever side. */
  readonly closed: Promise<void>;
  readonly isOpen: boolean;
  /** Lets go of the socket; the VM goes on. */
  dispose(): void;
}

export interface QmpTimes {
  /** A QEMU that serves somebody else never greets. */
  readonly greetingMs: number;
  readonly commandMs: number;
}
export const defaultQmpTimes: QmpTimes = { greetingMs: 700, commandMs: 10_000 };

interface Waiting {
  readonly command: string;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

type Message = Readonly<Record<string, unknown>>;
const record = (value: unknown): Message =>
  typeof value === 'object' && value !== null ? (value as Message) : {};

/** Splits a byte stream into its JSON lines; incomplete ones wait for the rest. */
export const createLineSplitter = (onMessage: (message: Message) => void) => {
  let rest = '';
  return (chunk: string): void => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') onMessage(record(JSON.parse(line)));
  };
};

/** Connects, without protocol. Rejects with the bare system error (ENOENT, ECONNREFUSED ...). */
const openSocket = (path: string): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });

/**
 * QEMU takes one client and queues two more; beyond that the kernel answers EAGAIN. Given up connections stay in
 * the queue until QEMU comes to them, so a short wait may help.
 */
const openPatiently = async (path: string, name: string, times: QmpTimes): Promise<Socket> => {
  const deadline = performance.now() + times.greetingMs;
  for (;;) {
    try {
      return await openSocket(path);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
      if (performance.now() > deadline) throw failure('qemu/qmp-busy', { name }, { cause: error });
    }
    await sleep(20);
  }
};

/** Speaks QMP on the socket at `path`: waits for the greeting, negotiates, and resolves ready for commands. */
export const connectQmp = async (
  path: string,
  name: string,
  times: QmpTimes = defaultQmpTimes,
): Promise<QmpClient> => {
  const socket = await openPatiently(path, name, times);
  const waiting = new Map<number, Waiting>();
  const listeners = new Set<(event: QmpEvent) => void>();
  let nextId = 1;
  let isOpen = true;
  let greet: () => void = () => undefined;
  const greeting = new Promise<void>((resolve) => (greet = resolve));
  let close: () => void = () => undefined;
  const closed = new Promise<void>((resolve) => (close = resolve));

  const answer = (message: Message): void => {
    const entry = waiting.get(Number(message['id']));
    // Errors of unreadable commands carry no id; late answers of timed-out ones no waiter.
    if (!entry) return;
    waiting.delete(Number(message['id']));
    clearTimeout(entry.timer);
    if ('error' in message) {
      const text = String(record(message['error'])['desc']);
      entry.reject(failure('qemu/qmp-error', { command: entry.command, message: text }));
    } else {
      entry.resolve(message['return']);
    }
  };
  const onMessage = (message: Message): void => {
    if ('QMP' in message) greet();
    else if (typeof message['event'] === 'string') {
      const event = { event: message['event'], data: record(message['data']) };
      for (const listener of [...listeners]) listener(event);
    } else answer(message);
  };
  const split = createLineSplitter(onMessage);
  socket.setEncoding('utf8').on('data', (chunk) => {
    try {
      split(String(chunk));
    } catch {
      // Not JSON: whoever answers is no QEMU monitor.
      socket.destroy();
    }
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    isOpen = false;
    for (const entry of waiting.values()) {
      clearTimeout(entry.timer);
      entry.reject(failure('qemu/qmp-closed', { name }));
    }
    waiting.clear();
    close();
  });

  const execute: QmpClient['execute'] = (command, args, timeoutMs = times.commandMs) =>
    new Promise((resolve, reject) => {
      if (!isOpen) {
        reject(failure('qemu/qmp-closed', { name }));
        return;
      }
      const id = nextId++;
      const timer = setTimeout(() => {
        waiting.delete(id);
        reject(failure('qemu/qmp-timeout', { name, command, seconds: timeoutMs / 1000 }));
      }, timeoutMs);
      waiting.set(id, { command, resolve, reject, timer });
      socket.write(`${JSON.stringify({ execute: command, arguments: args ?? {}, id })}\n`);
    });

  const client: QmpClient = {
    execute,
    human: async (line) =>
      String(await execute('human-monitor-command', { 'command-line': line })).trim(),
    onEvent: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    closed,
    get isOpen() {
      return isOpen;
    },
    dispose: () => socket.destroy(),
  };
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'busy'>((resolve) => {
    timer = setTimeout(() => resolve('busy'), times.greetingMs);
  });
  const outcome = await Promise.race([greeting, closed.then(() => 'closed' as const), late]);
  clearTimeout(timer);
  if (outcome !== undefined) {
    socket.destroy();
    throw outcome === 'busy'
      ? failure('qemu/qmp-busy', { name })
      : failure('qemu/qmp-closed', { name });
  }
  await execute('qmp_capabilities');
  return client;
};

/** The `status` of query-status: running, paused, prelaunch, inmigrate, postmigrate, io-error ... */
export const queryStatus = async (qmp: QmpClient, timeoutMs?: number): Promise<string> =>
  String(record(await qmp.execute('query-status', {}, timeoutMs))['status']);
