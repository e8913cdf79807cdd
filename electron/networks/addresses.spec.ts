import { describe, expect, it } from 'vitest';
import {
  formatIpv4,
  formatPrefix,
  hasHostBits,
  isUsableIpv4,
  lastOf,
  overlaps,
  parseIpv4,
  parseIpv6,
  parsePrefix,
  type Prefix,
} from './addresses.ts';

const prefix = (text: string): Prefix => {
  const parsed = parsePrefix(text);
  if (!parsed) throw new Error(text);
  return parsed;
};

describe('addresses', () => {
  it('reads and writes IPv4', () => {
    expect(parseIpv4('10.20.0.1')).toBe(0x0a140001n);
    expect(formatIpv4(0x0a140001n)).toBe('10.20.0.1');
    for (const wrong of ['10.20.0', '10.20.0.256', '', 'a.b.c.d', '1.2.3.4.5']) {
      expect(parseIpv4(wrong), wrong).toBeUndefined();
    }
  });

  it('reads IPv6 in its short and long forms', () => {
    expect(parseIpv6('::')).toBe(0n);
    expect(parseIpv6('::1')).toBe(1n);
    expect(parseIpv6('fd00:0:0:0:0:0:0:2')).toBe(parseIpv6('fd00::2'));
    for (const wrong of ['1:2:3', '::1::', 'g::', '1:2:3:4:5:6:7:8:9', '1:2:3:4:5:6:7::8:9']) {
      expect(parseIpv6(wrong), wrong).toBeUndefined();
    }
  });

  it('writes prefixes the way people do', () => {
    for (const text of ['10.20.0.0/24', 'fd12:3456:789a:1::/64', '::/0', 'fd00::1:0:0:0/80']) {
      expect(formatPrefix(prefix(text))).toBe(text);
    }
    expect(parsePrefix('10.0.0.0/33')).toBeUndefined();
    expect(parsePrefix('10.0.0.0')).toBeUndefined();
  });

  it('knows host bits, the last address and what is usable', () => {
    expect(hasHostBits('10.20.0.1/24')).toBe(true);
    expect(hasHostBits('10.20.0.0/24')).toBe(false);
    const net = prefix('10.20.0.0/24');
    expect(formatIpv4(lastOf(net))).toBe('10.20.0.255');
    expect(isUsableIpv4(net, 0x0a140000n)).toBe(false);
    expect(isUsableIpv4(net, 0x0a1400ffn)).toBe(false);
    expect(isUsableIpv4(net, 0x0a140001n)).toBe(true);
    expect(isUsableIpv4(net, 0x0a150001n)).toBe(false);
  });

  it.each([
    ['10.20.0.0/24', '10.20.0.128/25', true],
    ['10.20.0.128/25', '10.20.0.0/24', true],
    ['10.20.0.0/24', '10.20.1.0/24', false],
    ['10.0.0.0/8', '10.20.1.0/24', true],
    ['fd00::/64', 'fd00::/48', true],
    ['fd00::/64', 'fd00:0:0:1::/64', false],
    ['0.0.0.0/0', '::/0', false],
  ])('%s and %s overlap: %s', (a, b, expected) => {
    expect(overlaps(prefix(a), prefix(b))).toBe(expected);
  });
});
