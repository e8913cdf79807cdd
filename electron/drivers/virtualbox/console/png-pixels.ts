// Reads the pictures VirtualBox makes: PNG with 8 bits a channel, RGB or RGBA, not interlaced (ISO/IEC 15948).
import { inflateSync } from 'node:zlib';

export interface PictureSize {
  readonly width: number;
  readonly height: number;
}
export interface Pixels extends PictureSize {
  /** Four bytes each: red, green, blue, and one without meaning. */
  readonly rgbx: Buffer;
}

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const headerEnd = 33;
const bytesOf = (png: Uint8Array): Buffer =>
  Buffer.from(png.buffer, png.byteOffset, png.byteLength);

/** `undefined`: it is no PNG. */
export const pngSize = (png: Uint8Array): PictureSize | undefined => {
  const bytes = bytesOf(png);
  if (bytes.length < headerEnd || !bytes.subarray(0, 8).equals(signature)) return undefined;
  return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
};

const compressedData = (bytes: Buffer): Buffer => {
  const parts: Buffer[] = [];
  for (let at = 8; at + 12 <= bytes.length;) {
    const length = bytes.readUInt32BE(at);
    const type = bytes.toString('latin1', at + 4, at + 8);
    if (type === 'IDAT') parts.push(bytes.subarray(at + 8, at + 8 + length));
    if (type === 'IEND') break;
    at += 12 + length;
  }
  return Buffer.concat(parts);
};

const paeth = (left: number, up: number, corner: number): number => {
  const guess = left + up - corner;
  const toLeft = Math.abs(guess - left);
  const toUp = Math.abs(guess - up);
  const toCorner = Math.abs(guess - corner);
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
};

const predictors: readonly ((left: number, up: number, corner: number) => number)[] = [
  () => 0,
  (left) => left,
  (_left, up) => up,
  (left, up) => (left + up) >> 1,
  paeth,
];

/** `undefined`: not a picture of this kind. */
export const decodePng = (png: Uint8Array): Pixels | undefined => {
  const size = pngSize(png);
  const bytes = bytesOf(png);
  if (!size || bytes[24] !== 8 || (bytes[25] !== 2 && bytes[25] !== 6) || bytes[28] !== 0)
    return undefined;
  const { width, height } = size;
  const channels = bytes[25] === 6 ? 4 : 3;
  const stride = width * channels;
  const raw = inflateSync(compressedData(bytes));
  if (raw.length < (stride + 1) * height) return undefined;
  const rgbx = Buffer.alloc(width * height * 4);
  let above = Buffer.alloc(stride);
  for (let y = 0; y < height; y += 1) {
    const start = y * (stride + 1);
    const predict = predictors[raw[start] ?? 0];
    if (!predict) return undefined;
    const line = raw.subarray(start + 1, start + 1 + stride);
    for (let x = 0; x < stride; x += 1) {
      const left = x < channels ? 0 : (line[x - channels] ?? 0);
      const corner = x < channels ? 0 : (above[x - channels] ?? 0);
      line[x] = ((line[x] ?? 0) + predict(left, above[x] ?? 0, corner)) & 0xff;
    }
    for (let x = 0; x < width; x += 1) {
      line.copy(rgbx, (y * width + x) * 4, x * channels, x * channels + 3);
    }
    above = line;
  }
  return { width, height, rgbx };
};
