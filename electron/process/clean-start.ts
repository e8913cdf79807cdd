// Prefixes for programs that must not be tied to the manager. Chromium does not mark its descriptors
// close-on-exec (it closes them itself in its own children), so whatever we start would inherit its sockets and
// shared memory: a VM would keep the window's processes alive after a kill -9, and hold them open for a guest
// that broke out. Node has no call for this; bash is on every distribution we know.
// Asked once, before the first program that needs it: a millisecond, and the answer is needed at once.
// eslint-disable-next-line no-restricted-imports
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const firstOf = (...paths: readonly string[]): string | undefined =>
  paths.find((path) => existsSync(path));

/** Data arrives as arguments only: $1 is the last descriptor to keep, the rest is the command. */
const closeAndExec =
  'keep=$1; shift; ' +
  'for path in /proc/self/fd/*; do fd=${path##*/}; ((fd > keep)) && exec {fd}>&-; done; ' +
  'exec "$@"';

/**
 * argv prefix that closes every inherited descriptor above `lastKept` and becomes the command: same pid.
 * Empty where there is no bash.
 */
export const cleanDescriptors = (lastKept: number): readonly string[] => {
  const bash = firstOf('/bin/bash', '/usr/bin/bash');
  // -p: nothing from the environment (BASH_ENV) is read.
  return bash === undefined ? [] : [bash, '-p', '-c', closeAndExec, 'start', String(lastKept)];
};

let tie: readonly string[] | undefined;

/**
 * argv prefix for a program that must end when this process ends, even by kill -9. Same pid. Empty where
 * setpriv is missing or does not know the option (busybox's does not): tried once.
 */
export const endsWithUs = (): readonly string[] => {
  if (tie) return tie;
  const setpriv = firstOf('/usr/bin/setpriv', '/bin/setpriv');
  const options = ['--pdeathsig', 'SIGKILL', '--'];
  const isKnown =
    setpriv !== undefined &&
    spawnSync(setpriv, [...options, 'true'], { stdio: 'ignore' }).status === 0;
  tie = isKnown ? [setpriv, ...options] : [];
  return tie;
};
