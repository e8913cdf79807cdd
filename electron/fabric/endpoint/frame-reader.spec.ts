// Frames come out of a stream as they were sent, however the stream was cut.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { prefixLength, withPrefix } from '../switch/frame.ts';
import { createFrameReader } from './frame-reader.ts';

const collect = () => {
  const frames: Buffer[] = [];
  const take = (bytes: Buffer, start: number, end: number): void => {
    expect(bytes.readUInt32BE(start - prefixLength)).toBe(end - start);
    frames.push(Buffer.from(bytes.subarray(start, end)));
  };
  return { frames, take };
};

it('puts frames together from pieces of any length', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 20 }),
      fc.array(fc.integer({ min: 1, max: 150 }), { minLength: 1 }),
      (sent, cuts) => {
        const stream = Buffer.concat(sent.map(withPrefix));
        const reader = createFrameReader();
        const { frames, take } = collect();
        for (let at = 0, turn = 0; at < stream.length; turn += 1) {
          const length = cuts[turn % cuts.length]!;
          // A chunk of its own each time, overwritten after it was read.
          const chunk = Buffer.from(stream.subarray(at, at + length));
          expect(reader.read(chunk, take)).toBe(true);
          chunk.fill(0xee);
          at += length;
        }
        expect(frames).toEqual(sent.map((frame) => Buffer.from(frame)));
      },
    ),
  );
});

it('notices that a stream is out of step', () => {
  const tooLong = Buffer.from([0x00, 0x02, 0x00, 0x00, 1, 2, 3]);
  const { frames, take } = collect();
  expect(createFrameReader().read(tooLong, take)).toBe(false);
  const reader = createFrameReader();
  expect(reader.read(tooLong.subarray(0, 2), take)).toBe(true);
  expect(reader.read(tooLong.subarray(2), take)).toBe(false);
  expect(frames).toEqual([]);
});
