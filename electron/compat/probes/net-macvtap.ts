// net.macvtap: a bridge-like network without a bridge; the machine then reaches everybody but this computer.
import { text } from '../../../shared/model/text.ts';
import { hasModule, kernelRelease } from '../vboxdrv/look.ts';
import { isThere } from './look.ts';
import { answer, couldNotLook, type Probe } from './probe.ts';

export const netMacvtap: Probe = {
  id: 'net.macvtap',
  category: 'network',
  title: 'host.check.netMacvtap',
  tested: 'grep macvtap /lib/modules/$(uname -r)/modules.dep',
  affects: 'none',
  run: async (host) => {
    const kernel = await kernelRelease(host);
    const isLoaded = await isThere(host, '/sys/module/macvtap');
    const has = isLoaded || (await hasModule(host, kernel, 'macvtap'));
    if (has === undefined) return couldNotLook('The kernel’s list of modules', `kernel ${kernel}`);
    const raw = `macvtap: ${isLoaded ? 'loaded' : has ? 'can be loaded' : 'not in this kernel'}`;
    const key = has ? 'host.sentence.macvtapYes' : 'host.sentence.macvtapNo';
    return answer('info', text(key), raw);
  },
};
