// net.ports: from which port up an ordinary user may listen.
import { text } from '../../../shared/model/text.ts';
import { known, unknownFact, type Fact } from '../host-facts.ts';
import { lookAtFile, rawOf } from './look.ts';
import { couldNotLook, remediesOf, type Probe, type ProbeHost } from './probe.ts';

const path = '/proc/sys/net/ipv4/ip_unprivileged_port_start';
/** Ports from here up need no permission on a kernel without that file (before 4.11). */
const classicLimit = 1024;

export const lowestPortFact = async (host: Pick<ProbeHost, 'root'>): Promise<Fact<number>> => {
  const look = await lookAtFile(host, path);
  if (look.kind === 'absent') return known(classicLimit);
  const value = look.kind === 'read' ? Number.parseInt(look.text, 10) : Number.NaN;
  return Number.isNaN(value)
    ? unknownFact(text('decision.unknown.unreadable', { path }))
    : known(value);
};

export const netPorts: Probe = {
  id: 'net.ports',
  category: 'network',
  title: 'host.check.ports',
  tested: path,
  affects: 'none',
  run: async (host) => {
    const raw = rawOf(path, await lookAtFile(host, path));
    const lowest = await lowestPortFact(host);
    if (lowest.kind === 'unknown') return couldNotLook(path, raw);
    const isLow = lowest.value <= 80;
    return {
      verdict: isLow ? 'good' : 'info',
      sentence: text('host.sentence.ports', { lowest: lowest.value }),
      raw,
      remedies: isLow ? [] : remediesOf(host, 'allowLowPorts'),
    };
  },
};
