import { describe, expect, it } from 'vitest';
import { BadStream, createFrameSieve } from './frame-relay.ts';

const framed = (...texts: readonly string[]): Buffer =>
  Buffer.concat(
    texts.map((text) => {
      const bytes = Buffer.alloc(4 + text.length);
      bytes.writeUInt32BE(text.length);
      bytes.write(text, 4);
      return bytes;
    }),
  );
const notBad = (frame: Buffer): boolean => !frame.toString().startsWith('bad');

describe('the sieve', () => {
  it('passes what comes in one piece on in one piece', () => {
    const chunk = framed('one', 'two', 'three');
    expect(createFrameSieve(notBad)(chunk)).toEqual([chunk]);
  });

  it('leaves out what may not pass', () => {
    const sieve = createFrameSieve(notBad);
    const pieces = sieve(framed('bad0', 'one', 'bad1', 'bad2', 'two', 'three', 'bad3'));
    expect(pieces).toEqual([framed('one'), framed('two', 'three')]);
  });

  it('sees every frame whole, wherever the stream is cut', () => {
    const stream = framed('one', 'bad', '', 'three');
    for (let cut = 0; cut <= stream.length; cut += 1) {
      for (let next = cut; next <= stream.length; next += 1) {
        const seen: string[] = [];
        const sieve = createFrameSieve((frame) => {
          seen.push(frame.toString());
          return notBad(frame);
        });
        const parts = [stream.subarray(0, cut), stream.subarray(cut, next), stream.subarray(next)];
        const out = Buffer.concat(parts.flatMap((part) => sieve(part)));
        expect(seen).toEqual(['one', 'bad', '', 'three']);
        expect(out).toEqual(framed('one', '', 'three'));
      }
    }
  });

  it('gives up on a length that cannot be', () => {
    expect(() => createFrameSieve(notBad)(Buffer.from('HTTP/1.1 200'))).toThrow(BadStream);
  });
});
