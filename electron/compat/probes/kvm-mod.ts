// kvm.mod: is the KVM module there, and which one drives the processor?
import { text } from '../../../shared/model/text.ts';
import { readCpuInfo } from './cpu-info.ts';
import { lookAtFolder, lookForPath } from './look.ts';
import { couldNotLook, remediesOf, type Probe, type ProbeHost } from './probe.ts';

const folder = '/sys/module';
const vendorModules = ['kvm_intel', 'kvm_amd'] as const;

/** KVM without a processor's own module under it: a paravirtual one, seen to be very slow. Only a hint. */
export const isParavirtualKvm = async (host: Pick<ProbeHost, 'root'>): Promise<boolean> => {
  const names = await lookAtFolder(host, folder);
  if (names.kind !== 'read') return false;
  const loaded = names.text.split('\n');
  return loaded.includes('kvm_pvm') && !vendorModules.some((name) => loaded.includes(name));
};

export const kvmMod: Probe = {
  id: 'kvm.mod',
  category: 'kvm',
  title: 'host.check.kvmMod',
  tested: `ls ${folder} | grep kvm`,
  affects: 'kvm',
  run: async (host) => {
    const names = await lookAtFolder(host, folder);
    if (names.kind !== 'read') return couldNotLook(folder, names.kind);
    const modules = names.text.split('\n').filter((name) => name.startsWith('kvm'));
    const raw = modules.join('\n') || 'none';
    const vendor = vendorModules.find((name) => modules.includes(name));
    if (vendor) {
      const sentence = text('host.sentence.kvmModYes', { module: vendor });
      return { verdict: 'good', sentence, raw, remedies: [] };
    }
    const other = modules.find((name) => name !== 'kvm');
    if (other) {
      const sentence = text('host.sentence.kvmModOther', { module: other });
      return { verdict: 'info', sentence, raw, remedies: [] };
    }
    // Built into the kernel, it shows a folder only when it has parameters; the device is the better witness.
    if ((await lookForPath(host, '/dev/kvm')) === true) {
      return { verdict: 'info', sentence: text('host.sentence.kvmModBuiltIn'), raw, remedies: [] };
    }
    const cpu = await readCpuInfo(host);
    const sentence = text('host.sentence.kvmModNo');
    if (!cpu?.virtualization) return { verdict: 'warn', sentence, raw, remedies: [] };
    const key = cpu.virtualization === 'vmx' ? 'loadKvmIntel' : 'loadKvmAmd';
    return { verdict: 'blocked', sentence, raw, remedies: remediesOf(host, key) };
  },
};
