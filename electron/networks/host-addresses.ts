// Address ranges this computer uses already: its routes, Docker's and libvirt's networks. Read from files below `root`;
// no program is run.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatPrefix, parseIpv4, parsePrefix, prefixOf, type Prefix } from './addresses.ts';

export interface UsedSubnet {
  readonly prefix: Prefix;
  readonly by: 'route' | 'docker' | 'libvirt' | 'virtualbox';
  /** The interface, or libvirt's name of the network. */
  readonly name: string;
}

export const readText = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Not there, or not ours to read: nothing is known.
    return '';
  }
};

export const namesIn = (path: string): readonly string[] => {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
};

/** /proc/net/route writes addresses as hexadecimal words in host byte order: 000200C0 = 192.0.2.0. */
const hexWord = (word: string): bigint => {
  const bytes = word.match(/../g) ?? [];
  return bytes.reverse().reduce((value, byte) => (value << 8n) | BigInt(`0x${byte}`), 0n);
};

const bitsSet = (mask: bigint): number => mask.toString(2).replaceAll('0', '').length;

export interface Route {
  readonly interface: string;
  readonly prefix: Prefix;
}

/** `Iface Destination Gateway Flags RefCnt Use Metric Mask …` */
export const parseRoutes4 = (text: string): readonly Route[] =>
  text
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const fields = line.trim().split(/\s+/);
      const [name = '', destination = ''] = fields;
      const mask = fields[7] ?? '';
      if (!/^[0-9A-F]{8}$/i.test(destination) || !/^[0-9A-F]{8}$/i.test(mask)) return [];
      const prefix = prefixOf(4, hexWord(destination), bitsSet(hexWord(mask)));
      return [{ interface: name, prefix }];
    });

/** `destination length source length gateway metric refcnt use flags interface` */
export const parseRoutes6 = (text: string): readonly Route[] =>
  text.split('\n').flatMap((line) => {
    const fields = line.trim().split(/\s+/);
    const [destination = '', length = ''] = fields;
    const name = fields[9];
    if (!/^[0-9a-f]{32}$/i.test(destination) || name === undefined) return [];
    const prefix = prefixOf(6, BigInt(`0x${destination}`), Number.parseInt(length, 16));
    return [{ interface: name, prefix }];
  });

const ownerOf = (name: string): UsedSubnet['by'] => {
  if (name === 'docker0' || /^br-[0-9a-f]{12}$/.test(name)) return 'docker';
  if (/^virbr\d+$/.test(name)) return 'libvirt';
  return /^vboxnet\d+$/.test(name) ? 'virtualbox' : 'route';
};

/** Default routes, link-local, multicast, single addresses and loopback say nothing about a range in use. */
const isRange = ({ interface: name, prefix }: Route): boolean =>
  name !== 'lo' &&
  !name.startsWith('pvb-') &&
  prefix.length > 0 &&
  (prefix.family === 4
    ? prefix.length < 32 && prefix.address >> 16n !== 0xa9fen
    : prefix.length < 128 &&
      prefix.address >> 112n !== 0xfe80n &&
      prefix.address >> 120n !== 0xffn);

const dockerSubnets = (root: string): readonly UsedSubnet[] => {
  let settings: unknown;
  try {
    settings = JSON.parse(readText(join(root, 'etc/docker/daemon.json')));
  } catch {
    return [];
  }
  const { bip, 'default-address-pools': pools } = settings as Record<string, unknown>;
  const bases = Array.isArray(pools) ? pools.map((pool) => (pool as { base?: unknown }).base) : [];
  return [bip, ...bases].flatMap((base) => {
    const prefix = typeof base === 'string' ? parsePrefix(base) : undefined;
    return prefix ? [{ prefix, by: 'docker' as const, name: 'docker0' }] : [];
  });
};

/** `<name>default</name>` … `<ip address='192.168.122.1' netmask='255.255.255.0'>` or `prefix='24'`. */
export const parseLibvirtNetwork = (xml: string): readonly UsedSubnet[] => {
  const name = /<name>([^<]*)<\/name>/.exec(xml)?.[1] ?? '';
  return [...xml.matchAll(/<ip\s[^>]*>/g)].flatMap(([tag]) => {
    const attribute = (key: string): string | undefined =>
      new RegExp(`\\s${key}=['"]([^'"]*)['"]`).exec(tag)?.[1];
    const mask = parseIpv4(attribute('netmask') ?? '');
    const length = attribute('prefix') ?? (mask === undefined ? undefined : String(bitsSet(mask)));
    const prefix = parsePrefix(`${attribute('address') ?? ''}/${length ?? ''}`);
    return prefix ? [{ prefix, by: 'libvirt' as const, name }] : [];
  });
};

const libvirtSubnets = (root: string): readonly UsedSubnet[] => {
  const folder = join(root, 'etc/libvirt/qemu/networks');
  return namesIn(folder)
    .filter((name) => name.endsWith('.xml'))
    .flatMap((name) => parseLibvirtNetwork(readText(join(folder, name))));
};

export const readRoutes = (root: string): readonly Route[] => [
  ...parseRoutes4(readText(join(root, 'proc/net/route'))),
  ...parseRoutes6(readText(join(root, 'proc/net/ipv6_route'))),
];

/** Ranges in use outside of our own networks. Each once, the owner with a name first. */
export const usedSubnets = (root = '/'): readonly UsedSubnet[] => {
  const routes = readRoutes(root)
    .filter(isRange)
    .map((route) => ({
      prefix: route.prefix,
      by: ownerOf(route.interface),
      name: route.interface,
    }));
  const seen = new Set<string>();
  return [...libvirtSubnets(root), ...dockerSubnets(root), ...routes].filter(({ prefix }) => {
    const key = formatPrefix(prefix);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
};
