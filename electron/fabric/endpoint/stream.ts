// A port's way to a machine over a unix stream socket at which the machine's QEMU listens: four bytes length, then the
// frame. Connects, and connects again for as long as it lives. What the machine does not take in time is dropped.
import { connect, type Socket } from 'node:net';
import type { Output } from '../switch/shaper.ts';
import { prefixLength } from '../switch/frame.ts';
import type { SwitchPort } from '../switch/switch.ts';
import { createFrameReader } from './frame-reader.ts';

/** Waiting for a machine that does not read, in bytes. */
const queueLimit = 1024 * 1024;
const firstPauseMs = 20;
const longestPauseMs = 1000;

export interface Endpoint {
  readonly output: Output;
  readonly isConnected: () => boolean;
  readonly dispose: () => void;
}

interface Slice {
  readonly bytes: Buffer;
  readonly start: number;
  end: number;
}

/** Collects frames; those that lie behind each other in one buffer leave in one piece. */
const createOutput = (
  socketOf: () => Socket | undefined,
): Output & { readonly clear: () => void } => {
  let slices: Slice[] = [];
  let waiting = 0;
  return {
    send: (bytes, start, end) => {
      const socket = socketOf();
      const length = end - start + prefixLength;
      if (!socket || waiting + length + socket.writableLength > queueLimit) return false;
      waiting += length;
      const last = slices.at(-1);
      if (last?.bytes === bytes && last.end === start - prefixLength) last.end = end;
      else slices.push({ bytes, start: start - prefixLength, end });
      return true;
    },
    flush: () => {
      const socket = socketOf();
      const toSend = slices;
      slices = [];
      waiting = 0;
      if (!socket) return;
      if (toSend.length > 1) socket.cork();
      for (const { bytes, start, end } of toSend) socket.write(bytes.subarray(start, end));
      if (toSend.length > 1) socket.uncork();
    },
    clear: () => {
      slices = [];
      waiting = 0;
    },
  };
};

/** `portOf`: the switch port, which is made with this endpoint's output. */
export const createStreamEndpoint = (
  path: string,
  portOf: () => SwitchPort | undefined,
): Endpoint => {
  /** Connected; `current` may still be on its way. */
  let socket: Socket | undefined;
  let current: Socket | undefined;
  let retry: NodeJS.Timeout | undefined;
  let pauseMs = firstPauseMs;
  let isDisposed = false;
  const output = createOutput(() => socket);
  const open = (): void => {
    const attempt = connect(path);
    current = attempt;
    const reader = createFrameReader();
    attempt.on('connect', () => {
      socket = attempt;
      pauseMs = firstPauseMs;
    });
    attempt.on('data', (chunk) => {
      const port = portOf();
      if (!port) return;
      const isSound = reader.read(chunk, port.receive);
      port.flush();
      if (isSound) return;
      // The stream is out of step; a new connection begins with a frame.
      port.drop();
      attempt.destroy();
    });
    // The 'close' that follows tries again.
    attempt.on('error', () => undefined);
    attempt.on('close', () => {
      if (socket === attempt) {
        socket = undefined;
        output.clear();
      }
      if (isDisposed) return;
      retry = setTimeout(open, pauseMs);
      pauseMs = Math.min(pauseMs * 2, longestPauseMs);
    });
  };
  open();
  return {
    output,
    isConnected: () => socket !== undefined,
    dispose: () => {
      isDisposed = true;
      clearTimeout(retry);
      output.clear();
      socket = undefined;
      current?.destroy();
    },
  };
};
