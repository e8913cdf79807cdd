// A token bucket: bytes per second with a burst, by a clock that is handed in. It may go into debt, so that frames
// larger than what is left pass, and the debt is waited for.

export interface TokenBucket {
  /** Takes `bytes`, whatever is left. */
  readonly charge: (bytes: number, now: number) => void;
  /** Milliseconds until something may be sent again; 0: now. */
  readonly waitMs: (now: number) => number;
}

const smallestBurst = 16_384;
const burstMs = 25;

/** `kbps`: kbit/s of 1000 bits. Times in milliseconds. */
export const createTokenBucket = (kbps: number, startsAt: number): TokenBucket => {
  const perMs = kbps / 8;
  const burst = Math.max(smallestBurst, perMs * burstMs);
  let tokens = burst;
  let filledAt = startsAt;
  const fill = (now: number): void => {
    if (now <= filledAt) return;
    tokens = Math.min(burst, tokens + (now - filledAt) * perMs);
    filledAt = now;
  };
  return {
    charge: (bytes, now) => {
      fill(now);
      tokens -= bytes;
    },
    waitMs: (now) => {
      fill(now);
      return tokens > 0 ? 0 : Math.ceil((1 - tokens) / perMs);
    },
  };
};
