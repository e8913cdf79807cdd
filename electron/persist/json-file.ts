// Versioned, zod-checked, atomic JSON document: temp file in the same folder, fsync, rename, `.bak` kept.
// Unreadable files are kept aside as `.corrupt-<time>`; the backup is tried; the caller is told.
import { constants, readFileSync } from 'node:fs';
import { copyFile, mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { z } from 'zod';
import { failure, isFailure, type AppFailure } from '../../shared/contract/errors.ts';

export interface JsonFile<T> {
  readonly path: string;
  readonly schema: z.ZodType<T>;
  readonly version: number;
  /** `migrations[n]` turns version n into n+1. */
  readonly migrations?: Readonly<Record<number, (old: Record<string, unknown>) => unknown>>;
}

export type ReadOutcome<T> =
  | { readonly kind: 'absent' }
  | { readonly kind: 'read'; readonly value: T }
  /** The file was damaged and kept aside; its backup was good. */
  | { readonly kind: 'recovered'; readonly value: T; readonly keptAs: string }
  /** Damaged and no good backup. The damaged file was kept aside. */
  | { readonly kind: 'damaged'; readonly keptAs: string; readonly reason: string }
  /** Written by a newer program: untouched. */
  | { readonly kind: 'newer'; readonly version: number };

const errnoOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error ? String(error.code) : undefined;

/** Maps a file system error to its typed failure. */
export const persistFailure = (path: string, error: unknown): AppFailure => {
  if (isFailure(error)) return error;
  const code = errnoOf(error);
  if (code === 'EROFS' || code === 'EACCES' || code === 'EPERM') {
    return failure('persist/read-only', { path }, { cause: error });
  }
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return failure('persist/disk-full', { path }, { cause: error });
  }
  const reason = error instanceof Error ? error.message : String(error);
  return failure('persist/failed', { path, reason }, { cause: error });
};

const versionOf = (document: unknown): number | undefined =>
  typeof document === 'object' && document !== null && 'version' in document
    ? Number(document.version)
    : undefined;

const parse = <T>(file: JsonFile<T>, text: string): T | { readonly newer: number } => {
  let document: unknown = JSON.parse(text);
  let version = versionOf(document) ?? 0;
  if (version > file.version) return { newer: version };
  while (version < file.version) {
    const migrate = file.migrations?.[version];
    if (!migrate) throw new Error(`version ${version} is not known`);
    document = migrate(document as Record<string, unknown>);
    version += 1;
  }
  return file.schema.parse(document);
};

const isNewer = (value: unknown): value is { readonly newer: number } =>
  typeof value === 'object' && value !== null && 'newer' in value;

const readText = (path: string): string | undefined => {
  try {
    // One call: four trips to the thread pool for each of a thousand small files cost far more.
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw persistFailure(path, error);
  }
};

const shortReason = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, ' ').slice(0, 300);

/** Reads the document. Rejects only when the file cannot be opened at all (permissions, I/O). */
export const readJsonFile = async <T>(
  file: JsonFile<T>,
  now: () => number = Date.now,
): Promise<ReadOutcome<T>> => {
  const backup = `${file.path}.bak`;
  const text = readText(file.path);
  let reason = 'the file is gone';
  if (text !== undefined) {
    try {
      const value = parse(file, text);
      return isNewer(value)
        ? { kind: 'newer', version: value.newer }
        : { kind: 'read', value: value };
    } catch (error) {
      reason = shortReason(error);
    }
  }
  const backupText = readText(backup);
  if (text === undefined && backupText === undefined) return { kind: 'absent' };
  const keptAs = `${file.path}.corrupt-${new Date(now()).toISOString().replaceAll(/[:.]/g, '')}`;
  if (text !== undefined) {
    try {
      await rename(file.path, keptAs);
    } catch {
      // Read-only folder: the damaged file stays where it is, which loses nothing.
    }
  }
  if (backupText !== undefined) {
    try {
      const value = parse(file, backupText);
      if (!isNewer(value)) {
        await copyFile(backup, file.path, constants.COPYFILE_EXCL).catch(() => undefined);
        return { kind: 'recovered', value, keptAs: text === undefined ? '' : keptAs };
      }
    } catch (error) {
      reason = `${reason}; its backup: ${shortReason(error)}`;
    }
  }
  return { kind: 'damaged', keptAs, reason };
};

/** Writes `data` to `path` atomically; on any failure the former content stays and no temp file is left. */
export const writeFileAtomic = async (path: string, data: string | Uint8Array): Promise<void> => {
  const folder = dirname(path);
  const temp = join(folder, `.${basename(path)}.${process.pid}.${Date.now().toString(36)}.tmp`);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const handle = await open(temp, 'wx', 0o600);
    try {
      await handle.writeFile(data);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temp, path);
    const directory = await open(folder, constants.O_RDONLY);
    try {
      await directory.sync();
    } finally {
      await directory.close();
    }
  } catch (error) {
    await rm(temp, { force: true }).catch(() => undefined);
    throw persistFailure(path, error);
  }
};

/** Atomic write; the former content becomes `.bak`. Rejects with `persist/*`. */
export const writeJsonFile = async <T>(file: JsonFile<T>, value: T): Promise<void> => {
  const text = `${JSON.stringify(value, undefined, 2)}\n`;
  const former = readText(file.path);
  if (former !== undefined && former !== text) await writeFileAtomic(`${file.path}.bak`, former);
  await writeFileAtomic(file.path, text);
};
