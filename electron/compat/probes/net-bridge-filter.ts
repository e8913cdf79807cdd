// net.brnf: does the firewall look into bridges? Docker drops what it does not know there.
// Source: https://github.com/docker/libnetwork/issues/2488
import { text } from '../../../shared/model/text.ts';
import { isThere, lookAtFile, rawOf } from './look.ts';
import { answer, couldNotLook, remediesOf, type Probe } from './probe.ts';

const path = '/proc/sys/net/bridge/bridge-nf-call-iptables';
const docker = '/sys/class/net/docker0';

export const netBridgeFilter: Probe = {
  id: 'net.brnf',
  category: 'network',
  title: 'host.check.bridgeFilter',
  tested: `${path}, ${docker}`,
  affects: 'none',
  isApplicable: (host) => isThere(host, path),
  run: async (host) => {
    const look = await lookAtFile(host, path);
    const hasDocker = await isThere(host, docker);
    const raw = `${rawOf(path, look)}\n${docker}: ${hasDocker ? 'there' : 'not there'}`;
    if (look.kind !== 'read') return couldNotLook(path, raw);
    if (look.text.trim() !== '1') return answer('good', text('host.sentence.bridgeFilterOff'), raw);
    return hasDocker
      ? answer(
          'warn',
          text('host.sentence.bridgeFilterDocker'),
          raw,
          remediesOf(
            host,
            'bridgeFilter',
            'bridgeFilterBack',
            'dockerBridges',
            'dockerBridgesBack',
          ),
        )
      : answer(
          'info',
          text('host.sentence.bridgeFilterOn'),
          raw,
          remediesOf(host, 'bridgeFilter', 'bridgeFilterBack'),
        );
  },
};
