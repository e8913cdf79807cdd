// The protocol of screens: authentication, handshakes in any pieces, messages, TightPNG, pixels.
import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodePng, pngSize } from './png-pixels.ts';
import { ByteQueue } from './rfb-bytes.ts';
import {
  defaultFormat,
  encodings,
  maxTightLength,
  nextMessage,
  rawPixels,
  rectangle,
  serverInit,
  tightPng,
  update,
} from './rfb-messages.ts';
import { answerChallenge, desBlock, vncKey } from './vnc-auth.ts';
import { createHandshake, createOpenHandshake } from './vnc-connect.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

describe('VNC authentication', () => {
  it('is single DES: the example of FIPS 81', () => {
    // "Now is the time for all " under 0123456789abcdef, ECB.
    const key = hex('0123456789abcdef');
    const blocks = ['Now is t', 'he time ', 'for all '].map((text) =>
      desBlock(key, Buffer.from(text)).toString('hex'),
    );
    expect(blocks).toEqual(['3fa40e8a984d4815', '6a271787ab8883f9', '893d51ec4b563b53']);
  });

  it('mirrors the bits of each byte of the password, and cuts at eight', () => {
    expect(vncKey('\u0001\u0080ab')).toEqual(hex('80 01 86 46 00000000'));
    expect(vncKey('12345678rest')).toEqual(vncKey('12345678'));
  });

  it('answers both halves of a challenge under the password', () => {
    const challenge = Buffer.from('Now is the time ');
    const key = hex('0123456789abcdef');
    // The password whose mirrored bytes are that key.
    const password = vncKey(key.toString('latin1')).toString('latin1');
    expect(answerChallenge(password, challenge).toString('hex')).toBe(
      '3fa40e8a984d48156a271787ab8883f9',
    );
  });
});

/** Everything said, cut at the given places. */
const pieces = (bytes: Buffer, cuts: readonly number[]): readonly Buffer[] => {
  const places = [0, ...cuts.map((cut) => cut % bytes.length).sort((a, b) => a - b), bytes.length];
  return places.slice(1).map((end, index) => bytes.subarray(places[index], end));
};
const anyCuts = fc.array(fc.nat(1000), { maxLength: 8 });

describe('handshake with a server', () => {
  const challenge = Buffer.from('0123456789abcdef');
  const server = Buffer.concat([
    Buffer.from('RFB 003.008\n'),
    Buffer.from([2, 16, 2]),
    challenge,
    Buffer.alloc(4),
    Buffer.from('what follows'),
  ]);

  it('gives the same answers however the server’s bytes are split', () => {
    fc.assert(
      fc.property(anyCuts, (cuts) => {
        const handshake = createHandshake('secret');
        const answers = Buffer.concat(pieces(server, cuts).map((piece) => handshake.feed(piece)));
        const version = Buffer.from('RFB 003.008\n');
        const expected = Buffer.concat([
          version,
          Buffer.from([2]),
          answerChallenge('secret', challenge),
        ]);
        expect(answers).toEqual(expected);
        expect(handshake.isDone()).toBe(true);
        expect(handshake.rest().toString()).toBe('what follows');
      }),
    );
  });

  const say = (...parts: readonly (string | readonly number[])[]): (() => Buffer) => {
    const bytes = parts.map((part) =>
      typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part),
    );
    return () => createHandshake('x').feed(Buffer.concat(bytes));
  };
  it('says why it was not let in', () => {
    const reason = 'password check failed!';
    const refused = [...Buffer.from([0, 0, 0, 1, 0, 0, 0, reason.length]), ...Buffer.from(reason)];
    expect(say('RFB 003.008\n', [1, 2], [...challenge], refused)).toThrowError(
      expect.objectContaining({ kind: 'password', message: reason }) as Error,
    );
    const none = [0, 0, 0, 0, 4, ...Buffer.from('busy')];
    expect(say('RFB 003.008\n', none)).toThrowError('busy');
    expect(say('RFB 003.008\n', [1, 19])).toThrowError('It asks for security 19.');
    expect(say('SSH-2.0-Open')).toThrowError('It does not speak RFB 003.008.');
    expect(say('RFB 003.003\n')).toThrowError('It does not speak RFB 003.008.');
  });
  it('needs no password where there is none', () => {
    const handshake = createHandshake('x');
    handshake.feed(Buffer.from('RFB 004.001\n'));
    expect(handshake.feed(Buffer.from([1, 1]))).toEqual(Buffer.from([1]));
    handshake.feed(Buffer.alloc(4));
    expect(handshake.isDone()).toBe(true);
  });
});

