// disk.free: space where machines are kept. Thresholds: host-compatibility notes, row disk.free.
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { text } from '../../../shared/model/text.ts';
import { couldNotLook, remediesOf, type Probe } from './probe.ts';

const gib = 1024 ** 3;
const warnBelow = 2 * gib;
const blockedBelow = 200 * 1024 ** 2;

/** Free bytes an ordinary user may use; of the nearest folder that exists, since ours is made when needed. */
export const freeBytes = async (folder: string): Promise<number> => {
  for (let at = folder; ; at = dirname(at)) {
    try {
      const { bavail, bsize } = await statfs(at);
      return bavail * bsize;
    } catch (error) {
      if (dirname(at) === at) throw error;
    }
  }
};

export const diskFree: Probe = {
  id: 'disk.free',
  category: 'disk',
  title: 'host.check.disk',
  tested: 'statfs of the folder for machines',
  affects: 'none',
  run: async (host) => {
    let free: number;
    try {
      free = await freeBytes(host.dataDir);
    } catch (error) {
      return couldNotLook(host.dataDir, error instanceof Error ? error.message : String(error));
    }
    const params = { gib: Math.round((free / gib) * 10) / 10, path: host.dataDir };
    const raw = `${host.dataDir}: ${free} bytes free`;
    if (free >= warnBelow) {
      return {
        verdict: 'good',
        sentence: text('host.sentence.diskYes', params),
        raw,
        remedies: [],
      };
    }
    return {
      verdict: free < blockedBelow ? 'blocked' : 'warn',
      sentence: text('host.sentence.diskLittle', params),
      raw,
      remedies: remediesOf(host, 'freeSpace'),
    };
  },
};
