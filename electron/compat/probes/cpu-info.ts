// Flags of the first processor in /proc/cpuinfo, shared by the checks of processor and KVM.
import { lookAtFile, type HostRoot } from './look.ts';

export interface CpuInfo {
  readonly model: string;
  readonly flags: ReadonlySet<string>;
  readonly virtualization: 'vmx' | 'svm' | undefined;
}

const valueOf = (text: string, key: string): string =>
  new RegExp(`^${key}\\s*:\\s*(.*)$`, 'm').exec(text)?.[1]?.trim() ?? '';

/** Sample lines: `model name\t: AMD EPYC` and `flags\t\t: fpu vme svm hypervisor`. */
export const parseCpuInfo = (text: string): CpuInfo => {
  const flags = new Set(valueOf(text, 'flags').split(/\s+/));
  const virtualization = flags.has('vmx') ? 'vmx' : flags.has('svm') ? 'svm' : undefined;
  return { model: valueOf(text, 'model name'), flags, virtualization };
};

export const cpuInfoPath = '/proc/cpuinfo';

/** `undefined` = could not be read, or holds no flags (another architecture). */
export const readCpuInfo = async (host: HostRoot): Promise<CpuInfo | undefined> => {
  const look = await lookAtFile(host, cpuInfoPath);
  if (look.kind !== 'read' || !/^flags\s*:/m.test(look.text)) return undefined;
  return parseCpuInfo(look.text);
};