it('lets a client in without a password, however its bytes are split', () => {
  const client = Buffer.from('RFB 003.008\n\u0001\u0001init');
  fc.assert(
    fc.property(anyCuts, (cuts) => {
      const handshake = createOpenHandshake();
      let rest: Buffer | undefined;
      const answers: Buffer[] = [];
      for (const piece of pieces(client, cuts)) {
        if (rest) rest = Buffer.concat([rest, piece]);
        else {
          const step = handshake.feed(piece);
          answers.push(step.answer);
          rest = step.rest;
        }
      }
      expect(handshake.greeting.toString()).toBe('RFB 003.008\n');
      expect(Buffer.concat(answers)).toEqual(Buffer.from([1, 1, 0, 0, 0, 0]));
      expect(rest?.toString()).toBe('\u0001init');
    }),
  );
});

describe('messages of a client', () => {
  const all = Buffer.concat([
    hex('00 000000 20 18 00 01 00ff 00ff 00ff 10 08 00 000000'),
    hex('02 00 0002 fffffefc 00000000'),
    hex('03 01 0000 0000 0280 01e0'),
    hex('04 01 0000 00000061'),
    hex('05 04 0010 0020'),
    hex('06 000000 00000003 616263'),
    hex('06 000000 fffffffc 01020304'),
    hex('ff 00 0001 0000ff51 000000cb'),
  ]);
  const expected = [
    {
      kind: 'format',
      format: { bitsPerPixel: 32, isBigEndian: false, shifts: [16, 8, 0] },
    },
    { kind: 'encodings', list: [encodings.tightPng, encodings.raw] },
    { kind: 'request', isIncremental: true },
    { kind: 'key', isDown: true, keysym: 0x61, keycode: 0 },
    { kind: 'pointer', buttons: 4, x: 16, y: 32 },
    { kind: 'ignored' },
    { kind: 'ignored' },
    { kind: 'key', isDown: true, keysym: 0xff51, keycode: 0xcb },
  ];

  it('are read whole, however they are split', () => {
    fc.assert(
      fc.property(anyCuts, (cuts) => {
        const queue = new ByteQueue();
        const read = pieces(all, cuts).flatMap((piece) => {
          queue.push(piece);
          const found: unknown[] = [];
          for (let next = nextMessage(queue); next; next = nextMessage(queue)) found.push(next);
          return found;
        });
        expect(read).toEqual(expected);
        expect(queue.length).toBe(0);
      }),
    );
  });
  it('that no client says end the session', () => {
    const queue = new ByteQueue();
    queue.push(Buffer.from([77]));
    expect(() => nextMessage(queue)).toThrowError('message 77');
    const huge = new ByteQueue();
    huge.push(hex('06 000000 7fffffff'));
    expect(() => nextMessage(huge)).toThrowError('a text of');
  });
});

describe('pictures', () => {
  it('have their length in one, two or three bytes of Tight', () => {
    const headOf = (length: number): string | undefined => {
      const sent = tightPng(Buffer.alloc(length));
      return sent?.subarray(0, sent.length - length).toString('hex');
    };
    expect(headOf(100)).toBe('a064');
    expect(headOf(127)).toBe('a07f');
    expect(headOf(128)).toBe('a08001');
    // The example of the protocol: 10000 is 90 4e.
    expect(headOf(10_000)).toBe('a0904e');
    expect(headOf(16_383)).toBe('a0ff7f');
    expect(headOf(16_384)).toBe('a0808001');
    expect(headOf(maxTightLength)).toBe('a0ffffff');
    expect(headOf(maxTightLength + 1)).toBeUndefined();
  });
  it('come as rectangles from the corner', () => {
    const bytes = update([
      rectangle({ width: 720, height: 400 }, encodings.desktopSize),
      rectangle({ width: 2, height: 1 }, encodings.tightPng, Buffer.from('x')),
    ]);
    expect(bytes.toString('hex')).toBe(
      '00000002' + '0000000002d00190ffffff21' + '0000000000020001fffffefc' + '78',
    );
  });
  it('are announced with their size and the machine’s name', () => {
    expect(serverInit({ width: 640, height: 480 }, 'ü').toString('hex')).toBe(
      '028001e0' + '20180001' + '00ff00ff00ff' + '000810' + '000000' + '00000002' + 'c3bc',
    );
  });
});

