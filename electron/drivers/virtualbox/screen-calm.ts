// Waits until a guest's screen keeps its size. Switching VirtualBox's VNC server on just while the size changes ends the
// machine's program (seen with 7.2.22: once in ten starts, always during the firmware's first change of mode).
import { setTimeout as sleep } from 'node:timers/promises';
import { readLog } from './log-file.ts';

const lookMs = 100;
/** The firmware's changes follow each other within a fraction of a second. */
const calmMs = 1200;
const limitMs = 8000;

const changesIn = (log: string): number => log.split('i_handleDisplayResize').length - 1;

/** Resolves after a while at the latest: a guest may change its mode for as long as it likes. */
export const screenIsCalm = async (logFolder: string): Promise<void> => {
  const deadline = performance.now() + limitMs;
  let changes = changesIn(await readLog(logFolder));
  let since = performance.now();
  while (performance.now() - since < calmMs && performance.now() < deadline) {
    await sleep(lookMs);
    const now = changesIn(await readLog(logFolder));
    if (now !== changes) since = performance.now();
    changes = now;
  }
};
