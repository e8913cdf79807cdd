// kvm.dev: is the device there at all?
import { text } from '../../../shared/model/text.ts';
import { readCpuInfo } from './cpu-info.ts';
import { couldNotLook, remediesOf, type Probe, type ProbeHost } from './probe.ts';
import type { RemedyKey } from '../remedies.ts';

/** What would bring an absent KVM, best guess first. */
export const absentKvmRemedy = async (host: Pick<ProbeHost, 'root'>): Promise<RemedyKey> => {
  const cpu = await readCpuInfo(host);
  if (cpu?.virtualization === 'vmx') return 'loadKvmIntel';
  if (cpu?.virtualization === 'svm') return 'loadKvmAmd';
  return cpu?.flags.has('hypervisor') ? 'outerHost' : 'firmwareVirtualization';
};

export const kvmDev: Probe = {
  id: 'kvm.dev',
  category: 'kvm',
  title: 'host.check.kvmDev',
  tested: 'stat /dev/kvm',
  affects: 'kvm',
  run: async (host) => {
    const look = await host.lookAtKvmDevice();
    switch (look.kind) {
      case 'absent':
        return {
          verdict: 'blocked',
          sentence: text('host.sentence.kvmDevNo'),
          raw: look.detail,
          remedies: remediesOf(host, await absentKvmRemedy(host)),
        };
      case 'failed':
        return couldNotLook('/dev/kvm', look.detail);
      case 'busy':
        return {
          verdict: 'warn',
          sentence: text('host.sentence.kvmDevBusy'),
          raw: look.detail,
          remedies: remediesOf(host, 'stopOtherHypervisor'),
        };
      case 'opened':
      case 'denied': {
        const raw = `mode ${look.mode}, owner ${look.uid}:${look.gid}`;
        return { verdict: 'good', sentence: text('host.sentence.kvmDevYes'), raw, remedies: [] };
      }
    }
  },
};
