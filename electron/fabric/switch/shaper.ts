// Gives frames out no faster than a bucket allows: a bounded queue and one timer. What does not fit is refused.
import { prefixLength } from './frame.ts';
import { createTokenBucket } from './token-bucket.ts';

export interface Output {
  /** Takes a frame (its length is in the four bytes before `start`); false: no room. Given out at `flush`. */
  readonly send: (bytes: Buffer, start: number, end: number) => boolean;
  readonly flush: () => void;
}

export interface Shaper extends Output {
  readonly dispose: () => void;
}

const smallestQueue = 65_536;
/** A queue longer than this adds delay and nothing else. */
const queueMs = 100;

/** `kbps`: kbit/s of 1000 bits. `now` in milliseconds. */
export const createShaper = (kbps: number, output: Output, now: () => number): Shaper => {
  const bucket = createTokenBucket(kbps, now());
  const room = Math.max(smallestQueue, (kbps / 8) * queueMs);
  let queue: Buffer[] = [];
  let queued = 0;
  let timer: NodeJS.Timeout | undefined;
  const drain = (): void => {
    timer = undefined;
    let sent = 0;
    for (const frame of queue) {
      const at = now();
      if (bucket.waitMs(at) > 0) break;
      bucket.charge(frame.length - prefixLength, at);
      output.send(frame, prefixLength, frame.length);
      queued -= frame.length;
      sent += 1;
    }
    queue = queue.slice(sent);
    if (sent > 0) output.flush();
    if (queue.length > 0) timer = setTimeout(drain, Math.max(1, bucket.waitMs(now())));
  };
  return {
    send: (bytes, start, end) => {
      const at = now();
      if (queue.length === 0 && bucket.waitMs(at) === 0) {
        bucket.charge(end - start, at);
        return output.send(bytes, start, end);
      }
      const length = end - start + prefixLength;
      if (queued + length > room) return false;
      queue.push(Buffer.from(bytes.subarray(start - prefixLength, end)));
      queued += length;
      timer ??= setTimeout(drain, Math.max(1, bucket.waitMs(at)));
      return true;
    },
    flush: () => output.flush(),
    dispose: () => {
      clearTimeout(timer);
      queue = [];
      queued = 0;
    },
  };
};