/** A PNG as the standard has it, with one filter for each row. */
const png = (
  width: number,
  height: number,
  channels: 3 | 4,
  pixels: Buffer,
  filters: readonly number[],
): Buffer => {
  const stride = width * channels;
  const at = (x: number, y: number): number => (x < 0 || y < 0 ? 0 : (pixels[y * stride + x] ?? 0));
  const rows = Array.from({ length: height }, (_, y) => {
    const filter = filters[y % filters.length] ?? 0;
    const line = Array.from({ length: stride }, (__, x) => {
      const left = at(x - channels, y);
      const up = at(x, y - 1);
      const corner = x < channels ? 0 : at(x - channels, y - 1);
      const guess = left + up - corner;
      const nearest = [left, up, corner].reduce((best, one) =>
        Math.abs(guess - one) < Math.abs(guess - best) ? one : best,
      );
      const base = [0, left, up, Math.floor((left + up) / 2), nearest][filter] ?? 0;
      return (at(x, y) - base) & 0xff;
    });
    return Buffer.from([filter, ...line]);
  });
  const chunk = (type: string, data: Buffer): Buffer => {
    const head = Buffer.alloc(8);
    head.writeUInt32BE(data.length);
    head.write(type, 4, 'latin1');
    return Buffer.concat([head, data, Buffer.alloc(4)]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8;
  header[9] = channels === 4 ? 6 : 2;
  const data = deflateSync(Buffer.concat(rows));
  const half = Math.floor(data.length / 2);
  return Buffer.concat([
    hex('89504e470d0a1a0a'),
    chunk('IHDR', header),
    chunk('tEXt', Buffer.from('a\0b')),
    chunk('IDAT', data.subarray(0, half)),
    chunk('IDAT', data.subarray(half)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
};

describe('PNG', () => {
  it('is read with every filter and either number of channels', () => {
    const any = fc.record({
      width: fc.integer({ min: 1, max: 9 }),
      height: fc.integer({ min: 1, max: 9 }),
      channels: fc.constantFrom<(3 | 4)[]>(3, 4),
      filters: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 5 }),
      seed: fc.uint8Array({ minLength: 324, maxLength: 324 }),
    });
    fc.assert(
      fc.property(any, ({ width, height, channels, filters, seed }) => {
        const pixels = Buffer.from(seed).subarray(0, width * height * channels);
        const read = decodePng(png(width, height, channels, pixels, filters));
        expect(read).toMatchObject({ width, height });
        for (let index = 0; index < width * height; index += 1) {
          const is = read?.rgbx.subarray(index * 4, index * 4 + 3);
          expect(is).toEqual(pixels.subarray(index * channels, index * channels + 3));
        }
      }),
    );
  });
  it('and nothing else', () => {
    expect(pngSize(Buffer.from('GIF89a'))).toBeUndefined();
    expect(decodePng(Buffer.alloc(100))).toBeUndefined();
  });
  it('becomes pixels as the client wants them', () => {
    const pixels = { width: 1, height: 1, rgbx: Buffer.from([1, 2, 3, 9]) };
    expect(rawPixels(pixels, defaultFormat)).toEqual(Buffer.from([1, 2, 3, 0]));
    const swapped = { ...defaultFormat, shifts: [16, 8, 0] as const };
    expect(rawPixels(pixels, swapped)).toEqual(Buffer.from([3, 2, 1, 0]));
    expect(rawPixels(pixels, { ...swapped, isBigEndian: true })).toEqual(Buffer.from([0, 1, 2, 3]));
  });
});
