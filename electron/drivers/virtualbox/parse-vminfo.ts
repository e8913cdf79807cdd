// Reads `showvminfo --machinereadable`. Values in quotes may hold line breaks and escaped quotes, and some lines are
// not pairs at all, so quoted strings are scanned; a line is never believed to be one pair.
import type { ForwardFacts } from './definition.ts';

export interface VmInfoPair {
  readonly key: string;
  readonly value: string;
}

export interface VmInfo {
  readonly name: string;
  /** VirtualBox's id of the machine, lower case. */
  readonly id: string;
  /** VMState as printed, for example `poweroff`. */
  readonly state: string;
  readonly settingsFile: string;
  readonly logFolder: string;
  /** The kind of program that holds the machine, `GUI/Qt` or `headless`; absent when none does. */
  readonly session?: string;
  /** In the order printed: what belongs to a network adapter follows its `nicN`. */
  readonly pairs: readonly VmInfoPair[];
}

interface Scanned {
  readonly value: string;
  /** Index after the closing quote. */
  readonly end: number;
}

/** `start` is the index of the opening quote. `undefined`: it is never closed. */
const scanQuoted = (text: string, start: number): Scanned | undefined => {
  let value = '';
  for (let at = start + 1; at < text.length; at += 1) {
    const char = text.charAt(at);
    const next = text.charAt(at + 1);
    if (char === '"') return { value, end: at + 1 };
    if (char === '\\' && (next === '"' || next === '\\')) {
      value += next;
      at += 1;
    } else value += char;
  }
  return undefined;
};

const endOfLine = (text: string, from: number): number => {
  const found = text.indexOf('\n', from);
  return found === -1 ? text.length : found;
};

const scanKey = (text: string, at: number): Scanned | undefined => {
  if (text.charAt(at) === '"') return scanQuoted(text, at);
  const bare = /^[^\s="]+/.exec(text.slice(at, endOfLine(text, at)))?.[0];
  return bare === undefined ? undefined : { value: bare, end: at + bare.length };
};

/** Every pair, in order. What is no pair is passed over. */
export const scanPairs = (text: string): readonly VmInfoPair[] => {
  const pairs: VmInfoPair[] = [];
  let at = 0;
  while (at < text.length) {
    const key = scanKey(text, at);
    if (key?.value !== undefined && text.charAt(key.end) === '=') {
      const from = key.end + 1;
      const quoted = text.charAt(from) === '"' ? scanQuoted(text, from) : undefined;
      const value = quoted?.value ?? text.slice(from, endOfLine(text, from)).trim();
      pairs.push({ key: key.value, value });
      // Behind a closing quote a line may go on: VideoMode="720,400,0"@0,0 1
      at = endOfLine(text, quoted?.end ?? from) + 1;
    } else at = endOfLine(text, at) + 1;
  }
  return pairs;
};

export const valueOf = (pairs: readonly VmInfoPair[], key: string): string | undefined =>
  pairs.find((pair) => pair.key === key)?.value;

/** `undefined`: the text is not about a machine (cut off, or an error). */
export const parseVmInfo = (text: string): VmInfo | undefined => {
  const pairs = scanPairs(text);
  const id = valueOf(pairs, 'UUID')?.toLowerCase();
  const state = valueOf(pairs, 'VMState');
  if (id === undefined || state === undefined) return undefined;
  const session = valueOf(pairs, 'SessionName');
  return {
    name: valueOf(pairs, 'name') ?? '',
    id,
    state,
    settingsFile: valueOf(pairs, 'CfgFile') ?? '',
    logFolder: valueOf(pairs, 'LogFldr') ?? '',
    ...(session === undefined ? {} : { session }),
    pairs,
  };
};

export interface VmInfoForward extends ForwardFacts {
  /** Number of the adapter, 1 to 8. */
  readonly nic: number;
}

/** Port forwards; their numbering starts again with every adapter, so their place in the text decides. */
export const forwardsOf = (info: VmInfo): readonly VmInfoForward[] => {
  let nic = 0;
  const found: VmInfoForward[] = [];
  for (const { key, value } of info.pairs) {
    const adapter = /^nic(\d)$/.exec(key)?.[1];
    if (adapter !== undefined) nic = Number(adapter);
    if (!/^Forwarding\(\d+\)$/.test(key)) continue;
    // The name comes first and may itself have commas.
    const parts = value.split(',');
    const [protocol, hostAddress, hostPort, guestAddress, guestPort] = parts.slice(-5);
    if ((protocol !== 'tcp' && protocol !== 'udp') || parts.length < 6) continue;
    found.push({
      nic,
      name: parts.slice(0, -5).join(','),
      protocol,
      hostAddress: hostAddress ?? '',
      hostPort: Number(hostPort),
      guestAddress: guestAddress ?? '',
      guestPort: Number(guestPort),
    });
  }
  return found;
};

/** Numbers of the adapters whose NAT leads to the host's loopback. */
export const reachingHost = (info: Pick<VmInfo, 'pairs'>): ReadonlySet<number> => {
  let nic = 0;
  const found = new Set<number>();
  for (const { key, value } of info.pairs) {
    const adapter = /^nic(\d)$/.exec(key)?.[1];
    if (adapter !== undefined) nic = Number(adapter);
    if (key === 'localhostReachable' && value === '1') found.add(nic);
  }
  return found;
};
