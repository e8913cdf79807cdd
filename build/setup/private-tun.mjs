// A /dev/net/tun that the user for the tests may open, in a mount namespace of its own: on desktops everybody may open
// it (it gives no rights), in many containers root alone. The host's own node stays as it is.
import { run } from './run.mjs';

// Not a bind mount of a node elsewhere: file systems with `nodev` would not open it.
const withNode =
  'mount -t tmpfs -o mode=755,nosuid tmpfs /dev/net && mknod -m 666 /dev/net/tun c 10 200 && exec "$@"';
const argv = [
  ...['unshare', '--mount', '--propagation', 'private', '--'],
  ...['/bin/sh', '-c', withNode, 'private-tun'],
];

const opens = async (prefix) => {
  const [file, ...args] = [...prefix, 'sh', '-c', 'exec 3<>/dev/net/tun'];
  return (await run(file, args)).code === 0;
};

/**
 * What to put before `become` (the argv that turns root into the user): nothing where the user may open it, or where
 * nothing helps.
 * @param {string[]} become
 * @returns {Promise<string[]>}
 */
export async function privateTun(become) {
  if (await opens(become)) return [];
  return (await opens([...argv, ...become])) ? argv : [];
}
