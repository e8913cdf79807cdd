// VirtualBox's kernel driver beside KVM: which kernel, VirtualBox and kvm parameter go together. The cure flips with
// the version: what helps on kernel 6.12 breaks or freezes the computer from 6.16 on. Data and a pure judgement.
// Source: host-compatibility notes, section 1b (rows avl.*), with the issues named per row.
import type { vboxdrvTexts } from '../../../shared/i18n/en/vboxdrv.ts';
import { vboxIssue } from './sources.ts';

type Sentence = Exclude<keyof typeof vboxdrvTexts, `vboxdrv.because.${string}`>;

/** [major, minor] or [major, minor, patch]; `6.16.3-arch1-1` and `7.2.10_Debianr170000` parse too. */
export type Version = readonly number[];

export interface VboxdrvFacts {
  readonly kernel: Version;
  readonly virtualBox: Version;
  /** /sys/module/kvm/parameters/enable_virt_at_load; absent file = `absent`. */
  readonly enableVirtAtLoad: 'Y' | 'N' | 'absent';
  readonly isKvmVendorModuleLoaded: boolean;
  readonly isKvmVmRunning: boolean;
}

export interface VboxdrvRow {
  readonly id: string;
  /** `good`; `exclusive`: not at the same time as KVM machines; `blocked`: it cannot start; `freezes`: never try. */
  readonly verdict: 'good' | 'exclusive' | 'blocked' | 'freezes';
  readonly sentence: Sentence;
  /** Commands as a person would type them, best first. */
  readonly remedies: readonly string[];
  readonly matches: (facts: VboxdrvFacts) => boolean;
  readonly source: string;
}

export const parseVersion = (text: string): Version =>
  (/^\d+(?:\.\d+)*/.exec(text)?.[0] ?? '')
    .split('.')
    .filter((part) => part !== '')
    .map(Number);

/** Negative: a is older. Missing parts count as 0. */
export const compareVersions = (a: Version, b: Version): number => {
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
};
const isAtLeast = (version: Version, least: Version): boolean =>
  compareVersions(version, least) >= 0;
const isBelow = (version: Version, limit: Version): boolean => compareVersions(version, limit) < 0;
/** `6.15.9` is within 6.15: only as many parts as `last` has are compared. */
const isUpTo = (version: Version, last: Version): boolean =>
  compareVersions(version.slice(0, last.length), last) <= 0;

const unload = ['sudo modprobe -r kvm_intel kvm', 'sudo modprobe -r kvm_amd kvm'];
const switchOff = [
  "echo 'options kvm enable_virt_at_load=0' | sudo tee /etc/modprobe.d/vbox-kvm.conf",
  ...unload,
];
const findLeftover = [
  'grep -rn enable_virt_at_load /etc/modprobe.d /run/modprobe.d /usr/lib/modprobe.d /etc/default/grub /proc/cmdline',
];

/** The first row that matches counts: what may freeze the computer comes first. */
export const vboxdrvRows: readonly VboxdrvRow[] = [
  {
    id: 'avl.6',
    verdict: 'freezes',
    sentence: 'vboxdrv.versionCrashesKernel',
    remedies: [],
    matches: ({ kernel, virtualBox }) =>
      compareVersions(virtualBox.slice(0, 3), [7, 2, 10]) === 0 &&
      isAtLeast(kernel, [7, 0]) &&
      isUpTo(kernel, [7, 1]),
    source: 'https://github.com/void-linux/void-packages/pull/61332',
  },
  {
    id: 'avl.5',
    verdict: 'freezes',
    sentence: 'vboxdrv.leftoverSetting',
    remedies: findLeftover,
    matches: ({ kernel, virtualBox, enableVirtAtLoad }) =>
      isAtLeast(kernel, [6, 16]) && isAtLeast(virtualBox, [7, 2, 10]) && enableVirtAtLoad === 'N',
    source: `${vboxIssue(711)}; ${vboxIssue(713)}`,
  },
  {
    id: 'avl.3',
    verdict: 'blocked',
    sentence: 'vboxdrv.tooOldForKernel',
    remedies: unload,
    matches: ({ kernel, virtualBox, isKvmVendorModuleLoaded, enableVirtAtLoad }) =>
      isAtLeast(kernel, [6, 16]) &&
      isBelow(virtualBox, [7, 2, 2]) &&
      isKvmVendorModuleLoaded &&
      enableVirtAtLoad !== 'N',
    source: vboxIssue(81),
  },
  {
    id: 'avl.4',
    verdict: 'blocked',
    sentence: 'vboxdrv.wantsKvmModule',
    remedies: ['sudo modprobe kvm_intel', 'sudo modprobe kvm_amd'],
    matches: ({ kernel, virtualBox, isKvmVendorModuleLoaded }) =>
      isAtLeast(kernel, [6, 16]) &&
      isAtLeast(virtualBox, [7, 2, 2]) &&
      isUpTo(virtualBox, [7, 2, 8]) &&
      !isKvmVendorModuleLoaded,
    source: `${vboxIssue(222)}; ${vboxIssue(237)}`,
  },
  {
    id: 'avl.2',
    verdict: 'blocked',
    sentence: 'vboxdrv.kvmKeepsVirtualization',
    remedies: switchOff,
    matches: ({ kernel, enableVirtAtLoad, isKvmVendorModuleLoaded }) =>
      isAtLeast(kernel, [6, 12]) &&
      isUpTo(kernel, [6, 15]) &&
      enableVirtAtLoad !== 'N' &&
      isKvmVendorModuleLoaded,
    source: `${vboxIssue(188)}; ${vboxIssue(141)}; ${vboxIssue(81)}`,
  },
  {
    id: 'avl.7',
    verdict: 'exclusive',
    sentence: 'vboxdrv.notBesideKvm',
    remedies: [],
    matches: ({ isKvmVmRunning }) => isKvmVmRunning,
    source: vboxIssue(711),
  },
  {
    id: 'avl.1',
    verdict: 'good',
    sentence: 'vboxdrv.good',
    remedies: [],
    matches: () => true,
    source: 'https://github.com/NixOS/nixpkgs/issues/363887',
  },
];

/** The row that applies; the last one always does. */
export const judgeVboxdrv = (facts: VboxdrvFacts): VboxdrvRow => {
  const row = vboxdrvRows.find((candidate) => candidate.matches(facts));
  if (!row) throw new Error('the last row matches everything');
  return row;
};
