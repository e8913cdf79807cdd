// hv.other: hypervisors besides KVM and VirtualBox: VMware, Xen, Hyper-V's root, Jailhouse, ACRN.
import { text } from '../../../shared/model/text.ts';
import { isThere, lookAtFile } from './look.ts';
import { answer, remediesOf, type Probe, type ProbeHost } from './probe.ts';

const signs = [
  ['VMware', '/sys/module/vmmon'],
  ['Microsoft Hypervisor', '/dev/mshv'],
  ['Jailhouse', '/sys/module/jailhouse'],
  ['ACRN', '/sys/module/acrn'],
] as const;

const found = async (host: ProbeHost): Promise<readonly (readonly [string, string])[]> => {
  const there = await Promise.all(
    signs.map(async (sign) => ((await isThere(host, sign[1])) ? [sign] : [])),
  );
  const type = await lookAtFile(host, '/sys/hypervisor/type');
  const isXen = type.kind === 'read' && type.text.trim() === 'xen';
  return [...there.flat(), ...(isXen ? [['Xen', '/sys/hypervisor/type'] as const] : [])];
};

export const hvOthers: Probe = {
  id: 'hv.other',
  category: 'processor',
  title: 'host.check.hvOthers',
  tested: [...signs.map(([, path]) => path), '/sys/hypervisor/type'].join(', '),
  affects: 'all',
  isApplicable: async (host) => (await found(host)).length > 0,
  run: async (host) => {
    const others = await found(host);
    const raw = others.map(([name, path]) => `${name}: ${path}`).join('\n');
    const names = others.map(([name]) => name).join(', ');
    const remedies = others.some(([name]) => name === 'VMware')
      ? remediesOf(host, 'stopVmware')
      : remediesOf(host, 'bootPlainKernel');
    return answer('warn', text('host.sentence.hvOthers', { names }), raw, remedies);
  },
};
