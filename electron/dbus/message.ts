// D-Bus messages: header and body to bytes and back, and cutting a byte stream into messages.
import { splitSignature, WireReader, WireWriter, type Variant } from './wire.ts';

export const messageTypes = { call: 1, reply: 2, error: 3, signal: 4 } as const;

export interface DbusMessage {
  readonly type: (typeof messageTypes)[keyof typeof messageTypes];
  readonly serial: number;
  readonly path?: string | undefined;
  readonly interface?: string | undefined;
  readonly member?: string | undefined;
  readonly errorName?: string | undefined;
  readonly replySerial?: number | undefined;
  readonly destination?: string | undefined;
  readonly sender?: string | undefined;
  readonly signature?: string | undefined;
  readonly body?: readonly unknown[] | undefined;
}

const fixedHeaderLength = 16;
/** The specification allows 128 MiB; nothing this program talks about comes near 1 MiB. */
const maxMessageLength = 16 * 1024 * 1024;

/** Header field code, name here, type. */
const fields = [
  [1, 'path', 'o'],
  [2, 'interface', 's'],
  [3, 'member', 's'],
  [4, 'errorName', 's'],
  [5, 'replySerial', 'u'],
  [6, 'destination', 's'],
  [7, 'sender', 's'],
  [8, 'signature', 'g'],
] as const;

export const encodeMessage = (message: DbusMessage): Buffer => {
  const body = new WireWriter();
  splitSignature(message.signature ?? '').forEach((type, index) =>
    body.put(type, message.body?.[index]),
  );
  const header = new WireWriter();
  header.put('y', 'l'.charCodeAt(0));
  header.put('y', message.type);
  header.put('y', 0);
  header.put('y', 1);
  header.put('u', body.bytes().length);
  header.put('u', message.serial);
  const present: [number, Variant][] = [];
  for (const [code, name, signature] of fields) {
    const value = message[name];
    if (value !== undefined && value !== '') present.push([code, { signature, value }]);
  }
  header.put('a(yv)', present);
  header.align(8);
  return Buffer.concat([header.bytes(), body.bytes()]);
};

/** Cuts the first message off `bytes`; `undefined` = more bytes are needed. Throws on nonsense. */
export const decodeMessage = (
  bytes: Buffer,
): { readonly message: DbusMessage; readonly length: number } | undefined => {
  if (bytes.length < fixedHeaderLength) return undefined;
  const isLittle = bytes[0] === 'l'.charCodeAt(0);
  const word = (at: number): number => (isLittle ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
  const headerLength = Math.ceil((fixedHeaderLength + word(12)) / 8) * 8;
  const length = headerLength + word(4);
  if (length > maxMessageLength) throw new Error('D-Bus message is too long');
  if (bytes.length < length) return undefined;
  const reader = new WireReader(bytes.subarray(0, length), isLittle);
  for (let skipped = 0; skipped < 3; skipped += 1) reader.read('u');
  const header: Record<string, unknown> = {};
  for (const [code, variant] of reader.read('a(yv)') as readonly [number, Variant][]) {
    const field = fields.find(([known]) => known === code);
    if (field) header[field[1]] = variant.value;
  }
  reader.align(8);
  const signature = typeof header['signature'] === 'string' ? header['signature'] : '';
  const body = splitSignature(signature).map((type) => reader.read(type));
  const type = bytes[1] as DbusMessage['type'];
  return { message: { ...header, type, serial: word(8), body }, length };
};
