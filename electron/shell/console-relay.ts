// Carries bytes between a console's stream and the window's port, with back-pressure both ways: at most a window's
// worth is unacknowledged in either direction, so main's memory stays flat. Electron-free: the port is handed in.
import type { Duplex } from 'node:stream';
import {
  consoleWindowBytes,
  type ConsoleFromMain,
  type ConsoleFromWindow,
} from '../../shared/contract/console-protocol.ts';

export interface RelayPort {
  readonly send: (message: ConsoleFromMain) => void;
  readonly onMessage: (listener: (message: unknown) => void) => void;
  /** The other end is gone: closed, reloaded or crashed. */
  readonly onClose: (listener: () => void) => void;
  readonly close: () => void;
}

export interface RelayOptions {
  /** Sent before anything the stream brings. */
  readonly history: Uint8Array;
  /** Asked when the stream ends: will a new open be accepted? */
  readonly willReturn: () => boolean;
  readonly onEnd?: () => void;
  readonly windowBytes?: number;
}

const isFromWindow = (message: unknown): message is ConsoleFromWindow => {
  if (typeof message !== 'object' || message === null || !('kind' in message)) return false;
  const { kind } = message;
  if (kind === 'close') return true;
  if (!('bytes' in message)) return false;
  const { bytes } = message;
  return kind === 'ack'
    ? typeof bytes === 'number' && Number.isSafeInteger(bytes) && bytes >= 0
    : kind === 'data' && bytes instanceof Uint8Array;
};

/** Starts carrying; returns its undo. The stream is destroyed when the relay ends, whoever ends it. */
export const relayConsole = (
  stream: Duplex,
  port: RelayPort,
  options: RelayOptions,
): (() => void) => {
  const limit = options.windowBytes ?? consoleWindowBytes;
  let unacknowledged = 0;
  let hasEnded = false;

  const end = (): void => {
    if (hasEnded) return;
    hasEnded = true;
    stream.destroy();
    port.close();
    options.onEnd?.();
  };
  const toWindow = (chunk: Uint8Array): void => {
    // A Buffer may be a view of a bigger slab; a copy sends exactly these bytes.
    port.send({ kind: 'data', bytes: Uint8Array.from(chunk) });
    unacknowledged += chunk.length;
    if (unacknowledged >= limit) stream.pause();
  };
  const toGuest = (bytes: Uint8Array): void => {
    if (bytes.length === 0) return;
    // Acknowledged when the guest's side has taken it, not when it was queued.
    stream.write(bytes, () => {
      if (!hasEnded) port.send({ kind: 'ack', bytes: bytes.length });
    });
  };

  port.onMessage((message) => {
    if (hasEnded || !isFromWindow(message)) return;
    switch (message.kind) {
      case 'data':
        toGuest(message.bytes);
        return;
      case 'ack':
        unacknowledged = Math.max(0, unacknowledged - message.bytes);
        if (unacknowledged < limit) stream.resume();
        return;
      case 'close':
        end();
    }
  });
  port.onClose(end);
  stream.on('error', () => undefined);
  stream.on('close', () => {
    if (hasEnded) return;
    port.send({ kind: 'closed', willReturn: options.willReturn() });
    end();
  });
  if (options.history.length > 0) toWindow(options.history);
  stream.on('data', toWindow);
  if (unacknowledged >= limit) stream.pause();
  return end;
};
