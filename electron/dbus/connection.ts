// A connection to the session bus: login, calls with time-out, signals. Only unix sockets, only this user.
import { connect, type Socket } from 'node:net';
import { decodeMessage, encodeMessage, messageTypes, type DbusMessage } from './message.ts';

export interface MethodCall {
  readonly destination: string;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly signature?: string;
  readonly body?: readonly unknown[];
}

export interface BusConnection {
  /** Our unique name, for example `:1.7`. */
  readonly name: string;
  /** Resolves with the reply's values. Rejects on an error reply, a time-out or a closed connection. */
  readonly call: (call: MethodCall) => Promise<readonly unknown[]>;
  readonly send: (message: Omit<DbusMessage, 'serial'>) => void;
  /** Every message that is not a reply to `call`. Returns its undo. */
  readonly onMessage: (listener: (message: DbusMessage) => void) => () => void;
  /** Resolves when the connection ended, whoever ended it. */
  readonly closed: Promise<void>;
  readonly close: () => void;
}

const replyTimeoutMs = 5000;
const bus = { destination: 'org.freedesktop.DBus', path: '/org/freedesktop/DBus' };
const busInterface = 'org.freedesktop.DBus';

/** `unix:path=/run/user/1000/bus,guid=…;…` → socket paths in order; `\0` starts an abstract one. */
export const socketPaths = (address: string): readonly string[] =>
  address.split(';').flatMap((entry) => {
    const pairs = /^unix:(.*)$/.exec(entry.trim())?.[1]?.split(',') ?? [];
    const values = new Map(pairs.map((pair) => pair.split('=', 2) as [string, string]));
    const decode = (text: string): string => decodeURIComponent(text);
    const path = values.get('path');
    const abstract = values.get('abstract');
    if (path !== undefined) return [decode(path)];
    return abstract === undefined ? [] : [`\0${decode(abstract)}`];
  });

/** Connects and proves who we are (SASL EXTERNAL: the user id the kernel vouches for). */
const login = (path: string): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect(path);
    const fail = (error: Error): void => {
      socket.destroy();
      reject(error);
    };
    socket.setTimeout(replyTimeoutMs, () => fail(new Error('the bus does not answer')));
    socket.once('error', fail);
    socket.once('connect', () => {
      const uid = Buffer.from(String(process.getuid?.() ?? 0)).toString('hex');
      socket.write(`\0AUTH EXTERNAL ${uid}\r\n`);
    });
    socket.once('data', (answer) => {
      if (!answer.toString('latin1').startsWith('OK ')) {
        fail(new Error('the bus refused this user'));
        return;
      }
      socket.write('BEGIN\r\n');
      socket.setTimeout(0);
      socket.removeListener('error', fail);
      resolve(socket);
    });
  });

interface Waiting {
  readonly resolve: (values: readonly unknown[]) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/** Rejects where no bus can be reached. */
export const connectBus = async (address: string): Promise<BusConnection> => {
  const path = socketPaths(address)[0];
  if (path === undefined) throw new Error('no unix socket in the bus address');
  const socket = await login(path);
  const waiting = new Map<number, Waiting>();
  const listeners = new Set<(message: DbusMessage) => void>();
  let serial = 0;
  let pending: Buffer = Buffer.alloc(0);

  const take = (message: DbusMessage): void => {
    const call = waiting.get(message.replySerial ?? 0);
    if (!call) {
      for (const listener of listeners) listener(message);
      return;
    }
    waiting.delete(message.replySerial ?? 0);
    clearTimeout(call.timer);
    if (message.type === messageTypes.reply) call.resolve(message.body ?? []);
    else call.reject(new Error(`${message.errorName ?? 'error'}: ${String(message.body?.[0])}`));
  };
  socket.on('data', (chunk) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    try {
      for (let next = decodeMessage(pending); next; next = decodeMessage(pending)) {
        pending = pending.subarray(next.length);
        take(next.message);
      }
    } catch (error) {
      socket.destroy(error as Error);
    }
  });
  // The reason is of no use to anybody: `closed` tells that the bus is gone.
  socket.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => {
      for (const call of waiting.values()) {
        clearTimeout(call.timer);
        call.reject(new Error('the bus connection closed'));
      }
      waiting.clear();
      resolve();
    });
  });

  const send = (message: Omit<DbusMessage, 'serial'>): number => {
    serial += 1;
    socket.write(encodeMessage({ ...message, serial }));
    return serial;
  };
  const call = (request: MethodCall): Promise<readonly unknown[]> =>
    new Promise((resolve, reject) => {
      const id = send({ ...request, type: messageTypes.call });
      const timer = setTimeout(() => {
        waiting.delete(id);
        reject(new Error(`no answer to ${request.member}`));
      }, replyTimeoutMs);
      waiting.set(id, { resolve, reject, timer });
    });

  try {
    const [name] = await call({ ...bus, interface: busInterface, member: 'Hello' });
    return {
      name: String(name),
      call,
      send: (message) => void send(message),
      onMessage: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      closed,
      close: () => socket.destroy(),
    };
  } catch (error) {
    socket.destroy();
    throw error;
  }
};

/** A call to the bus itself, for example `NameHasOwner`. */
export const busCall = (
  member: string,
  signature: string,
  body: readonly unknown[],
): MethodCall => ({ ...bus, interface: busInterface, member, signature, body });
