// kvm.vhost: devices for network taps: /dev/net/tun makes them, /dev/vhost-net makes them fast.
import { text } from '../../../shared/model/text.ts';
import { lookForPath } from './look.ts';
import { answer, couldNotLook, remediesOf, type Probe } from './probe.ts';

const tun = '/dev/net/tun';
const vhost = '/dev/vhost-net';

export const kvmVhost: Probe = {
  id: 'kvm.vhost',
  category: 'network',
  title: 'host.check.vhost',
  tested: `${tun}, ${vhost}`,
  affects: 'none',
  run: async (host) => {
    const looks = await Promise.all(
      [tun, vhost].map(async (path) => ({
        path,
        found: await lookForPath(host, path),
        isOurs: await host.mayUse(path),
      })),
    );
    const raw = looks
      .map(({ path, found, isOurs }) =>
        found === true
          ? `${path}: ${isOurs ? 'may be opened' : 'there, closed to this user'}`
          : `${path}: ${found === false ? 'not there' : found.reason}`,
      )
      .join('\n');
    if (looks.some(({ found }) => typeof found === 'object')) return couldNotLook(tun, raw);
    const [first, second] = looks;
    if (first?.found !== true || second?.found !== true) {
      return answer('info', text('host.sentence.vhostNo'), raw, remediesOf(host, 'loadTun'));
    }
    return first.isOurs && second.isOurs
      ? answer('good', text('host.sentence.vhostYes'), raw)
      : answer('info', text('host.sentence.vhostClosed'), raw);
  },
};
