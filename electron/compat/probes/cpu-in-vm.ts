// cpu.invm: is this computer itself a virtual machine?
import { text } from '../../../shared/model/text.ts';
import { cpuInfoPath, readCpuInfo } from './cpu-info.ts';
import { couldNotLook, remediesOf, type Probe } from './probe.ts';

export const cpuInVm: Probe = {
  id: 'cpu.invm',
  category: 'processor',
  title: 'host.check.cpuInVm',
  tested: `grep -m1 -o hypervisor ${cpuInfoPath}`,
  affects: 'kvm',
  run: async (host) => {
    const cpu = await readCpuInfo(host);
    if (!cpu) return couldNotLook(cpuInfoPath, 'no flags');
    if (!cpu.flags.has('hypervisor')) {
      const sentence = text('host.sentence.cpuRealHost');
      return { verdict: 'good', sentence, raw: 'no flag hypervisor', remedies: [] };
    }
    const passes = cpu.virtualization !== undefined;
    return {
      verdict: passes ? 'info' : 'warn',
      sentence: text(passes ? 'host.sentence.cpuNested' : 'host.sentence.cpuNotNested'),
      raw: `flag hypervisor, ${cpu.virtualization ?? 'neither vmx nor svm'}`,
      remedies: passes ? [] : remediesOf(host, 'outerHost'),
    };
  },
};
