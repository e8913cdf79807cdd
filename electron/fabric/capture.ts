// A packet capture of one port into a pcap file: microseconds, whole frames, both directions. Written by a stream of
// its own; when the disk is slower than the network frames are left out, when it is full the capture ends.
import { createWriteStream, statSync, type WriteStream } from 'node:fs';
import { failure, type AppFailure } from '../../shared/contract/errors.ts';
import type { Tap } from './switch/switch.ts';

const magicMicroseconds = 0xa1b2_c3d4;
const snapLength = 65_535;
const linkTypeEthernet = 1;
const headerLength = 24;
const recordLength = 16;
/** Not on the disk yet, in bytes. */
const queueLimit = 16 * 1024 * 1024;
const pieceLength = 64 * 1024;
const flushMs = 200;

const fileHeader = (): Buffer => {
  const header = Buffer.alloc(headerLength);
  header.writeUInt32LE(magicMicroseconds, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(snapLength, 16);
  header.writeUInt32LE(linkTypeEthernet, 20);
  return header;
};

export interface CaptureWriter {
  readonly path: string;
  readonly tap: Tap;
  /** Resolves when everything is in the file. Never rejects. */
  readonly stop: () => Promise<void>;
}

export interface CaptureOptions {
  readonly path: string;
  /** Goes on in a capture that is there already, instead of beginning it anew. */
  readonly isContinued: boolean;
  /** Called once when it ended by itself, with `network/capture-failed`. */
  readonly onEnded: (problem: AppFailure) => void;
}

const opened = (stream: WriteStream): Promise<void> =>
  new Promise((resolve, reject) => {
    stream.once('open', () => resolve());
    stream.once('error', reject);
  });

const reasonOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

/** Rejects with `network/capture-failed` when the file cannot be made. */
export const startCapture = async (options: CaptureOptions): Promise<CaptureWriter> => {
  const { path } = options;
  const size = options.isContinued ? (statSync(path, { throwIfNoEntry: false })?.size ?? 0) : 0;
  const isContinued = size >= headerLength;
  const stream = createWriteStream(path, { flags: isContinued ? 'a' : 'w', mode: 0o600 });
  try {
    await opened(stream);
  } catch (error) {
    throw failure('network/capture-failed', { path, reason: reasonOf(error) }, { cause: error });
  }
  let hasEnded = false;
  stream.on('error', (error) => {
    if (hasEnded) return;
    hasEnded = true;
    clearTimeout(timer);
    options.onEnded(
      failure('network/capture-failed', { path, reason: reasonOf(error) }, { cause: error }),
    );
  });
  let piece = Buffer.allocUnsafe(pieceLength);
  let filled = isContinued ? 0 : fileHeader().copy(piece);
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (filled === 0 || hasEnded) return;
    stream.write(piece.subarray(0, filled));
    piece = Buffer.allocUnsafe(pieceLength);
    filled = 0;
  };
  flush();
  return {
    path,
    tap: (bytes, start, end) => {
      if (hasEnded) return;
      const length = end - start;
      const kept = Math.min(length, snapLength - recordLength);
      if (stream.writableLength > queueLimit) return;
      if (filled + recordLength + kept > pieceLength) flush();
      const microseconds = Math.floor((performance.timeOrigin + performance.now()) * 1000);
      piece.writeUInt32LE(Math.floor(microseconds / 1_000_000), filled);
      piece.writeUInt32LE(microseconds % 1_000_000, filled + 4);
      piece.writeUInt32LE(kept, filled + 8);
      piece.writeUInt32LE(length, filled + 12);
      bytes.copy(piece, filled + recordLength, start, start + kept);
      filled += recordLength + kept;
      timer ??= setTimeout(flush, flushMs);
    },
    stop: () =>
      new Promise((resolve) => {
        if (hasEnded) {
          resolve();
          return;
        }
        flush();
        hasEnded = true;
        stream.once('error', () => resolve());
        stream.end(() => resolve());
      }),
  };
};
