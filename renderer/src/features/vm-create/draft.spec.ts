import { describe, expect, it } from 'vitest';
import { toBytes } from '../../../../shared/model/brand.ts';
import type { MediumInfo } from '../../../../shared/model/medium.ts';
import { draftProblems, emptyDraft, freeName, toNewVm, withFamily, withMedium } from './draft.ts';

const host = { cpus: 2, memoryMiB: 8192 };
const medium = (part: Partial<MediumInfo>): MediumInfo => ({
  path: '/d/Win11_24H2.iso',
  kind: 'optical',
  format: 'raw',
  capacity: toBytes(1),
  allocated: toBytes(1),
  isWritable: true,
  canSnapshot: false,
  canGrow: false,
  ...part,
});

describe('draft of a new machine', () => {
  it('takes the family of a recognised disc, within what the computer has', () => {
    const draft = withMedium(
      emptyDraft(host, []),
      medium({ guessedFamily: 'windows-11' }),
      host,
      [],
    );
    expect(draft).toMatchObject({
      family: 'windows-11',
      name: 'Win11 24H2',
      vcpus: 2,
      memoryMiB: 4096,
      firmware: 'uefi',
      cdPath: '/d/Win11_24H2.iso',
      diskChoice: 'create',
    });
  });

  it('uses a dropped disk image where it is', () => {
    const info = medium({ kind: 'disk', format: 'qcow2', path: '/d/a.qcow2' });
    const draft = withMedium(emptyDraft(host, []), info, host, []);
    expect(toNewVm(draft, true).disk).toEqual({ kind: 'use', path: '/d/a.qcow2', format: 'qcow2' });
  });

  it('leaves a typed name alone', () => {
    const typed = { ...emptyDraft(host, []), name: 'mine', isNameTyped: true };
    expect(withFamily(typed, 'haiku', host, []).name).toBe('mine');
    expect(withMedium(typed, medium({}), host, []).name).toBe('mine');
  });

  it('never suggests a taken name', () => {
    expect(freeName('Linux', ['linux', 'Linux 2'])).toBe('Linux 3');
  });

  it('judges numbers against the computer', () => {
    const draft = emptyDraft(host, []);
    expect(draftProblems(draft, host, 8)).toEqual({});
    expect(draftProblems({ ...draft, vcpus: 0 }, host, 8).vcpus).toBe('range');
    expect(draftProblems({ ...draft, vcpus: 9 }, host, 8).vcpus).toBe('range');
    expect(draftProblems({ ...draft, memoryMiB: 9000 }, host, 8).memory).toBe('aboveHost');
    expect(draftProblems({ ...draft, memoryMiB: Number.NaN }, host, 8).memory).toBe('tooSmall');
    expect(draftProblems({ ...draft, diskGiB: 0 }, host, 8).disk).toBe('range');
    expect(draftProblems({ ...draft, diskChoice: 'use' }, host, 8).disk).toBe('noFile');
  });
});
