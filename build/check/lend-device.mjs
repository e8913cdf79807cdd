// Lends a device node to the ordinary user of the tests for one stage, and puts its owner and mode back.
import { chmodSync, chownSync, statSync } from 'node:fs';

/** Root only. Returns the function that takes the device back; without the device there is nothing to lend. */
export function lendDevice(path, uid) {
  const former = statSync(path, { throwIfNoEntry: false });
  if (!former?.isCharacterDevice()) return () => undefined;
  chownSync(path, uid, former.gid);
  chmodSync(path, (former.mode & 0o7777) | 0o600);
  return () => {
    chownSync(path, former.uid, former.gid);
    chmodSync(path, former.mode & 0o7777);
  };
}
