// What a file is by its first bytes: image formats we use, boot signatures of raw disks and discs, and the
// usual things that are dropped by mistake. Sources: each format's published header.
import { open } from 'node:fs/promises';
import type { DiskFormat } from '../../../shared/model/medium.ts';

export type Signature =
  | { readonly kind: 'image'; readonly format: DiskFormat }
  | { readonly kind: 'optical'; readonly label: string }
  /** A raw disk with a partition table or a boot sector. */
  | { readonly kind: 'raw' }
  | { readonly kind: 'other'; readonly found: string };

const isoOffset = 32 * 1024;
const headBytes = isoOffset + 2048;

const at = (bytes: Buffer, offset: number, text: string): boolean =>
  bytes.subarray(offset, offset + text.length).toString('latin1') === text;

const imageFormat = (head: Buffer, foot: Buffer): DiskFormat | undefined => {
  if (at(head, 0, 'QFI\xfb')) return 'qcow2';
  if (at(head, 0, 'KDMV') || at(head, 0, '# Disk DescriptorFile')) return 'vmdk';
  // VDI: a text line, then this signature (little endian 0xbeda107f).
  if (head.length > 68 && head.readUInt32LE(64) === 0xbeda107f) return 'vdi';
  if (at(head, 0, 'vhdxfile')) return 'vhdx';
  if (at(head, 0, 'conectix') || at(foot, 0, 'conectix')) return 'vpc';
  return undefined;
};

/** Things people drop by mistake. First match wins. */
const others: readonly (readonly [offset: number, text: string, found: string])[] = [
  [0, '%PDF', 'a PDF document'],
  [0, 'PK\x03\x04', 'a ZIP archive'],
  [0, '\x1f\x8b', 'a gzip archive'],
  [0, 'BZh', 'a bzip2 archive'],
  [0, '\xfd7zXZ', 'an xz archive'],
  [0, "7z\xbc\xaf'\x1c", 'a 7-Zip archive'],
  [0, '\x28\xb5\x2f\xfd', 'a Zstandard archive'],
  [0, 'Rar!', 'a RAR archive'],
  [257, 'ustar', 'a tar archive (an OVA must be imported first)'],
  [0, '\x7fELF', 'a Linux program'],
  [0, 'MZ', 'a Windows program'],
  [0, '\x89PNG', 'a picture'],
  [0, '\xff\xd8\xff', 'a picture'],
  [0, 'GIF8', 'a picture'],
  [0, '!<arch>', 'a software package'],
  [0, '\xed\xab\xee\xdb', 'a software package'],
];

const looksLikeText = (head: Buffer): boolean =>
  head.length > 0 &&
  head.subarray(0, 512).every((byte) => byte >= 0x20 || [9, 10, 12, 13].includes(byte));

const hasBootSignature = (head: Buffer): boolean =>
  head.length >= 512 && head[510] === 0x55 && head[511] === 0xaa;
const hasGpt = (head: Buffer): boolean => at(head, 512, 'EFI PART');

/** ISO 9660 volume descriptor at sector 16: label at offset 40, 32 characters. UDF-only discs have BEA01. */
const opticalLabel = (head: Buffer): string | undefined => {
  if (at(head, isoOffset + 1, 'CD001')) {
    return head
      .subarray(isoOffset + 40, isoOffset + 72)
      .toString('latin1')
      .replaceAll('\0', ' ')
      .trim();
  }
  return at(head, isoOffset + 1, 'BEA01') ? '' : undefined;
};

/**
 * Judges by content alone; the name never decides. `known`: somebody's word on the format, which content never
 * overrules: a guest can write the header of another format into its raw disk.
 */
export const judgeContent = (head: Buffer, foot: Buffer, known?: DiskFormat): Signature => {
  if (known !== undefined && known !== 'raw') return { kind: 'image', format: known };
  const format = known === 'raw' ? undefined : imageFormat(head, foot);
  if (format !== undefined) return { kind: 'image', format };
  // Before raw: hybrid discs carry a partition table as well.
  const label = opticalLabel(head);
  if (label !== undefined) return { kind: 'optical', label };
  if (known === 'raw') return { kind: 'raw' };
  const other = others.find(([offset, text]) => at(head, offset, text));
  if (other) return { kind: 'other', found: other[2] };
  if (hasBootSignature(head) || hasGpt(head)) return { kind: 'raw' };
  if (looksLikeText(head)) return { kind: 'other', found: 'a text file' };
  return { kind: 'other', found: 'data without a boot record or partition table' };
};

export const readSignature = async (
  path: string,
  size: number,
  known?: DiskFormat,
): Promise<Signature> => {
  const handle = await open(path, 'r');
  try {
    const head = Buffer.alloc(Math.min(headBytes, size));
    await handle.read(head, 0, head.length, 0);
    const foot = Buffer.alloc(Math.min(512, size));
    await handle.read(foot, 0, foot.length, size - foot.length);
    return judgeContent(head, foot, known);
  } finally {
    await handle.close();
  }
};
