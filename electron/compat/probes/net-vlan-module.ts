// net.vlan.mod: VLAN sub-interfaces are a kernel module.
import { text } from '../../../shared/model/text.ts';
import { hasModule, kernelRelease } from '../vboxdrv/look.ts';
import { isThere } from './look.ts';
import { answer, couldNotLook, remediesOf, type Probe } from './probe.ts';

export const netVlanModule: Probe = {
  id: 'net.vlan.mod',
  category: 'network',
  title: 'host.check.vlanModule',
  tested: '/proc/net/vlan/config, grep 8021q /lib/modules/$(uname -r)/modules.dep',
  affects: 'none',
  run: async (host) => {
    if (await isThere(host, '/proc/net/vlan/config')) {
      return answer('good', text('host.sentence.vlanYes'), '8021q: loaded');
    }
    const kernel = await kernelRelease(host);
    const has = await hasModule(host, kernel, '8021q');
    if (has === undefined) return couldNotLook('The kernel’s list of modules', `kernel ${kernel}`);
    return has
      ? answer(
          'info',
          text('host.sentence.vlanNotLoaded'),
          '8021q: can be loaded',
          remediesOf(host, 'loadVlan'),
        )
      : answer('info', text('host.sentence.vlanNo'), `8021q: not in kernel ${kernel}`);
  },
};
