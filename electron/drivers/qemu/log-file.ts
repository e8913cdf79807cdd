// A VM's qemu.log and serial log: kept bounded, read from their ends.
import {
  closeSync,
  fstatSync,
  openSync,
  readSync,
  renameSync,
  statSync,
  truncateSync,
} from 'node:fs';

const rotateAtBytes = 1024 * 1024;
const serialLimitBytes = 16 * 1024 * 1024;

export const sizeOf = (path: string): number =>
  statSync(path, { throwIfNoEntry: false })?.size ?? 0;

export const rotateLog = (path: string): void => {
  if (sizeOf(path) > rotateAtBytes) renameSync(path, `${path}.1`);
};

/** Up to `limit` bytes from the end of the file, none before `from`. Empty when there is no file. */
export const readTail = (path: string, limit: number, from = 0): Buffer => {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch {
    return Buffer.alloc(0);
  }
  try {
    const { size } = fstatSync(fd);
    // A file shorter than `from` was rotated since: then all of it is newer.
    const start = Math.max(size >= from ? from : 0, size - limit);
    const buffer = Buffer.alloc(Math.max(0, size - start));
    const length = readSync(fd, buffer, 0, buffer.length, start);
    return buffer.subarray(0, length);
  } finally {
    closeSync(fd);
  }
};

export const lastLines = (path: string, count: number, from = 0): readonly string[] =>
  readTail(path, 64 * 1024, from)
    .toString('utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-count);

/** QEMU appends to the serial log for as long as it runs; it may be cut, since it writes with O_APPEND. */
export const boundSerialLog = (path: string): void => {
  if (sizeOf(path) > serialLimitBytes) truncateSync(path, 0);
};

const stamp = /^\d{4}-\d\d-\d\dT[\d:.]+Z /;
/** What QEMU said, without time stamps and its own name: for messages. */
export const spokenBy = (lines: readonly string[]): string =>
  lines
    .filter((line) => !line.startsWith('# '))
    .map((line) => line.replace(stamp, '').replace(/^qemu-system-x86_64: /, ''))
    .join('\n');
