// The client's half of an RFB 3.8 handshake with VirtualBox's VNC server, to the point where a session begins: the
// password stays here. What the window gets is `unsecured`: the same session behind a server that asks for none.
import { createConnection, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { ByteQueue } from './rfb-bytes.ts';
import { answerChallenge, challengeLength } from './vnc-auth.ts';

const version = 'RFB 003.008\n';
const securityNone = 1;
const securityVnc = 2;
const handshakeLimitMs = 8000;
const maxReason = 1024;

/** Why a server did not let us in. */
export class RfbRefusal extends Error {
  readonly kind: 'password' | 'protocol';
  constructor(kind: 'password' | 'protocol', message: string) {
    super(message);
    this.name = 'RfbRefusal';
    this.kind = kind;
  }
}

export interface Handshake {
  /**
   * Takes what came; returns what is to be sent. `isDone` once the server let us in; what came behind that is in
   * `rest`. Throws `RfbRefusal`.
   */
  readonly feed: (chunk: Uint8Array) => Buffer;
  readonly isDone: () => boolean;
  readonly rest: () => Buffer;
}

type Step = 'version' | 'types' | 'challenge' | 'result' | 'done';

export const createHandshake = (password: string): Handshake => {
  const queue = new ByteQueue();
  let step: Step = 'version';

  const reasonAfter = (skip: number): string => {
    const length = queue.peek(skip + 4)?.readUInt32BE(skip) ?? 0;
    const all = queue.peek(Math.min(queue.length, skip + 4 + Math.min(length, maxReason)));
    return (
      all
        ?.subarray(skip + 4)
        .toString('utf8')
        .trim() ?? ''
    );
  };

  /** `undefined`: more must come first. */
  const advance = (): Buffer | undefined => {
    switch (step) {
      case 'version': {
        const said = queue.take(version.length)?.toString('latin1');
        if (said === undefined) return undefined;
        // Every later version is spoken down to 3.8 (RFC 6143, 7.1.1).
        const row = /^RFB (\d{3})\.(\d{3})\n$/.exec(said);
        if (!row || Number(row[1]) * 1000 + Number(row[2]) < 3008) {
          throw new RfbRefusal('protocol', `It does not speak ${version.trim()}.`);
        }
        step = 'types';
        return Buffer.from(version);
      }
      case 'types': {
        const count = queue.peek(1)?.[0];
        if (count === undefined) return undefined;
        if (count === 0) {
          if (queue.length < 5) return undefined;
          throw new RfbRefusal('protocol', reasonAfter(1));
        }
        const types = queue.take(1 + count)?.subarray(1);
        if (!types) return undefined;
        if (types.includes(securityVnc)) {
          step = 'challenge';
          return Buffer.from([securityVnc]);
        }
        if (!types.includes(securityNone)) {
          throw new RfbRefusal('protocol', `It asks for security ${types.join(', ')}.`);
        }
        step = 'result';
        return Buffer.from([securityNone]);
      }
      case 'challenge': {
        const challenge = queue.take(challengeLength);
        if (!challenge) return undefined;
        step = 'result';
        return answerChallenge(password, challenge);
      }
      case 'result': {
        const result = queue.peek(4)?.readUInt32BE(0);
        if (result === undefined) return undefined;
        if (result !== 0) throw new RfbRefusal('password', reasonAfter(4) || 'Wrong password.');
        queue.take(4);
        step = 'done';
        return Buffer.alloc(0);
      }
      case 'done':
        return undefined;
    }
  };

  return {
    feed: (chunk) => {
      queue.push(chunk);
      const answers: Buffer[] = [];
      for (let next = advance(); next !== undefined; next = advance()) answers.push(next);
      return Buffer.concat(answers);
    },
    isDone: () => step === 'done',
    rest: () => queue.takeAll(),
  };
};

export interface VncTarget {
  readonly host: string;
  readonly port: number;
  readonly password: string;
}

/**
 * Connects and authenticates. Resolves to the stream a window's client may have: RFB 3.8 without security.
 * Rejects with `RfbRefusal` or the socket's error.
 */
export const connectVnc = ({ host, port, password }: VncTarget): Promise<Duplex> =>
  new Promise((resolve, reject) => {
    const handshake = createHandshake(password);
    const socket = createConnection({ host, port, noDelay: true });
    const fail = (error: Error): void => {
      clearTimeout(timer);
      socket.destroy();
      reject(error);
    };
    const timer = setTimeout(
      () => fail(new RfbRefusal('protocol', `No answer for ${handshakeLimitMs / 1000} s.`)),
      handshakeLimitMs,
    );
    const onClose = (): void => fail(new RfbRefusal('protocol', 'It closed the connection.'));
    const onData = (chunk: Buffer): void => {
      try {
        const answer = handshake.feed(chunk);
        if (answer.length > 0) socket.write(answer);
      } catch (error) {
        fail(error instanceof Error ? error : new Error(String(error)));
        return;
      }
      if (!handshake.isDone()) return;
      clearTimeout(timer);
      socket.off('data', onData).off('error', fail).off('close', onClose).pause();
      resolve(unsecured(socket, handshake.rest()));
    };
    socket.on('error', fail).on('close', onClose).on('data', onData);
  });

/** The server's half of a handshake without security. Feeds what the client says; returns what to answer. */
export const createOpenHandshake = (): {
  readonly greeting: Buffer;
  /** `rest` once the client is through: what it said behind. */
  readonly feed: (chunk: Uint8Array) => { readonly answer: Buffer; readonly rest?: Buffer };
} => {
  const queue = new ByteQueue();
  let hasVersion = false;
  return {
    greeting: Buffer.from(version),
    feed: (chunk) => {
      queue.push(chunk);
      const answers: Buffer[] = [];
      if (!hasVersion && queue.take(version.length)) {
        hasVersion = true;
        answers.push(Buffer.from([1, securityNone]));
      }
      const isThrough = hasVersion && queue.take(1) !== undefined;
      if (isThrough) answers.push(Buffer.alloc(4));
      const answer = Buffer.concat(answers);
      return isThrough ? { answer, rest: queue.takeAll() } : { answer };
    },
  };
};

/** Shows an authenticated session as one without security. `early`: what the server said already. */
export const unsecured = (socket: Socket, early: Buffer): Duplex => {
  const handshake = createOpenHandshake();
  let isThrough = false;
  const stream = new Duplex({
    read: () => {
      if (isThrough) socket.resume();
    },
    write: (chunk: Buffer, _encoding, done) => {
      if (isThrough) {
        socket.write(chunk, done);
        return;
      }
      const { answer, rest } = handshake.feed(chunk);
      if (answer.length > 0) stream.push(answer);
      if (!rest) {
        done();
        return;
      }
      isThrough = true;
      if (early.length > 0) stream.push(early);
      socket.resume();
      if (rest.length > 0) socket.write(rest, done);
      else done();
    },
    final: (done) => {
      socket.end();
      done();
    },
    destroy: (error, done) => {
      socket.destroy();
      done(error);
    },
  });
  socket.on('data', (chunk: Buffer) => {
    if (!stream.push(chunk)) socket.pause();
  });
  socket.on('error', (error) => stream.destroy(error));
  socket.on('close', () => stream.destroy());
  socket.pause();
  stream.push(handshake.greeting);
  return stream;
};
