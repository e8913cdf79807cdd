// cpu.xsave: VirtualBox on KVM asks for XSAVE (KVM_CAP_XCRS); QEMU does not.
// Source: https://github.com/cyberus-technology/virtualbox-kvm/issues/4
import { text } from '../../../shared/model/text.ts';
import { cpuInfoPath, readCpuInfo } from './cpu-info.ts';
import { isOwnDriverFound } from './own-driver.ts';
import { answer, couldNotLook, type Probe } from './probe.ts';

export const cpuXsave: Probe = {
  id: 'cpu.xsave',
  category: 'processor',
  title: 'host.check.cpuXsave',
  tested: `grep -m1 -ow xsave ${cpuInfoPath}`,
  affects: 'ownDriverKvm',
  after: 'ownDriver',
  isApplicable: isOwnDriverFound,
  run: async (host) => {
    const cpu = await readCpuInfo(host);
    if (!cpu) return couldNotLook(cpuInfoPath, 'no flags');
    const raw = `${cpu.model}: ${cpu.flags.has('xsave') ? 'xsave' : 'no flag xsave'}`;
    return cpu.flags.has('xsave')
      ? answer('good', text('host.sentence.cpuXsaveYes'), raw)
      : answer('blocked', text('host.sentence.cpuXsaveNo'), raw);
  },
};
