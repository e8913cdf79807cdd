// vb.hostonly.range: the addresses VirtualBox accepts for host-only networks.
// Source: https://github.com/cilium/cilium/pull/17900
import { text } from '../../../shared/model/text.ts';
import { isOwnDriverLoaded } from './own-driver.ts';
import { lookAtFile, rawOf } from './look.ts';
import { answer, couldNotLook, remediesOf, type Probe } from './probe.ts';

const path = '/etc/vbox/networks.conf';

export const vbHostOnlyRange: Probe = {
  id: 'vb.hostonly.range',
  category: 'virtualbox',
  title: 'host.check.vbHostOnly',
  tested: path,
  affects: 'none',
  after: 'ownDriver',
  isApplicable: isOwnDriverLoaded,
  run: async (host) => {
    const look = await lookAtFile(host, path);
    const raw = rawOf(path, look);
    if (look.kind === 'failed') return couldNotLook(path, raw);
    // Sample line: `* 10.0.0.0/8 192.168.0.0/16`.
    const ranges = look.kind === 'read' ? [...look.text.matchAll(/^\*\s+(.+)$/gm)] : [];
    if (ranges.length > 0) {
      const said = ranges.map(([, range]) => range).join(' ');
      return answer('good', text('host.sentence.vbHostOnlyOwn', { ranges: said }), raw);
    }
    const remedies = remediesOf(host, 'hostOnlyRange');
    return answer('info', text('host.sentence.vbHostOnlyUsual'), raw, remedies);
  },
};
