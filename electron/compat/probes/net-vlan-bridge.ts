// net.vlan.br: does a bridge keep VLANs apart?
import { text } from '../../../shared/model/text.ts';
import { netInterfaces } from './net-interfaces.ts';
import { lookAtFile, rawOf } from './look.ts';
import { answer, couldNotLook, remediesOf, type Probe, type ProbeHost } from './probe.ts';

const bridges = async (host: ProbeHost): Promise<readonly string[]> =>
  ((await netInterfaces(host)) ?? []).filter((row) => row.isBridge).map((row) => row.name);

export const netVlanBridge: Probe = {
  id: 'net.vlan.br',
  category: 'network',
  title: 'host.check.vlanBridge',
  tested: '/sys/class/net/*/bridge/vlan_filtering',
  affects: 'none',
  isApplicable: async (host) => (await bridges(host)).length > 0,
  run: async (host) => {
    const looks = await Promise.all(
      (await bridges(host)).map(async (name) => {
        const path = `/sys/class/net/${name}/bridge/vlan_filtering`;
        return { name, path, look: await lookAtFile(host, path) };
      }),
    );
    const raw = looks.map(({ path, look }) => rawOf(path, look)).join('\n');
    const failed = looks.find(({ look }) => look.kind !== 'read');
    if (failed) return couldNotLook(failed.path, raw);
    const filtering = looks.filter(({ look }) => look.kind === 'read' && look.text.trim() === '1');
    return filtering.length > 0
      ? answer(
          'good',
          text('host.sentence.vlanBridgeYes', {
            names: filtering.map(({ name }) => name).join(', '),
          }),
          raw,
        )
      : answer('info', text('host.sentence.vlanBridgeNo'), raw, remediesOf(host, 'vlanFiltering'));
  },
};
