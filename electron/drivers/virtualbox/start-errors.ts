// Why a start failed: VirtualBox's codes and messages as typed reasons. Each has its own sentence; what is not in
// the table shows VirtualBox's own words. Sources: include/VBox/err.h, SUPLib-linux.cpp, HMR3-x86.cpp and
// NEMR3NativeTemplate-linux.cpp.h of VirtualBox; standing per code in the fixtures.
import { text, type Text } from '../../../shared/model/text.ts';

export interface StartProblem {
  /** VirtualBox's symbol, `none` when it gave none. */
  readonly code: string;
  readonly number?: number;
  /** As VirtualBox printed it. */
  readonly message: string;
  readonly sentence: Text;
  /** The engine is at fault, so another one may well start this machine. */
  readonly isAboutEngine: boolean;
}

type Sentence = Parameters<typeof text>[0];
interface Row {
  readonly number?: number;
  readonly sentence: Sentence;
}

/** Codes that speak about an engine. */
const engineCodes: Readonly<Record<string, Row>> = {
  VERR_VM_DRIVER_NOT_INSTALLED: { number: -1908, sentence: 'virtualbox.start.driverMissing' },
  VERR_VM_DRIVER_NOT_ACCESSIBLE: {
    number: -1909,
    sentence: 'virtualbox.start.driverNotAccessible',
  },
  VERR_VM_DRIVER_LOAD_ERROR: { number: -1910, sentence: 'virtualbox.start.driverDead' },
  VERR_VM_DRIVER_OPEN_ERROR: { number: -1911, sentence: 'virtualbox.start.driverOpenError' },
  VERR_VM_DRIVER_VERSION_MISMATCH: { number: -1912, sentence: 'virtualbox.start.driverMismatch' },
  VERR_SUP_DRIVERLESS: { number: -5699, sentence: 'virtualbox.start.driverless' },
  VERR_VMX_NO_VMX: { number: -4009, sentence: 'virtualbox.start.noHardware' },
  VERR_VMX_IN_VMX_ROOT_MODE: { number: -4011, sentence: 'virtualbox.start.inUse' },
  VERR_VMX_MSR_VMX_DISABLED: { sentence: 'virtualbox.start.disabledInFirmware' },
  VERR_VMX_MSR_ALL_VMX_DISABLED: { sentence: 'virtualbox.start.disabledInFirmware' },
  VERR_VMX_MSR_LOCKING_FAILED: { sentence: 'virtualbox.start.disabledInFirmware' },
  VERR_SVM_NO_SVM: { number: -4052, sentence: 'virtualbox.start.noHardware' },
  VERR_SVM_DISABLED: { number: -4053, sentence: 'virtualbox.start.disabledInFirmware' },
  VERR_SVM_IN_USE: { number: -4054, sentence: 'virtualbox.start.inUse' },
  VERR_SVM_HOST_SVME_NOT_ENABLED: { sentence: 'virtualbox.start.hostNotEnabled' },
  VERR_NEM_NOT_ENABLED: { number: -6800, sentence: 'virtualbox.start.kvmFailed' },
  VERR_NEM_NOT_AVAILABLE: { number: -6801, sentence: 'virtualbox.start.kvmNotInBuild' },
  VERR_NEM_INIT_FAILED: { number: -6802, sentence: 'virtualbox.start.kvmFailed' },
  VERR_NEM_VM_CREATE_FAILED: { number: -6805, sentence: 'virtualbox.start.kvmFailed' },
  VERR_NEM_MISSING_FEATURE: { number: -6817, sentence: 'virtualbox.start.kvmFailed' },
  VERR_NEM_IPE_3: { number: -6893, sentence: 'virtualbox.start.kvmFailed' },
};

/** Messages that say more than their code, first match wins. `isAboutEngine` false: no other engine helps by itself. */
const messages: readonly {
  readonly pattern: RegExp;
  readonly sentence: Sentence;
  readonly param?: string;
  readonly isAboutEngine: boolean;
}[] = [
  {
    pattern: /Cannot attach to '(.+)' in driverless mode/,
    sentence: 'virtualbox.start.driverlessNetwork',
    param: 'network',
    isAboutEngine: false,
  },
  {
    pattern: /Nonexistent host networking interface, name '(.+)'/,
    sentence: 'virtualbox.start.interfaceMissing',
    param: 'network',
    isAboutEngine: false,
  },
  {
    pattern: /Cannot enable nested VT-x\/AMD-V without/,
    sentence: 'virtualbox.start.nestedNeedsDriver',
    isAboutEngine: false,
  },
  {
    pattern: /Do not have access to open \/dev\/kvm/,
    sentence: 'virtualbox.start.kvmNotPermitted',
    isAboutEngine: true,
  },
  {
    pattern: /\/dev\/kvm does not exist/,
    sentence: 'virtualbox.start.kvmMissing',
    isAboutEngine: true,
  },
  {
    pattern: /Required capability '(\w+)' is missing/,
    sentence: 'virtualbox.start.kvmLacks',
    param: 'feature',
    isAboutEngine: true,
  },
  {
    pattern: /KVM_CREATE_VM failed/,
    sentence: 'virtualbox.start.kvmFailed',
    isAboutEngine: true,
  },
];

/** "HostInterfaceNetworking-eth0" is how VirtualBox calls a bridge to eth0. */
const shownParam = (value: string): string => value.replace(/^HostInterfaceNetworking-/, '');

export const judgeStart = (code: string, message: string): StartProblem => {
  const row = engineCodes[code];
  const number = row?.number === undefined ? {} : { number: row.number };
  for (const known of messages) {
    const found = known.pattern.exec(message);
    if (!found) continue;
    const params = known.param ? { [known.param]: shownParam(found[1] ?? '') } : undefined;
    const sentence = text(known.sentence, params);
    return { code, ...number, message, sentence, isAboutEngine: known.isAboutEngine };
  }
  if (row) return { code, ...number, message, sentence: text(row.sentence), isAboutEngine: true };
  const sentence = text('virtualbox.start.unknown', { message: message || code });
  return { code, message, sentence, isAboutEngine: false };
};

/** What a program of VirtualBox printed when it could not even begin: `Error -1908 in suplibOsInit!`. */
export const judgeStderr = (stderr: string): StartProblem | undefined => {
  const row = /^\w+: Error (-\d+) in \w+!\s*\n\w+: (.*)$/m.exec(stderr);
  if (!row) return undefined;
  const number = Number(row[1]);
  const message = row[2] ?? '';
  const code = Object.entries(engineCodes).find(([, known]) => known.number === number)?.[0];
  return code === undefined
    ? { ...judgeStart('none', `${message} (${number})`), number }
    : judgeStart(code, message);
};
