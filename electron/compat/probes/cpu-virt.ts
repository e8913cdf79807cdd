// cpu.virt: does Linux see hardware virtualization in the processor?
import { text } from '../../../shared/model/text.ts';
import { cpuInfoPath, readCpuInfo } from './cpu-info.ts';
import { couldNotLook, remediesOf, type Probe } from './probe.ts';

export const cpuVirt: Probe = {
  id: 'cpu.virt',
  category: 'processor',
  title: 'host.check.cpuVirt',
  tested: `grep -m1 -oE '\\b(vmx|svm)\\b' ${cpuInfoPath}`,
  affects: 'kvm',
  run: async (host) => {
    const cpu = await readCpuInfo(host);
    if (!cpu) return couldNotLook(cpuInfoPath, 'no flags');
    const raw = `${cpu.model}: ${cpu.virtualization ?? 'neither vmx nor svm'}`;
    if (cpu.virtualization) {
      const name = cpu.virtualization === 'vmx' ? 'Intel VT-x' : 'AMD-V';
      const sentence = text('host.sentence.cpuVirtYes', { name });
      return { verdict: 'good', sentence, raw, remedies: [] };
    }
    // The kernel clears the flag when the firmware locks it, so absent is not the same as lacking. Where the
    // host is a machine itself, KVM may still be offered in another way: the other checks decide.
    const isGuest = cpu.flags.has('hypervisor');
    return {
      verdict: 'warn',
      sentence: text(isGuest ? 'host.sentence.cpuVirtGuest' : 'host.sentence.cpuVirtNo'),
      raw,
      remedies: remediesOf(host, isGuest ? 'outerHost' : 'firmwareVirtualization'),
    };
  },
};
