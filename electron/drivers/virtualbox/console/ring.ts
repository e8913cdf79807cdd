// The last bytes of a stream, up to a limit.

export interface Ring {
  readonly length: number;
  readonly push: (chunk: Uint8Array) => void;
  readonly bytes: () => Buffer;
}

export const createRing = (limit: number): Ring => {
  let chunks: Uint8Array[] = [];
  let length = 0;
  return {
    get length() {
      return Math.min(length, limit);
    },
    push: (chunk) => {
      chunks.push(chunk);
      length += chunk.length;
      while (length - (chunks[0]?.length ?? 0) >= limit) length -= chunks.shift()?.length ?? 0;
    },
    bytes: () => {
      const all = Buffer.concat(chunks);
      const kept = all.subarray(Math.max(0, all.length - limit));
      chunks = [kept];
      length = kept.length;
      return kept;
    },
  };
};
