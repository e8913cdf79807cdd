// Arithmetic of IPv4 and IPv6 addresses and prefixes. Pure; what is malformed gives undefined.

/** `address` as a number without host bits; `length` of the prefix in bits. */
export interface Prefix {
  readonly family: 4 | 6;
  readonly address: bigint;
  readonly length: number;
}

const bitsOf = (family: 4 | 6): number => (family === 4 ? 32 : 128);

export const parseIpv4 = (text: string): bigint | undefined => {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)) {
    return undefined;
  }
  return parts.reduce((value, part) => (value << 8n) | BigInt(part), 0n);
};

export const formatIpv4 = (value: bigint): string =>
  [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 255n)).join('.');

const groups = (text: string): readonly string[] => (text === '' ? [] : text.split(':'));

export const parseIpv6 = (text: string): bigint | undefined => {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = groups(halves[0] ?? '');
  const tail = groups(halves[1] ?? '');
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const all = [...head, ...Array.from({ length: missing }, () => '0'), ...tail];
  if (!all.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
  return all.reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n);
};

const maskOf = (family: 4 | 6, length: number): bigint => {
  const bits = bitsOf(family);
  return ((1n << BigInt(length)) - 1n) << BigInt(bits - length);
};

export const prefixOf = (family: 4 | 6, address: bigint, length: number): Prefix => ({
  family,
  address: address & maskOf(family, length),
  length,
});

/** `10.20.0.0/24` or `fd00:1::/64`. Host bits are cut off; see hasHostBits. */
export const parsePrefix = (text: string): Prefix | undefined => {
  const [address = '', length = ''] = text.split('/');
  const family = address.includes(':') ? 6 : 4;
  const value = family === 4 ? parseIpv4(address) : parseIpv6(address);
  if (value === undefined || !/^\d{1,3}$/.test(length)) return undefined;
  if (Number(length) > bitsOf(family)) return undefined;
  return prefixOf(family, value, Number(length));
};

export const hasHostBits = (text: string): boolean => {
  const [address = ''] = text.split('/');
  const value = address.includes(':') ? parseIpv6(address) : parseIpv4(address);
  const prefix = parsePrefix(text);
  return value !== undefined && prefix !== undefined && value !== prefix.address;
};

export const contains = (prefix: Prefix, address: bigint): boolean =>
  (address & maskOf(prefix.family, prefix.length)) === prefix.address;

export const overlaps = (a: Prefix, b: Prefix): boolean => {
  if (a.family !== b.family) return false;
  const wider = a.length <= b.length ? a : b;
  return contains(wider, (wider === a ? b : a).address);
};

export const lastOf = ({ family, address, length }: Prefix): bigint =>
  address | ((1n << BigInt(bitsOf(family) - length)) - 1n);

/** Neither the network's own address nor its broadcast address. */
export const isUsableIpv4 = (prefix: Prefix, address: bigint): boolean =>
  contains(prefix, address) && address !== prefix.address && address !== lastOf(prefix);

export const formatPrefix = ({ family, address, length }: Prefix): string => {
  if (family === 4) return `${formatIpv4(address)}/${length}`;
  const parts = Array.from({ length: 8 }, (_, index) =>
    ((address >> BigInt(112 - index * 16)) & 0xffffn).toString(16),
  );
  const text = parts.join(':');
  const zeros = [...text.matchAll(/(?:^|:)(0(?::0)+)(?=:|$)/g)].sort(
    (a, b) => b[0].length - a[0].length,
  )[0];
  if (!zeros) return `${text}/${length}`;
  const head = text.slice(0, zeros.index);
  const tail = text.slice(zeros.index + zeros[0].length).replace(/^:/, '');
  return `${head}::${tail}/${length}`;
};
