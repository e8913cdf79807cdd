// Reads what our packet captures hold.

/** Frames of a pcap file (microseconds, Ethernet) as they were on the wire. Throws when it is no such file. */
export const framesOf = (file: Buffer): readonly Buffer[] => {
  if (file.readUInt32LE(0) !== 0xa1b2_c3d4 || file.readUInt32LE(20) !== 1)
    throw new Error(`no capture of Ethernet frames: ${file.toString('hex', 0, 24)}`);
  const frames: Buffer[] = [];
  for (let at = 24; at + 16 <= file.length;) {
    const length = file.readUInt32LE(at + 8);
    // The last one may not be written to its end yet.
    if (at + 16 + length > file.length) break;
    frames.push(file.subarray(at + 16, at + 16 + length));
    at += 16 + length;
  }
  return frames;
};

/** VLAN of a frame's 802.1Q tag. */
export const tagOf = (frame: Buffer): number | undefined =>
  frame.readUInt16BE(12) === 0x8100 ? frame.readUInt16BE(14) & 0xfff : undefined;

const macAt = (frame: Buffer, at: number): string =>
  frame.toString('hex', at, at + 6).replaceAll(/(..)(?=.)/g, '$1:');
export const receiverOf = (frame: Buffer): string => macAt(frame, 0);
export const senderOf = (frame: Buffer): string => macAt(frame, 6);

/** The frame without its tag. */
export const untagged = (frame: Buffer): Buffer =>
  tagOf(frame) === undefined ? frame : Buffer.concat([frame.subarray(0, 12), frame.subarray(16)]);
