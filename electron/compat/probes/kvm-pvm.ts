// kvm.pvm: KVM without the processor's virtualization under it; some features are missing there.
import { text } from '../../../shared/model/text.ts';
import { isParavirtualKvm } from './kvm-mod.ts';
import { lookAtFolder } from './look.ts';
import { answer, type Probe } from './probe.ts';

export const kvmPvm: Probe = {
  id: 'kvm.pvm',
  category: 'kvm',
  title: 'host.check.kvmPvm',
  tested: 'ls /sys/module | grep kvm',
  affects: 'kvm',
  isApplicable: isParavirtualKvm,
  run: async (host) => {
    const look = await lookAtFolder(host, '/sys/module');
    const names = look.kind === 'read' ? look.text.split('\n') : [];
    const raw = names.filter((name) => name.startsWith('kvm')).join('\n') || 'none';
    return answer('info', text('host.sentence.kvmPvm'), raw);
  },
};
