// The draft of a new machine: defaults from the guest family, what a dropped file changes, and its problems. Pure.
import type { NewVm } from '../../../../shared/contract/contract.ts';
import { gibToBytes, type DriverId } from '../../../../shared/model/brand.ts';
import { familyById, type GuestFamily } from '../../../../shared/model/guest-family.ts';
import type { DiskFormat, MediumInfo } from '../../../../shared/model/medium.ts';

export type DiskChoice = 'create' | 'use' | 'none';

export interface NewVmDraft {
  readonly name: string;
  /** True once a person typed a name: guesses leave it alone then. */
  readonly isNameTyped: boolean;
  readonly family: string;
  readonly vcpus: number;
  readonly memoryMiB: number;
  readonly firmware: 'bios' | 'uefi';
  readonly diskChoice: DiskChoice;
  readonly diskGiB: number;
  readonly existing: { readonly path: string; readonly format: DiskFormat } | undefined;
  readonly cdPath: string | undefined;
  readonly floppyPath: string | undefined;
  /** Absent: the hypervisor new machines get. */
  readonly driver?: DriverId | undefined;
}

/** "Debian", then "Debian 2" ... until nobody else has it. */
export const freeName = (wanted: string, taken: readonly string[]): string => {
  const folded = new Set(taken.map((name) => name.toLocaleLowerCase('en')));
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? wanted : `${wanted} ${number}`;
    if (!folded.has(name.toLocaleLowerCase('en'))) return name;
  }
};

/** Family's hardware, never more than the computer has. */
const hardwareOf = (
  family: GuestFamily,
  host: { cpus: number; memoryMiB: number } | undefined,
) => ({
  vcpus: Math.max(1, Math.min(family.vcpus, host?.cpus ?? family.vcpus)),
  memoryMiB:
    host && family.memoryMiB > host.memoryMiB / 2
      ? Math.max(64, Math.floor(host.memoryMiB / 2 / 64) * 64)
      : family.memoryMiB,
  firmware: family.firmware,
  diskGiB: family.diskGiB,
});

type HostSize = { readonly cpus: number; readonly memoryMiB: number } | undefined;

export const emptyDraft = (host: HostSize, taken: readonly string[]): NewVmDraft => {
  const family = familyById('linux');
  return {
    name: freeName(family.title, taken),
    isNameTyped: false,
    family: family.id,
    ...hardwareOf(family, host),
    diskChoice: 'create',
    existing: undefined,
    cdPath: undefined,
    floppyPath: undefined,
  };
};

export const withFamily = (
  draft: NewVmDraft,
  id: string,
  host: HostSize,
  taken: readonly string[],
): NewVmDraft => {
  const family = familyById(id);
  return {
    ...draft,
    family: family.id,
    ...hardwareOf(family, host),
    name: draft.isNameTyped ? draft.name : freeName(family.title, taken),
  };
};

/** A readable name out of a file name: "debian-13.1.0-amd64-netinst.iso" -> "debian-13.1.0-amd64-netinst". */
const baseName = (path: string): string => {
  const file = path.slice(path.lastIndexOf('/') + 1);
  const dot = file.lastIndexOf('.');
  return (dot > 0 ? file.slice(0, dot) : file)
    .replace(/[_\s]+/g, ' ')
    .trim()
    .slice(0, 60);
};

/** What a chosen or dropped file means: a disc is inserted, a floppy too, a disk image becomes the disk. */
export const withMedium = (
  draft: NewVmDraft,
  info: MediumInfo,
  host: HostSize,
  taken: readonly string[],
): NewVmDraft => {
  const family = info.guessedFamily ?? 'other';
  const name = draft.isNameTyped
    ? draft.name
    : freeName(baseName(info.path) || familyById(family).title, taken);
  const base: NewVmDraft = { ...draft, ...withFamily(draft, family, host, taken), name };
  switch (info.kind) {
    case 'optical':
      return { ...base, cdPath: info.path };
    case 'floppy':
      return { ...base, floppyPath: info.path };
    case 'disk':
      return { ...base, diskChoice: 'use', existing: { path: info.path, format: info.format } };
  }
};

export interface DraftProblems {
  readonly vcpus?: 'range' | undefined;
  readonly memory?: 'tooSmall' | 'aboveHost' | undefined;
  readonly disk?: 'range' | 'noFile' | undefined;
}
export const minMemoryMiB = 4;
export const maxDiskGiB = 64 * 1024;

/** What forbids creating; the name is judged apart, against the other machines. */
export const draftProblems = (
  draft: NewVmDraft,
  host: HostSize,
  maxVcpus: number,
): DraftProblems => {
  const isWhole = Number.isInteger(draft.vcpus);
  return {
    vcpus: !isWhole || draft.vcpus < 1 || draft.vcpus > maxVcpus ? 'range' : undefined,
    memory:
      !Number.isInteger(draft.memoryMiB) || draft.memoryMiB < minMemoryMiB
        ? 'tooSmall'
        : host && draft.memoryMiB > host.memoryMiB
          ? 'aboveHost'
          : undefined,
    disk:
      draft.diskChoice === 'create' && !(draft.diskGiB > 0 && draft.diskGiB <= maxDiskGiB)
        ? 'range'
        : draft.diskChoice === 'use' && !draft.existing
          ? 'noFile'
          : undefined,
  };
};

export const toNewVm = (draft: NewVmDraft, startNow: boolean): NewVm => ({
  name: draft.name.trim(),
  family: draft.family,
  vcpus: draft.vcpus,
  memoryMiB: draft.memoryMiB,
  firmware: draft.firmware,
  disk:
    draft.diskChoice === 'create'
      ? { kind: 'create', capacity: gibToBytes(draft.diskGiB) }
      : draft.diskChoice === 'use' && draft.existing
        ? { kind: 'use', ...draft.existing }
        : { kind: 'none' },
  ...(draft.driver === undefined ? {} : { driver: draft.driver }),
  ...(draft.cdPath === undefined ? {} : { cdPath: draft.cdPath }),
  ...(draft.floppyPath === undefined ? {} : { floppyPath: draft.floppyPath }),
  startNow,
});
