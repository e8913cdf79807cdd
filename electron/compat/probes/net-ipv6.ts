// net.ipv6: has this computer IPv6 at all (addresses beyond its own loopback)?
import { text } from '../../../shared/model/text.ts';
import { known, unknownFact, type Fact } from '../host-facts.ts';
import { lookAtFile, rawOf } from './look.ts';
import { couldNotLook, type Probe, type ProbeHost } from './probe.ts';

const path = '/proc/net/if_inet6';

/** Sample line: `fe800000000000000a0027fffe2a0001 02 40 20 80 eth0`; absent = kernel without IPv6. */
export const ipv6Fact = async (host: Pick<ProbeHost, 'root'>): Promise<Fact<boolean>> => {
  const look = await lookAtFile(host, path);
  if (look.kind === 'failed') return unknownFact(text('decision.unknown.unreadable', { path }));
  if (look.kind === 'absent') return known(false);
  return known(
    look.text.split('\n').some((line) => line.trim() !== '' && !/\slo$/.test(line.trim())),
  );
};

export const netIpv6: Probe = {
  id: 'net.ipv6',
  category: 'network',
  title: 'host.check.ipv6',
  tested: path,
  affects: 'none',
  run: async (host) => {
    const raw = rawOf(path, await lookAtFile(host, path));
    const fact = await ipv6Fact(host);
    if (fact.kind === 'unknown') return couldNotLook(path, raw);
    const sentence = text(fact.value ? 'host.sentence.ipv6Yes' : 'host.sentence.ipv6No');
    return { verdict: fact.value ? 'good' : 'info', sentence, raw, remedies: [] };
  },
};
