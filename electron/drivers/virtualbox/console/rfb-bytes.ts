// Bytes as they come, taken in the pieces a protocol wants: a message may be split over many chunks, or share one.

export class ByteQueue {
  #chunks: Buffer[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.#chunks.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    this.#length += chunk.length;
  }

  /** The next `count` bytes without taking them; `undefined` while there are fewer. */
  peek(count: number): Buffer | undefined {
    if (this.#length < count) return undefined;
    const [first] = this.#chunks;
    if (first && first.length >= count) return first.subarray(0, count);
    const all = Buffer.concat(this.#chunks);
    this.#chunks = [all];
    return all.subarray(0, count);
  }

  /** Takes the next `count` bytes; `undefined` and nothing taken while there are fewer. */
  take(count: number): Buffer | undefined {
    const taken = this.peek(count);
    if (taken === undefined || count === 0) return taken;
    const [first] = this.#chunks;
    if (first) {
      if (first.length === count) this.#chunks.shift();
      else this.#chunks[0] = first.subarray(count);
    }
    this.#length -= count;
    return taken;
  }

  takeAll(): Buffer {
    return this.take(this.#length) ?? Buffer.alloc(0);
  }
}
