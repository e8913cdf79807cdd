// Serial consoles. A port that is connected to nothing gets a socket in the machine's run-time folder for each run that
// we start, and loses it afterwards: VirtualBox refuses to start a machine where that folder is gone, after a reboot.
// We are connected from its start on, so that nothing is lost before a window looks, and keep the last 256 KiB. A port whose owner writes it to
// a file can be read along; every other kind is left alone.
import { open as openFile, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { createConnection, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { failure } from '../../../../shared/contract/errors.ts';
import { toVmId, type VmId } from '../../../../shared/model/brand.ts';
import { isLive } from '../../../../shared/model/power.ts';
import { readMachine } from '../launch.ts';
import type { MachineContext } from '../machine-context.ts';
import { valueOf, type VmInfo } from '../parse-vminfo.ts';
import { refusalCode } from '../vboxmanage.ts';
import { createRing, type Ring } from './ring.ts';
import { serialPath } from './serial-path.ts';

const historyBytes = 256 * 1024;
const connectLimitMs = 20_000;
const lookMs = 200;
const fileLookMs = 300;
const unlockLimitMs = 15_000;

/** How VirtualBox connects a machine's first serial port. */
export type SerialPort =
  | { readonly kind: 'none' }
  | { readonly kind: 'socket'; readonly path: string }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'other'; readonly mode: string };

export const serialPortOf = (info: Pick<VmInfo, 'pairs'>): SerialPort => {
  if ((valueOf(info.pairs, 'uart1') ?? 'off') === 'off') return { kind: 'none' };
  const mode = valueOf(info.pairs, 'uartmode1') ?? '';
  const [, kind, path = ''] = /^(server|file),([\s\S]*)$/.exec(mode) ?? [];
  if (kind === 'server') return { kind: 'socket', path };
  return kind === 'file' ? { kind: 'file', path } : { kind: 'other', mode };
};

export interface SerialConsoles {
  /** Before a start: connects the port to a socket of this run, with its folder there. */
  prepare(vm: VmId): Promise<void>;
  /** Of a running machine: connects, unless it is. Resolves when connected or when there is nothing to connect to. */
  attach(vm: VmId): Promise<void>;
  open(vm: VmId): Promise<Duplex>;
  history(vm: VmId): Promise<Uint8Array>;
  /** The machine is off, or its start failed: the port is connected to nothing again. */
  ended(vm: VmId): Promise<void>;
  /** Machines whose port was not put back by an earlier manager. */
  left(): Promise<readonly VmId[]>;
  dispose(): void;
}

interface Line {
  readonly ring: Ring;
  readonly streams: Set<Duplex>;
  socket?: Socket;
  connecting?: Promise<void>;
}

const connectSocket = (path: string): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = createConnection(path);
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });

