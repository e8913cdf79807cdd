// kvm.smm: Secure Boot firmware for guests needs system management mode from KVM.
import { text } from '../../../shared/model/text.ts';
import { isParavirtualKvm } from './kvm-mod.ts';
import { isThere } from './look.ts';
import { answer, couldNotLook, type Probe } from './probe.ts';

export const kvmSmm: Probe = {
  id: 'kvm.smm',
  category: 'kvm',
  title: 'host.check.kvmSmm',
  tested: 'ls /sys/module | grep -E "kvm_(intel|amd|pvm)"',
  affects: 'none',
  isApplicable: async (host) => (await host.lookAtKvmDevice()).kind !== 'absent',
  run: async (host) => {
    for (const module of ['kvm_intel', 'kvm_amd']) {
      if (await isThere(host, `/sys/module/${module}`)) {
        return answer('good', text('host.sentence.smmYes'), module);
      }
    }
    return (await isParavirtualKvm(host))
      ? answer('info', text('host.sentence.smmNo'), 'kvm_pvm')
      : couldNotLook('System management mode', 'no module of the processor is known to be loaded');
  },
};
