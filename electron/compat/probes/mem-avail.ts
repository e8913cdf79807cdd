// mem.avail: memory of this computer and how much of it is free now.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from '../../../shared/model/text.ts';
import { known, unknownFact, type Fact } from '../host-facts.ts';
import { lookAtFile, rawOf } from './look.ts';
import { couldNotLook, type Probe, type ProbeHost } from './probe.ts';

const path = '/proc/meminfo';
/** Below this a machine with a desktop in it does not fit. A judgement. */
const littleMiB = 1024;

/** Sample line: `MemAvailable:   12345678 kB`. MiB, rounded down. */
export const parseMemInfo = (
  content: string,
): { readonly totalMiB: number | undefined; readonly availableMiB: number | undefined } => {
  const read = (key: string): number | undefined => {
    const kib = new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(content)?.[1];
    return kib === undefined ? undefined : Math.floor(Number(kib) / 1024);
  };
  return { totalMiB: read('MemTotal'), availableMiB: read('MemAvailable') };
};

interface MemoryFacts {
  readonly memoryMiB: Fact<number>;
  readonly availableMemoryMiB: Fact<number>;
}

const toFacts = (info: ReturnType<typeof parseMemInfo> | undefined): MemoryFacts => {
  const unreadable = unknownFact(text('decision.unknown.unreadable', { path }));
  const fact = (value: number | undefined): Fact<number> =>
    value === undefined ? unreadable : known(value);
  return { memoryMiB: fact(info?.totalMiB), availableMemoryMiB: fact(info?.availableMiB) };
};

export const memoryFacts = async (host: Pick<ProbeHost, 'root'>): Promise<MemoryFacts> => {
  const look = await lookAtFile(host, path);
  return toFacts(look.kind === 'read' ? parseMemInfo(look.text) : undefined);
};

/** The same, now and at once: a pseudo file of 1.5 kB, read in some 50 microseconds. */
export const memoryFactsNow = (host: Pick<ProbeHost, 'root'>): MemoryFacts => {
  let info: ReturnType<typeof parseMemInfo> | undefined;
  try {
    info = parseMemInfo(readFileSync(join(host.root, path), 'utf8'));
  } catch {
    // Unreadable is a fact of its own.
  }
  return toFacts(info);
};

export const memAvail: Probe = {
  id: 'mem.avail',
  category: 'memory',
  title: 'host.check.memory',
  tested: path,
  affects: 'none',
  run: async (host) => {
    const look = await lookAtFile(host, path);
    if (look.kind !== 'read') return couldNotLook(path, rawOf(path, look));
    const { totalMiB, availableMiB } = parseMemInfo(look.text);
    if (totalMiB === undefined || availableMiB === undefined) {
      return couldNotLook(path, look.text.slice(0, 2048));
    }
    const isLittle = availableMiB < littleMiB;
    const key = isLittle ? 'host.sentence.memoryLittle' : 'host.sentence.memoryYes';
    return {
      verdict: isLittle ? 'warn' : 'good',
      sentence: text(key, { available: availableMiB, total: totalMiB }),
      raw: look.text.split('\n').slice(0, 6).join('\n'),
      remedies: [],
    };
  },
};
