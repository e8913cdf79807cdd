// vb.net.mods: VirtualBox's own networks (bridged, host-only, NAT network, internal) are two more kernel modules.
import { text } from '../../../shared/model/text.ts';
import { isOwnDriverLoaded } from './own-driver.ts';
import { isThere } from './look.ts';
import { answer, remediesOf, type Probe } from './probe.ts';

const parts = ['/sys/module/vboxnetflt', '/sys/module/vboxnetadp', '/dev/vboxnetctl'];

export const vbNetModules: Probe = {
  id: 'vb.net.mods',
  category: 'virtualbox',
  title: 'host.check.vbNetModules',
  tested: parts.join(', '),
  affects: 'none',
  after: 'ownDriver',
  isApplicable: isOwnDriverLoaded,
  run: async (host) => {
    const found = await Promise.all(parts.map((path) => isThere(host, path)));
    const raw = parts.map((path, i) => `${path}: ${found[i] ? 'there' : 'not there'}`).join('\n');
    return found.every(Boolean)
      ? answer('good', text('host.sentence.vbNetModulesYes'), raw)
      : answer('warn', text('host.sentence.vbNetModulesNo'), raw, remediesOf(host, 'loadVboxnet'));
  },
};