const readFrom = async (path: string, from: number, limit: number): Promise<Buffer> => {
  const file = await openFile(path, 'r');
  try {
    const { size } = await file.stat();
    const start = Math.max(size >= from ? from : 0, size - limit);
    const { buffer, bytesRead } = await file.read(
      Buffer.alloc(size - start),
      0,
      size - start,
      start,
    );
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
};

/** What is added to a file from now on; what is typed goes nowhere. */
const followFile = (path: string, from: number): Duplex => {
  let at = from;
  let isBusy = false;
  const look = async (): Promise<void> => {
    if (isBusy) return;
    isBusy = true;
    try {
      const { size } = await stat(path);
      if (size < at) at = 0;
      if (size > at) {
        const bytes = await readFrom(path, at, historyBytes);
        at = size;
        stream.push(bytes);
      }
    } catch {
      // Not there yet, or no more: the machine's end ends the stream.
    } finally {
      isBusy = false;
    }
  };
  const timer = setInterval(() => void look(), fileLookMs);
  const stream = new Duplex({
    read: () => undefined,
    write: (_chunk, _encoding, done) => done(),
    destroy: (error, done) => {
      clearInterval(timer);
      done(error);
    },
  });
  return stream;
};

export const createSerialConsoles = (machines: MachineContext): SerialConsoles => {
  const { ctx, manage } = machines;
  const lines = new Map<VmId, Line>();
  let isDisposed = false;

  const isRunning = (vm: VmId): boolean => isLive(machines.powerOf(vm) ?? 'off');
  const lineOf = (vm: VmId): Line => {
    const line = lines.get(vm) ?? { ring: createRing(historyBytes), streams: new Set<Duplex>() };
    lines.set(vm, line);
    return line;
  };
  const portOf = async (vm: VmId): Promise<SerialPort> =>
    serialPortOf(await readMachine(manage, vm));

  const carry = (vm: VmId, line: Line, socket: Socket): void => {
    line.socket = socket;
    socket.on('data', (chunk: Buffer) => {
      line.ring.push(chunk);
      // The slowest window sets the pace, as a real line would.
      for (const stream of line.streams) if (!stream.push(chunk)) socket.pause();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      if (line.socket === socket) delete line.socket;
      if (isDisposed) return;
      if (!isRunning(vm)) {
        for (const stream of line.streams) stream.destroy();
        return;
      }
      sleep(lookMs, undefined, { ref: false })
        .then(() => connect(vm, line))
        .catch(() => {
          for (const stream of line.streams) stream.destroy();
        });
    });
  };

  /** The socket appears a little after the machine does. */
  const connect = (vm: VmId, line: Line): Promise<void> => {
    if (line.socket) return Promise.resolve();
    line.connecting ??= (async (): Promise<void> => {
      const path = serialPath(ctx.paths, vm);
      const deadline = performance.now() + connectLimitMs;
      try {
        for (;;) {
          try {
            const socket = await connectSocket(path);
            if (isDisposed) socket.destroy();
            else carry(vm, line, socket);
            return;
          } catch (error) {
            if (isDisposed || !isRunning(vm) || performance.now() > deadline) throw error;
            await sleep(lookMs, undefined, { ref: false });
          }
        }
      } finally {
        delete line.connecting;
      }
    })();
    return line.connecting;
  };

  const unavailable = (vm: VmId, reason: string, cause?: unknown): Error =>
    failure(
      'console/unavailable',
      { name: machines.definitionOf(vm)?.name ?? vm, reason },
      { cause },
    );

  const openLine = (line: Line): Duplex => {
    const stream = new Duplex({
      read: () => line.socket?.resume(),
      write: (chunk: Buffer, _encoding, done) => {
        const { socket } = line;
        if (!socket) done();
        else socket.write(chunk, () => done());
      },
      destroy: (error, done) => {
        line.streams.delete(stream);
        line.socket?.resume();
        done(error);
      },
    });
    line.streams.add(stream);
    return stream;
  };

  const marks = join(ctx.paths.state, 'virtualbox', 'serial');
  const markOf = (vm: VmId): string => join(marks, vm);
  /** One change of a port after the other: a start must not be overtaken by what follows the run before it. */
  const turns = new Map<VmId, Promise<void>>();
  const inTurn = (vm: VmId, work: () => Promise<void>): Promise<void> => {
    const mine = (turns.get(vm) ?? Promise.resolve()).catch(() => undefined).then(work);
    turns.set(vm, mine);
    return mine;
  };
  const disconnect = async (vm: VmId): Promise<void> => {
    if (!(await stat(markOf(vm)).catch(() => undefined))) return;
    const deadline = performance.now() + unlockLimitMs;
    for (;;) {
      try {
        await manage.change(['modifyvm', vm, '--uart-mode1', 'disconnected']);
        break;
      } catch (error) {
        if (refusalCode(error) === 'VBOX_E_OBJECT_NOT_FOUND') break;
        // The program that ran it takes a moment to let go.
        if (isDisposed || isRunning(vm) || performance.now() > deadline) throw error;
        await sleep(lookMs, undefined, { ref: false });
      }
    }
    await rm(markOf(vm), { force: true });
  };

  const isOurs = (vm: VmId, port: SerialPort): boolean =>
    port.kind === 'socket' && port.path === serialPath(ctx.paths, vm);

  return {
    prepare: (vm) =>
      inTurn(vm, async () => {
        if (machines.definitionOf(vm)?.config.hasSerialPort === false) return;
        const port = await portOf(vm);
        const path = serialPath(ctx.paths, vm);
        lines.delete(vm);
        const isFree =
          (port.kind === 'other' && port.mode === 'disconnected') ||
          (port.kind === 'socket' && port.path.endsWith(`/${vm.slice(0, 8)}/serial`));
        if (!isFree) return;
        await mkdir(dirname(path), { recursive: true, mode: 0o700 });
        await rm(path, { force: true });
        await mkdir(marks, { recursive: true, mode: 0o700 });
        await writeFile(markOf(vm), '');
        if (port.kind === 'socket' && port.path === path) return;
        await manage.change(['modifyvm', vm, '--uart-mode1', 'server', path]);
      }),
    attach: async (vm) => {
      if (lineOf(vm).socket || machines.definitionOf(vm)?.config.hasSerialPort === false) return;
      if (isOurs(vm, await portOf(vm))) await connect(vm, lineOf(vm));
    },
    open: async (vm) => {
      const line = lineOf(vm);
      if (line.socket) return openLine(line);
      const port = await portOf(vm);
      switch (port.kind) {
        case 'none':
          throw unavailable(vm, 'It has no serial port.');
        case 'file': {
          const { size } = await stat(port.path).catch(() => ({ size: 0 }));
          const stream = followFile(port.path, size);
          line.streams.add(stream);
          stream.once('close', () => line.streams.delete(stream));
          return stream;
        }
        case 'other':
          throw unavailable(vm, `Its serial port is connected elsewhere (${port.mode}).`);
        case 'socket':
          if (!isOurs(vm, port)) {
            throw unavailable(vm, `Its serial port belongs to another program (${port.path}).`);
          }
          await connect(vm, line).catch((error: unknown) => {
            throw unavailable(vm, 'Its serial port does not answer.', error);
          });
          return openLine(line);
      }
    },
    history: async (vm) => {
      const line = lines.get(vm);
      if (line?.socket || (line && line.ring.length > 0)) return line.ring.bytes();
      if (!isRunning(vm)) return new Uint8Array();
      const port = await portOf(vm);
      if (port.kind !== 'file') return new Uint8Array();
      return readFrom(port.path, 0, historyBytes).catch(() => new Uint8Array());
    },
    ended: (vm) => {
      const line = lines.get(vm);
      line?.socket?.destroy();
      for (const stream of line?.streams ?? []) stream.destroy();
      return inTurn(vm, () => disconnect(vm));
    },
    left: async () => (await readdir(marks).catch(() => [])).map(toVmId),
    dispose: () => {
      isDisposed = true;
      for (const line of lines.values()) {
        line.socket?.destroy();
        for (const stream of line.streams) stream.destroy();
      }
    },
  };
};
