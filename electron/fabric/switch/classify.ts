// Reads what a frame is when it enters at a port: which VLAN it belongs to, or that it is not taken.
import {
  innerTypeOf,
  isAnyTagType,
  isReserved,
  isVlanType,
  macAt,
  minFrame,
  prefixLength,
  tciOf,
  typeOf,
  withoutTag,
} from './frame.ts';
import { domainOfTag, type VlanRule } from './vlan.ts';

export interface Frame {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  readonly domain: number;
  readonly isTagged: boolean;
  /** Behind the tag there is another one. */
  readonly hasInnerTag: boolean;
  /** The upper four bits of a tag: priority and drop eligible. */
  readonly priority: number;
  /** The same frame with its tag, or without it; made when first needed. */
  other: Buffer | undefined;
}

/** Undefined: dropped, since it is malformed, not for bridges, or of a VLAN that the port does not carry. */
export const classify = (
  rule: VlanRule,
  bytes: Buffer,
  start: number,
  end: number,
): Frame | undefined => {
  const type = typeOf(bytes, start);
  const isTagged = isVlanType(type);
  // A provider's tag outside is not ours to understand.
  if (!isTagged && isAnyTagType(type)) return undefined;
  if (isTagged && end - start < minFrame + 4) return undefined;
  const isFromMany = ((bytes[start + 6] ?? 0) & 1) === 1;
  if (isFromMany || macAt(bytes, start + 6) === 0) return undefined;
  if (isReserved(macAt(bytes, start))) return undefined;
  const tci = isTagged ? tciOf(bytes, start) : 0;
  const domain = domainOfTag(rule, tci & 0x0fff);
  if (domain === undefined) return undefined;
  const priority = tci & 0xf000;
  const hasInnerTag = isTagged && isAnyTagType(innerTypeOf(bytes, start));
  if (!isTagged || (tci & 0x0fff) !== 0) {
    return { bytes, start, end, domain, isTagged, hasInnerTag, priority, other: undefined };
  }
  // VLAN 0: a priority and no VLAN. Without this tag the next one would count: a way into another VLAN.
  if (hasInnerTag) return undefined;
  const plain = withoutTag(bytes, start, end);
  return {
    ...{ bytes: plain, start: prefixLength, end: plain.length, domain, priority },
    ...{ isTagged: false, hasInnerTag: false, other: undefined },
  };
};
