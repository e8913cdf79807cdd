// What an RFB client says (RFC 6143, 7.5; extended key events of the rfbproto community document), and the updates
// it is sent.
import type { ByteQueue } from './rfb-bytes.ts';
import type { Pixels, PictureSize } from './png-pixels.ts';

export const encodings = { raw: 0, desktopSize: -223, tightPng: -260, extendedKeys: -258 } as const;

/** Where the channels of a 32-bit pixel are; other pixels are not offered. */
export interface PixelFormat {
  readonly bitsPerPixel: number;
  readonly isBigEndian: boolean;
  readonly shifts: readonly [number, number, number];
}

export type ClientMessage =
  | { readonly kind: 'format'; readonly format: PixelFormat }
  | { readonly kind: 'encodings'; readonly list: readonly number[] }
  | { readonly kind: 'request'; readonly isIncremental: boolean }
  | {
      readonly kind: 'key';
      readonly isDown: boolean;
      readonly keysym: number;
      readonly keycode: number;
    }
  | { readonly kind: 'pointer'; readonly x: number; readonly y: number; readonly buttons: number }
  | { readonly kind: 'ignored' };

export const defaultFormat: PixelFormat = {
  bitsPerPixel: 32,
  isBigEndian: false,
  shifts: [0, 8, 16],
};

/** A pasted text is dropped, but must be read past. */
const maxCutText = 16 * 1024 * 1024;

/** The next whole message; `undefined` while there is none. Throws on what no client of RFB 3.8 would say. */
export const nextMessage = (queue: ByteQueue): ClientMessage | undefined => {
  const type = queue.peek(1)?.[0];
  switch (type) {
    case undefined:
      return undefined;
    case 0: {
      const body = queue.take(20);
      if (!body) return undefined;
      const shifts = [body[14] ?? 0, body[15] ?? 0, body[16] ?? 0] as const;
      const format = { bitsPerPixel: body[4] ?? 0, isBigEndian: body[6] !== 0, shifts };
      return { kind: 'format', format };
    }
    case 2: {
      const count = queue.peek(4)?.readUInt16BE(2);
      const body = count === undefined ? undefined : queue.take(4 + count * 4);
      if (!body) return undefined;
      const list = Array.from({ length: count ?? 0 }, (_, row) => body.readInt32BE(4 + row * 4));
      return { kind: 'encodings', list };
    }
    case 3: {
      const body = queue.take(10);
      return body && { kind: 'request', isIncremental: body[1] !== 0 };
    }
    case 4: {
      const body = queue.take(8);
      if (!body) return undefined;
      return { kind: 'key', isDown: body[1] !== 0, keysym: body.readUInt32BE(4), keycode: 0 };
    }
    case 5: {
      const body = queue.take(6);
      if (!body) return undefined;
      return {
        kind: 'pointer',
        buttons: body[1] ?? 0,
        x: body.readUInt16BE(2),
        y: body.readUInt16BE(4),
      };
    }
    case 6: {
      // Negative in the extended clipboard.
      const length = Math.abs(queue.peek(8)?.readInt32BE(4) ?? 0);
      if (length > maxCutText) throw new Error(`a text of ${length} bytes`);
      return queue.take(8 + length) && { kind: 'ignored' };
    }
    case 255: {
      const body = queue.take(12);
      if (!body) return undefined;
      if (body[1] !== 0) throw new Error(`extended message ${body[1]}`);
      const keysym = body.readUInt32BE(4);
      const keycode = body.readUInt32BE(8);
      return { kind: 'key', isDown: body.readUInt16BE(2) !== 0, keysym, keycode };
    }
    default:
      throw new Error(`message ${type}`);
  }
};

export const serverInit = ({ width, height }: PictureSize, name: string): Buffer => {
  const title = Buffer.from(name, 'utf8');
  const head = Buffer.alloc(24);
  head.writeUInt16BE(width, 0);
  head.writeUInt16BE(height, 2);
  // 32 bits, depth 24, little-endian, true colour, 255 a channel.
  Buffer.from([32, 24, 0, 1, 0, 255, 0, 255, 0, 255, ...defaultFormat.shifts]).copy(head, 4);
  head.writeUInt32BE(title.length, 20);
  return Buffer.concat([head, title]);
};

/** One rectangle: its place, its encoding, its bytes. */
export const rectangle = (
  { width, height }: PictureSize,
  encoding: number,
  bytes: Buffer = Buffer.alloc(0),
): Buffer => {
  const head = Buffer.alloc(12);
  head.writeUInt16BE(width, 4);
  head.writeUInt16BE(height, 6);
  head.writeInt32BE(encoding, 8);
  return Buffer.concat([head, bytes]);
};

export const update = (rectangles: readonly Buffer[]): Buffer => {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(rectangles.length, 2);
  return Buffer.concat([head, ...rectangles]);
};

/** What the length of Tight's data can say: 22 bits. */
export const maxTightLength = 0x3fffff;
const pngControl = 0xa0;

/** A picture as TightPNG; `undefined`: too long for it. */
export const tightPng = (png: Uint8Array): Buffer | undefined => {
  const { length } = png;
  if (length > maxTightLength) return undefined;
  const low = length & 0x7f;
  const middle = (length >> 7) & 0x7f;
  const high = length >> 14;
  const compact =
    length < 0x80
      ? [low]
      : length < 0x4000
        ? [low | 0x80, middle]
        : [low | 0x80, middle | 0x80, high];
  return Buffer.concat([Buffer.from([pngControl, ...compact]), png]);
};

export const rawPixels = ({ rgbx }: Pixels, format: PixelFormat): Buffer => {
  const pixels = Buffer.alloc(rgbx.length);
  const [red, green, blue] = format.shifts;
  for (let at = 0; at < rgbx.length; at += 4) {
    const value =
      (((rgbx[at] ?? 0) << red) |
        ((rgbx[at + 1] ?? 0) << green) |
        ((rgbx[at + 2] ?? 0) << blue)) >>>
      0;
    if (format.isBigEndian) pixels.writeUInt32BE(value, at);
    else pixels.writeUInt32LE(value, at);
  }
  return pixels;
};
