// net.docker: Docker's firewall beside libvirt's NAT network.
// Source: https://github.com/moby/moby/issues/52612
import { text } from '../../../shared/model/text.ts';
import { isThere } from './look.ts';
import { answer, remediesOf, type Probe } from './probe.ts';

const docker = '/sys/class/net/docker0';
const libvirt = '/sys/class/net/virbr0';

export const netDocker: Probe = {
  id: 'net.docker',
  category: 'network',
  title: 'host.check.netDocker',
  tested: `${docker}, ${libvirt}`,
  affects: 'none',
  isApplicable: (host) => isThere(host, docker),
  run: async (host) => {
    const hasBoth = await isThere(host, libvirt);
    const raw = `${docker}: there\n${libvirt}: ${hasBoth ? 'there' : 'not there'}`;
    return hasBoth
      ? answer(
          'warn',
          text('host.sentence.netDockerBoth'),
          raw,
          remediesOf(host, 'libvirtIptables'),
        )
      : answer('good', text('host.sentence.netDockerAlone'), raw);
  },
};
