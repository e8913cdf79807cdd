// net.ip6fwd: forwarding IPv6 makes the kernel ignore router advertisements, unless told otherwise.
import { text } from '../../../shared/model/text.ts';
import { defaultInterface } from './net-interfaces.ts';
import { isThere, lookAtFile, rawOf } from './look.ts';
import { answer, couldNotLook, remediesOf, type Probe } from './probe.ts';

const forwarding = '/proc/sys/net/ipv6/conf/all/forwarding';

export const netIp6Forwarding: Probe = {
  id: 'net.ip6fwd',
  category: 'network',
  title: 'host.check.ip6Forwarding',
  tested: `${forwarding}, /proc/sys/net/ipv6/conf/CARD/accept_ra`,
  affects: 'none',
  isApplicable: (host) => isThere(host, forwarding),
  run: async (host) => {
    const path = `/proc/sys/net/ipv6/conf/${(await defaultInterface(host)) ?? 'default'}/accept_ra`;
    const [all, accept] = await Promise.all([lookAtFile(host, forwarding), lookAtFile(host, path)]);
    const raw = `${rawOf(forwarding, all)}\n${rawOf(path, accept)}`;
    if (all.kind !== 'read' || accept.kind === 'failed') return couldNotLook(forwarding, raw);
    const isSafe = accept.kind === 'absent' || accept.text.trim() !== '1';
    if (all.text.trim() !== '0') {
      return isSafe
        ? answer('good', text('host.sentence.ip6ForwardingOn'), raw)
        : answer(
            'warn',
            text('host.sentence.ip6ForwardingCuts'),
            raw,
            remediesOf(host, 'acceptRa'),
          );
    }
    return isSafe
      ? answer('good', text('host.sentence.ip6ForwardingOff'), raw)
      : answer('info', text('host.sentence.ip6ForwardingWould'), raw, remediesOf(host, 'acceptRa'));
  },
};
