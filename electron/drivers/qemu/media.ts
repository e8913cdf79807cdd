// Disk images through qemu-img: inspect, create, grow. The format is always said, never guessed by qemu-img.
import { rm, statfs } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { failure, isFailure } from '../../../shared/contract/errors.ts';
import type { Bytes } from '../../../shared/model/brand.ts';
import type { DiskFormat } from '../../../shared/model/medium.ts';
import type { DriverContext, LifecycleContext, MediaFacet } from '../types.ts';
import { holderText } from './launch-errors.ts';
import { inspectMedium } from './media-inspect.ts';

/** Metadata of an empty qcow2 image, generously. */
const leastFreeBytes = 1024 * 1024;
const minBytes = 1024 * 1024;
/** qcow2 with 64 KiB clusters goes further; no host disk does. */
const maxBytes = 2 ** 46;
const toolMs = 10 * 60_000;

interface Deps {
  readonly ctx: DriverContext;
  readonly imagePath: string;
}

const toolFailure = (path: string, error: unknown): unknown => {
  if (!isFailure(error, 'process/failed')) return error;
  const stderr = error.error.command?.stderrTail ?? '';
  const reason = stderr.replace(/^qemu-img: /gm, '').trim() || String(error.error.params['exit']);
  const command = error.error.command;
  if (/Permission denied|Read-only file system/.test(stderr)) {
    return failure('persist/read-only', { path }, { command });
  }
  if (/Failed to get (shared )?"[a-z ]+" lock/.test(stderr)) {
    return failure('medium/in-use', { path, by: holderText(path) }, { command });
  }
  if (/No space left|File too large|Disk quota/.test(stderr)) {
    return failure('persist/disk-full', { path }, { command });
  }
  return failure('medium/tool-failed', { path, reason }, { command });
};

const assertSize = (bytes: number): void => {
  if (Number.isInteger(bytes) && bytes >= minBytes && bytes <= maxBytes && bytes % 512 === 0)
    return;
  throw failure('medium/bad-size', { bytes, minBytes, maxBytes });
};

const create = async (
  { ctx, imagePath }: Deps,
  path: string,
  capacity: Bytes,
  lifecycle: LifecycleContext,
): Promise<void> => {
  assertSize(capacity);
  if (existsSync(path)) throw failure('medium/exists', { path });
  const { bavail, bsize } = await statfs(dirname(path)).catch((error: unknown) => {
    throw failure('medium/missing', { path: dirname(path) }, { cause: error });
  });
  const freeBytes = bavail * bsize;
  if (freeBytes < leastFreeBytes) {
    throw failure('medium/no-space', { path, neededBytes: leastFreeBytes, freeBytes });
  }
  try {
    await ctx.exec(imagePath, ['create', '-q', '-f', 'qcow2', '--', path, `${capacity}`], {
      timeoutMs: toolMs,
      signal: lifecycle.signal,
      env: ctx.env,
    });
  } catch (error) {
    await rm(path, { force: true });
    throw toolFailure(path, error);
  }
  lifecycle.progress(1);
};

const grow = async (
  { ctx, imagePath }: Deps,
  path: string,
  capacity: Bytes,
  lifecycle: LifecycleContext,
  format?: DiskFormat,
): Promise<void> => {
  assertSize(capacity);
  const info = await inspectMedium(ctx, imagePath, path, format);
  if (!info.canGrow) throw failure('medium/cannot-grow', { path, format: info.format });
  if (capacity < info.capacity) throw failure('medium/cannot-shrink', { path });
  if (capacity === info.capacity) return;
  try {
    await ctx.exec(imagePath, ['resize', '-q', '-f', info.format, '--', path, `${capacity}`], {
      timeoutMs: toolMs,
      signal: lifecycle.signal,
      env: ctx.env,
    });
  } catch (error) {
    throw toolFailure(path, error);
  }
  lifecycle.progress(1);
};

export const createMedia = (deps: Deps): MediaFacet => ({
  inspect: (path, format) => inspectMedium(deps.ctx, deps.imagePath, path, format),
  create: (path, capacity, lifecycle) => create(deps, path, capacity, lifecycle),
  grow: (path, capacity, lifecycle, format) => grow(deps, path, capacity, lifecycle, format),
});
