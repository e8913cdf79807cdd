// Ethernet frames as the switch carries them: in place, each one preceded in its buffer by its length as four
// big-endian bytes. Frames that follow each other in one buffer can so be passed on to a stream in one piece.

/** Bytes before a frame: its length. */
export const prefixLength = 4;
/** Two addresses and a type. Guests do not pad to the 60 bytes of a wire. */
export const minFrame = 14;
/** The largest IP packet with an Ethernet header and two tags. */
export const maxFrame = 65_535 + 22;
const tagLength = 4;
const tagAt = 12;
const tpid = 0x8100;
const tpidOuter = 0x88a8;

export const typeOf = (bytes: Buffer, start: number): number =>
  ((bytes[start + tagAt] ?? 0) << 8) | (bytes[start + tagAt + 1] ?? 0);

export const isVlanType = (type: number): boolean => type === tpid;
/** A type that says that another tag follows, ours or a provider's. */
export const isAnyTagType = (type: number): boolean => type === tpid || type === tpidOuter;

/** Tag control information of a tagged frame: 3 bits priority, 1 bit drop eligible, 12 bits VLAN. */
export const tciOf = (bytes: Buffer, start: number): number =>
  ((bytes[start + 14] ?? 0) << 8) | (bytes[start + 15] ?? 0);

/** The type behind the first tag. */
export const innerTypeOf = (bytes: Buffer, start: number): number =>
  typeOf(bytes, start + tagLength);

/** An address as a number of 48 bits. */
export const macAt = (bytes: Buffer, at: number): number =>
  (((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)) * 0x1_0000_0000 +
  ((((bytes[at + 2] ?? 0) << 24) |
    ((bytes[at + 3] ?? 0) << 16) |
    ((bytes[at + 4] ?? 0) << 8) |
    (bytes[at + 5] ?? 0)) >>>
    0);

/** 01:80:c2:00:00:00 to 0f: between neighbours only (spanning tree, pause, LLDP); a bridge never forwards them. */
const reservedFirst = 0x0180_c200_0000;
export const isReserved = (mac: number): boolean =>
  mac >= reservedFirst && mac <= reservedFirst + 0x0f;

/** A copy without its first tag, with its length before it. Begins at `prefixLength`. */
export const withoutTag = (bytes: Buffer, start: number, end: number): Buffer => {
  const length = end - start - tagLength;
  const copy = Buffer.allocUnsafe(prefixLength + length);
  copy.writeUInt32BE(length, 0);
  bytes.copy(copy, prefixLength, start, start + tagAt);
  bytes.copy(copy, prefixLength + tagAt, start + tagAt + tagLength, end);
  return copy;
};

/** A copy with a tag, with its length before it. Begins at `prefixLength`. */
export const withTag = (bytes: Buffer, start: number, end: number, tci: number): Buffer => {
  const length = end - start + tagLength;
  const copy = Buffer.allocUnsafe(prefixLength + length);
  copy.writeUInt32BE(length, 0);
  bytes.copy(copy, prefixLength, start, start + tagAt);
  copy.writeUInt16BE(tpid, prefixLength + tagAt);
  copy.writeUInt16BE(tci, prefixLength + tagAt + 2);
  bytes.copy(copy, prefixLength + tagAt + tagLength, start + tagAt, end);
  return copy;
};

/** A copy with its length before it, of a frame that came without. Begins at `prefixLength`. */
export const withPrefix = (frame: Uint8Array): Buffer => {
  const copy = Buffer.allocUnsafe(prefixLength + frame.length);
  copy.writeUInt32BE(frame.length, 0);
  copy.set(frame, prefixLength);
  return copy;
};
