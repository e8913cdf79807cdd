// What an image file is by its first bytes, and the size a guest sees in it. Read here and not by VBoxManage, which
// would enter every file it looks at into VirtualBox's list of media.
// Layouts: VDICore.h, the VMDK 5.0 technical note, Microsoft's VHD specification, ECMA-119.
import { open, type FileHandle } from 'node:fs/promises';
import type { DiskFormat } from '../../../../shared/model/medium.ts';

export type ImageHeader =
  | {
      readonly kind: 'image';
      readonly format: DiskFormat;
      /** Bytes the guest sees; `undefined`: this format's size is not read here. */
      readonly capacity?: number;
      /** A growing image; false for one with all its space taken at once. */
      readonly isDynamic: boolean;
    }
  | { readonly kind: 'optical'; readonly label: string }
  /** Starts with a boot sector or partition table, or is nothing we know. */
  | { readonly kind: 'raw'; readonly hasBootSignature: boolean };

const sector = 512;
const isoOffset = 32 * 1024;
const headBytes = isoOffset + 2048;

const textAt = (bytes: Buffer, offset: number, length: number): string =>
  bytes.subarray(offset, offset + length).toString('latin1');

const vdi = (head: Buffer): ImageHeader | undefined => {
  if (head.length < 0x178 || head.readUInt32LE(0x40) !== 0xbeda107f) return undefined;
  const isDynamic = head.readUInt32LE(0x4c) !== 2;
  // Version 1.1 onwards; older headers keep the size elsewhere and no VirtualBox of today writes them.
  const capacity = Number(head.readBigUInt64LE(0x170));
  return { kind: 'image', format: 'vdi', capacity, isDynamic };
};

/** Text of a descriptor: lines `RW 20480 SPARSE "disk.vmdk"`, sizes in sectors. */
const extentsOf = (text: string): number =>
  [...text.matchAll(/^(?:RW|RDONLY|NOACCESS) (\d+) /gm)].reduce(
    (sum, [, count]) => sum + Number(count) * sector,
    0,
  );

const vmdk = (head: Buffer): ImageHeader | undefined => {
  if (textAt(head, 0, 21) === '# Disk DescriptorFile') {
    const capacity = extentsOf(textAt(head, 0, headBytes));
    return { kind: 'image', format: 'vmdk', capacity, isDynamic: false };
  }
  if (textAt(head, 0, 4) !== 'KDMV') return undefined;
  // Where both are there and differ, VirtualBox goes by the descriptor.
  const described = extentsOf(textAt(head, Number(head.readBigUInt64LE(28)) * sector, headBytes));
  const capacity = described || Number(head.readBigUInt64LE(12)) * sector;
  return { kind: 'image', format: 'vmdk', capacity, isDynamic: true };
};

/** The footer stands at the end, and as a copy at the beginning of a growing image. */
const vhd = (head: Buffer, foot: Buffer): ImageHeader | undefined => {
  const footer = [head, foot].find((bytes) => textAt(bytes, 0, 8) === 'conectix');
  if (!footer || footer.length < 64) return undefined;
  const capacity = Number(footer.readBigUInt64BE(48));
  return { kind: 'image', format: 'vpc', capacity, isDynamic: footer.readUInt32BE(60) !== 2 };
};

/** Volume label of ISO 9660; a disc with UDF alone has none here. */
const optical = (head: Buffer): ImageHeader | undefined => {
  const id = textAt(head, isoOffset + 1, 5);
  if (id === 'CD001') return { kind: 'optical', label: textAt(head, isoOffset + 40, 32).trim() };
  return id === 'BEA01' ? { kind: 'optical', label: '' } : undefined;
};

const known = (head: Buffer, foot: Buffer): ImageHeader => {
  const found = vdi(head) ?? vmdk(head) ?? vhd(head, foot) ?? optical(head);
  if (found) return found;
  const other: Readonly<Record<string, DiskFormat>> = { 'QFI\xfb': 'qcow2', vhdx: 'vhdx' };
  const format = other[textAt(head, 0, 4)];
  if (format) return { kind: 'image', format, isDynamic: true };
  return { kind: 'raw', hasBootSignature: head.length >= 512 && head.readUInt16BE(510) === 0x55aa };
};

const readAt = async (file: FileHandle, position: number, length: number): Promise<Buffer> => {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
};

/** `size`: of the file, in bytes. Rejects with the file system's error. */
export const readImageHeader = async (path: string, size: number): Promise<ImageHeader> => {
  const file = await open(path, 'r');
  try {
    const head = await readAt(file, 0, headBytes);
    const foot = await readAt(file, Math.max(0, size - sector), sector);
    return known(head, foot);
  } finally {
    await file.close();
  }
};
