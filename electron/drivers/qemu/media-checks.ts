// Quick checks of the files a VM names, before QEMU is asked: there, a file, not empty, readable, writable.
import { accessSync, constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { failure } from '../../../shared/contract/errors.ts';
import type { VmConfig } from '../../../shared/model/vm-config.ts';

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : '';

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'you may not open it',
  EPERM: 'you may not open it',
  EROFS: 'it is on a read-only file system',
  ELOOP: 'its link leads in a circle',
};
const reasonOf = (error: unknown): string =>
  reasons[codeOf(error)] ?? (error instanceof Error ? error.message : String(error));

/** Rejects with `medium/missing`, `not-a-file`, `empty` or `unreadable`. Resolves with the size. */
export const assertFile = async (path: string, isWritten: boolean): Promise<number> => {
  let size: number;
  try {
    const found = await stat(path);
    if (!found.isFile()) throw failure('medium/not-a-file', { path });
    size = found.size;
    if (size === 0) throw failure('medium/empty', { path });
    await access(path, isWritten ? constants.R_OK | constants.W_OK : constants.R_OK);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') throw failure('medium/missing', { path });
    if (code === '') throw error;
    throw failure('medium/unreadable', { path, reason: reasonOf(error) }, { cause: error });
  }
  return size;
};

/** False also when there is no file. */
export const mayWrite = (path: string | undefined): boolean => {
  try {
    if (path === undefined) return false;
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
};

export const assertMediaUsable = async (config: VmConfig): Promise<void> => {
  for (const disk of config.disks) await assertFile(disk.path, disk.isReadOnly !== true);
  for (const drive of config.cdDrives) {
    if (drive.path !== undefined) await assertFile(drive.path, false);
  }
  if (config.floppy?.path !== undefined) await assertFile(config.floppy.path, false);
};
