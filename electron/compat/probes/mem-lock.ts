// mem.lock: how much memory may be locked; giving a device to a guest locks all of the guest's.
import { text } from '../../../shared/model/text.ts';
import { lookAtFile, rawOf } from './look.ts';
import { answer, couldNotLook, remediesOf, type Probe } from './probe.ts';

const path = '/proc/self/limits';
/** Below this no machine with a desktop fits. A judgement. */
const enoughBytes = 2 * 1024 ** 3;

export const memLock: Probe = {
  id: 'mem.lock',
  category: 'memory',
  title: 'host.check.memLock',
  tested: `grep 'Max locked memory' ${path}`,
  affects: 'none',
  run: async (host) => {
    const look = await lookAtFile(host, path);
    // Sample line: `Max locked memory         8388608              8388608              bytes`.
    const row = look.kind === 'read' ? /^Max locked memory\s+(\S+)\s+(\S+)/m.exec(look.text) : null;
    if (!row) return couldNotLook(path, rawOf(path, look).slice(0, 2048));
    const limit = row[1] === 'unlimited' ? Infinity : Number(row[1]);
    return limit >= enoughBytes
      ? answer('good', text('host.sentence.memLockYes'), row[0])
      : answer(
          'info',
          text('host.sentence.memLockNo', { mib: Math.floor(limit / 1024 ** 2) }),
          row[0],
          remediesOf(host, 'memLock'),
        );
  },
};
