// Cuts a stream into frames: four bytes big-endian length, then the frame. Frames that came whole are handed on where
// they lie; only one that was cut in two is copied.
import { prefixLength } from '../switch/frame.ts';

/** QEMU's own limit of one frame with its headers (net/net.h, NET_BUFSIZE); more means that the stream is out of step. */
const longest = 4096 + 65_536;

export interface FrameReader {
  /** Calls `take` for every whole frame (length in the four bytes before `start`). False: the stream is out of step. */
  readonly read: (
    chunk: Buffer,
    take: (bytes: Buffer, start: number, end: number) => void,
  ) => boolean;
}

export const createFrameReader = (): FrameReader => {
  /** The beginning of a frame, with its length, and how much of it is there. */
  let head = Buffer.alloc(0);
  let have = 0;
  const prefix = Buffer.alloc(prefixLength);
  return {
    read: (chunk, take) => {
      let at = 0;
      if (have > 0) {
        if (have < prefixLength) {
          const count = chunk.copy(prefix, have, 0, prefixLength - have);
          have += count;
          at += count;
          if (have < prefixLength) return true;
          const length = prefix.readUInt32BE(0);
          if (length > longest) return false;
          head = Buffer.allocUnsafe(prefixLength + length);
          prefix.copy(head, 0);
        }
        const count = chunk.copy(head, have, at);
        have += count;
        at += count;
        if (have < head.length) return true;
        take(head, prefixLength, head.length);
        have = 0;
      }
      while (chunk.length - at >= prefixLength) {
        const length = chunk.readUInt32BE(at);
        if (length > longest) return false;
        const end = at + prefixLength + length;
        if (end > chunk.length) {
          head = Buffer.allocUnsafe(prefixLength + length);
          have = chunk.copy(head, 0, at);
          return true;
        }
        take(chunk, at + prefixLength, end);
        at = end;
      }
      have = chunk.copy(prefix, 0, at);
      return true;
    },
  };
};
