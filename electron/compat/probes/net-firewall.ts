// net.fw: does a firewall keep forwarded traffic from machines?
import { text } from '../../../shared/model/text.ts';
import { processesNamed } from '../vboxdrv/processes.ts';
import { lookAtFile, rawOf } from './look.ts';
import { answer, couldNotLook, remediesOf, type Probe, type ProbeHost } from './probe.ts';

const ufw = '/etc/ufw/ufw.conf';
const ufwDefaults = '/etc/default/ufw';

const hasFirewalld = async (host: ProbeHost): Promise<boolean> =>
  (await processesNamed(host, 'firewalld')).length > 0;

export const netFirewall: Probe = {
  id: 'net.fw',
  category: 'network',
  title: 'host.check.firewall',
  tested: `${ufw}, ${ufwDefaults}, pgrep firewalld`,
  affects: 'none',
  isApplicable: async (host) =>
    (await lookAtFile(host, ufw)).kind !== 'absent' || (await hasFirewalld(host)),
  run: async (host) => {
    const [conf, defaults, isFirewalld] = await Promise.all([
      lookAtFile(host, ufw),
      lookAtFile(host, ufwDefaults),
      hasFirewalld(host),
    ]);
    if (isFirewalld) {
      const raw = 'firewalld runs';
      return answer(
        'info',
        text('host.sentence.firewalld'),
        raw,
        remediesOf(host, 'firewalldZone', 'firewalldZoneBack'),
      );
    }
    const isOn = conf.kind === 'read' && /^ENABLED=yes/m.test(conf.text);
    const policy =
      defaults.kind === 'read'
        ? /^DEFAULT_FORWARD_POLICY=.*$/m.exec(defaults.text)?.[0]
        : undefined;
    const raw = [
      conf.kind === 'read' ? `${ufw}: ${isOn ? 'enabled' : 'not enabled'}` : rawOf(ufw, conf),
      `${ufwDefaults}: ${policy ?? defaults.kind}`,
    ].join('\n');
    if (conf.kind === 'failed') return couldNotLook(ufw, raw);
    return isOn && policy?.includes('ACCEPT') !== true
      ? answer(
          'info',
          text('host.sentence.ufwDrops'),
          raw,
          remediesOf(host, 'ufwRoute', 'ufwRouteBack'),
        )
      : answer('good', text('host.sentence.ufwOpen'), raw);
  },
};
