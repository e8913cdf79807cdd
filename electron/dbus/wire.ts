// D-Bus marshalling: values to bytes and back, by signature. Little-endian out, both orders in.
// Source: D-Bus specification 0.41, "Type system" and "Marshaling". No file descriptors.

/** A value together with its type. Dictionaries are arrays of [key, value]; 64-bit numbers are bigint. */
export interface Variant {
  readonly signature: string;
  readonly value: unknown;
}

const alignments: Readonly<Record<string, number>> = {
  y: 1,
  b: 4,
  n: 2,
  q: 2,
  i: 4,
  u: 4,
  x: 8,
  t: 8,
  d: 8,
  s: 4,
  o: 4,
  g: 1,
  a: 4,
  '(': 8,
  '{': 8,
  v: 1,
};
const alignmentOf = (type: string): number => alignments[type.charAt(0)] ?? 1;

const closing: Readonly<Record<string, string>> = { '(': ')', '{': '}' };

/** Length of the first complete type of `signature`. Throws on nonsense. */
const typeLength = (signature: string): number => {
  const head = signature.charAt(0);
  if (head === 'a') return 1 + typeLength(signature.slice(1));
  const end = closing[head];
  if (end === undefined) {
    if (!(head in alignments)) throw new Error(`not a D-Bus type: "${signature}"`);
    return 1;
  }
  let at = 1;
  while (signature.charAt(at) !== end) at += typeLength(signature.slice(at));
  return at + 1;
};

/** `a{sv}i` → [`a{sv}`, `i`]. */
export const splitSignature = (signature: string): readonly string[] => {
  const types: string[] = [];
  for (let rest = signature; rest !== '';) {
    const length = typeLength(rest);
    types.push(rest.slice(0, length));
    rest = rest.slice(length);
  }
  return types;
};

/** Grows as values are put in; offsets count from the start, so begin at a multiple of 8. */
export class WireWriter {
  #bytes: Buffer = Buffer.alloc(256);
  #length = 0;

  bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  align(to: number): void {
    this.#reserve((to - (this.#length % to)) % to);
  }

  put(type: string, value: unknown): void {
    this.align(alignmentOf(type));
    const head = type.charAt(0);
    if (head === '(' || head === '{') {
      const values = value as readonly unknown[];
      splitSignature(type.slice(1, -1)).forEach((inner, index) => this.put(inner, values[index]));
    } else if (head === 'a') {
      this.#putArray(type.slice(1), value as readonly unknown[]);
    } else if (head === 'v') {
      const variant = value as Variant;
      this.put('g', variant.signature);
      this.put(variant.signature, variant.value);
    } else {
      this.#putBasic(head, value);
    }
  }

  #putArray(inner: string, items: readonly unknown[]): void {
    const at = this.#reserve(4);
    this.align(alignmentOf(inner));
    const start = this.#length;
    for (const item of items) this.put(inner, item);
    this.#bytes.writeUInt32LE(this.#length - start, at);
  }

  #putBasic(type: string, value: unknown): void {
    if (type === 's' || type === 'o' || type === 'g') {
      const text = Buffer.from(String(value), 'utf8');
      if (type === 'g') this.#bytes.writeUInt8(text.length, this.#reserve(1));
      else this.#bytes.writeUInt32LE(text.length, this.#reserve(4));
      const at = this.#reserve(text.length + 1);
      text.copy(this.#bytes, at);
      return;
    }
    const at = this.#reserve(alignmentOf(type));
    if (type === 'y') this.#bytes.writeUInt8(value as number, at);
    else if (type === 'b') this.#bytes.writeUInt32LE(value === true ? 1 : 0, at);
    else if (type === 'n') this.#bytes.writeInt16LE(value as number, at);
    else if (type === 'q') this.#bytes.writeUInt16LE(value as number, at);
    else if (type === 'i') this.#bytes.writeInt32LE(value as number, at);
    else if (type === 'u') this.#bytes.writeUInt32LE(value as number, at);
    else if (type === 'x') this.#bytes.writeBigInt64LE(value as bigint, at);
    else if (type === 't') this.#bytes.writeBigUInt64LE(value as bigint, at);
    else this.#bytes.writeDoubleLE(value as number, at);
  }

  /** Makes room for `count` zero bytes and returns where they begin. */
  #reserve(count: number): number {
    const at = this.#length;
    this.#length += count;
    if (this.#length > this.#bytes.length) {
      const bigger = Buffer.alloc(Math.max(this.#bytes.length * 2, this.#length));
      this.#bytes.copy(bigger);
      this.#bytes = bigger;
    }
    this.#bytes.fill(0, at, this.#length);
    return at;
  }
}

export class WireReader {
  #offset = 0;
  readonly #bytes: Buffer;
  readonly #isLittle: boolean;

  constructor(bytes: Buffer, isLittle: boolean) {
    this.#bytes = bytes;
    this.#isLittle = isLittle;
  }

  align(to: number): void {
    this.#take((to - (this.#offset % to)) % to);
  }

  read(type: string): unknown {
    this.align(alignmentOf(type));
    const head = type.charAt(0);
    if (head === '(' || head === '{') {
      return splitSignature(type.slice(1, -1)).map((inner) => this.read(inner));
    }
    if (head === 'a') return this.#readArray(type.slice(1));
    if (head === 'v') {
      const signature = String(this.read('g'));
      return { signature, value: this.read(signature) } satisfies Variant;
    }
    return this.#readBasic(head);
  }

  #readArray(inner: string): readonly unknown[] {
    const length = this.#uint32();
    this.align(alignmentOf(inner));
    const end = this.#offset + length;
    const items: unknown[] = [];
    while (this.#offset < end) items.push(this.read(inner));
    return items;
  }

  #readBasic(type: string): unknown {
    if (type === 's' || type === 'o') return this.#text(this.#uint32());
    if (type === 'g') return this.#text(this.#bytes.readUInt8(this.#take(1)));
    const at = this.#take(alignmentOf(type));
    const bytes = this.#bytes;
    const isLittle = this.#isLittle;
    if (type === 'y') return bytes.readUInt8(at);
    if (type === 'n') return isLittle ? bytes.readInt16LE(at) : bytes.readInt16BE(at);
    if (type === 'q') return isLittle ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at);
    if (type === 'i') return isLittle ? bytes.readInt32LE(at) : bytes.readInt32BE(at);
    if (type === 'x') return isLittle ? bytes.readBigInt64LE(at) : bytes.readBigInt64BE(at);
    if (type === 't') return isLittle ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at);
    if (type === 'd') return isLittle ? bytes.readDoubleLE(at) : bytes.readDoubleBE(at);
    const word = isLittle ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
    return type === 'b' ? word !== 0 : word;
  }

  #uint32(): number {
    const at = this.#take(4);
    return this.#isLittle ? this.#bytes.readUInt32LE(at) : this.#bytes.readUInt32BE(at);
  }

  #text(length: number): string {
    const at = this.#take(length + 1);
    return this.#bytes.toString('utf8', at, at + length);
  }

  #take(count: number): number {
    const at = this.#offset;
    this.#offset += count;
    if (this.#offset > this.#bytes.length) throw new Error('D-Bus message ends too early');
    return at;
  }
}
