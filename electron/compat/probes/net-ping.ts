// net.ping: may ordinary programs send pings? Guests behind user-mode NAT ping through one.
import { text } from '../../../shared/model/text.ts';
import { lookAtFile, rawOf } from './look.ts';
import { answer, couldNotLook, remediesOf, type Probe } from './probe.ts';

const path = '/proc/sys/net/ipv4/ping_group_range';

export const netPing: Probe = {
  id: 'net.ping',
  category: 'network',
  title: 'host.check.ping',
  tested: path,
  affects: 'none',
  run: async (host) => {
    const look = await lookAtFile(host, path);
    const raw = rawOf(path, look);
    // Sample: `0\t2147483647`, and `1\t0` = nobody.
    const [first, last] = look.kind === 'read' ? look.text.trim().split(/\s+/).map(Number) : [];
    if (first === undefined || last === undefined || Number.isNaN(first + last)) {
      return couldNotLook(path, raw);
    }
    const { uid, groups } = host.user;
    const isAllowed = uid === 0 || groups.some((group) => group >= first && group <= last);
    return isAllowed
      ? answer('good', text('host.sentence.pingYes'), raw)
      : answer('info', text('host.sentence.pingNo'), raw, remediesOf(host, 'allowPing'));
  },
};
