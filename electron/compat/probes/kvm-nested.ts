// kvm.nested: may machines on KVM run machines inside?
import { text } from '../../../shared/model/text.ts';
import { isThere, lookAtFile, rawOf } from './look.ts';
import { answer, couldNotLook, remediesOf, type Probe, type ProbeHost } from './probe.ts';

const loadedModule = async (host: ProbeHost): Promise<'kvm_intel' | 'kvm_amd' | undefined> => {
  for (const module of ['kvm_intel', 'kvm_amd'] as const) {
    if (await isThere(host, `/sys/module/${module}`)) return module;
  }
  return undefined;
};

export const kvmNested: Probe = {
  id: 'kvm.nested',
  category: 'kvm',
  title: 'host.check.kvmNested',
  tested: '/sys/module/kvm_{intel,amd}/parameters/nested',
  affects: 'none',
  isApplicable: async (host) => (await loadedModule(host)) !== undefined,
  run: async (host) => {
    const module = (await loadedModule(host)) ?? 'kvm_intel';
    const path = `/sys/module/${module}/parameters/nested`;
    const look = await lookAtFile(host, path);
    const raw = rawOf(path, look);
    if (look.kind !== 'read') return couldNotLook(path, raw);
    return /^[Y1]/.test(look.text)
      ? answer('good', text('host.sentence.nestedYes'), raw)
      : answer(
          'info',
          text('host.sentence.nestedNo'),
          raw,
          remediesOf(host, module === 'kvm_intel' ? 'nestedIntel' : 'nestedAmd'),
        );
  },
};
