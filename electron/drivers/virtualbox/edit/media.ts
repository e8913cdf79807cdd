// Images VirtualBox works with: looks at them, makes and grows them. VirtualBox's list of media is left as it was:
// what is made is entered there when a machine takes it.
import { constants } from 'node:fs';
import { access, rm, stat } from 'node:fs/promises';
import { basename, isAbsolute } from 'node:path';
import { failure, isFailure } from '../../../../shared/contract/errors.ts';
import { toBytes, type Bytes } from '../../../../shared/model/brand.ts';
import { guessFamily } from '../../../../shared/model/guest-family.ts';
import type { DiskFormat, MediumInfo } from '../../../../shared/model/medium.ts';
import type { LifecycleContext, MediaFacet } from '../../types.ts';
import type { MachineContext } from '../machine-context.ts';
import type { VBoxManage } from '../vboxmanage.ts';
import { forgetMedium, knownMedia } from './known-media.ts';
import { readImageHeader, type ImageHeader } from './media-header.ts';

const sector = 512;
/** A VDI's own limits: one block at least; `list systemproperties` says "Virtual disk limit" 2 TiB less 4 MiB. */
const minBytes = 1024 * 1024;
const maxBytes = 2_199_022_206_976;
/** Writing an image of any size takes as long as the disk takes. */
const writeLimitMs = 3_600_000;

/** Sizes a raw file may have to be a floppy: 160 KB to 2.88 MB. */
const floppySizes = new Set([
  163840, 184320, 327680, 368640, 737280, 1228800, 1474560, 1720320, 2949120,
]);
/** Not those of a fixed size; and VirtualBox says it grew a VMDK, but only half of it did (seen with 7.2.22). */
const canGrow = ({ format, isDynamic }: Extract<ImageHeader, { kind: 'image' }>): boolean =>
  isDynamic && (format === 'vdi' || format === 'vpc');

/** VirtualBox reads and writes these; it opens others only to convert them. */
export const usableFormats: readonly DiskFormat[] = ['vdi', 'vmdk', 'vpc'];

interface File {
  readonly size: number;
  readonly allocated: number;
}

/** Rejects with `medium/missing`, `not-a-file`, `empty` or `unreadable`. */
export const fileAt = async (path: string): Promise<File> => {
  if (!isAbsolute(path)) throw failure('medium/missing', { path });
  try {
    const found = await stat(path);
    if (!found.isFile()) throw failure('medium/not-a-file', { path });
    if (found.size === 0) throw failure('medium/empty', { path });
    await access(path, constants.R_OK);
    return { size: found.size, allocated: found.blocks * sector };
  } catch (error) {
    if (isFailure(error)) throw error;
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') throw failure('medium/missing', { path });
    const reason = code === 'EACCES' || code === 'EPERM' ? 'you may not open it' : String(error);
    throw failure('medium/unreadable', { path, reason }, { cause: error });
  }
};

const headerOf = (path: string, size: number): Promise<ImageHeader> =>
  readImageHeader(path, size).catch((error: unknown) => {
    throw failure('medium/unreadable', { path, reason: String(error) }, { cause: error });
  });

const isWritable = (path: string): Promise<boolean> =>
  access(path, constants.W_OK).then(
    () => true,
    () => false,
  );

const inspect = async (path: string, known?: DiskFormat): Promise<MediumInfo> => {
  const { size, allocated } = await fileAt(path);
  const found = await headerOf(path, size);
  // A guest can write any header into its raw disk: what the definition says wins there.
  const header: ImageHeader = known === 'raw' ? { kind: 'raw', hasBootSignature: true } : found;
  const isFloppy = header.kind === 'raw' && floppySizes.has(size);
  if (header.kind === 'raw' && !isFloppy && !header.hasBootSignature && size % sector !== 0) {
    throw failure('medium/not-an-image', { path, found: 'nothing VirtualBox can open' });
  }
  const format = header.kind === 'image' ? header.format : 'raw';
  const label = header.kind === 'optical' ? header.label : undefined;
  const family = guessFamily(basename(path), label);
  const isDisk = header.kind !== 'optical' && !isFloppy;
  const capacity = header.kind === 'image' ? (header.capacity ?? size) : size;
  return {
    path,
    kind: header.kind === 'optical' ? 'optical' : isFloppy ? 'floppy' : 'disk',
    format,
    capacity: toBytes(capacity),
    allocated: toBytes(allocated),
    ...(label === undefined || label === '' ? {} : { label }),
    isWritable: await isWritable(path),
    canSnapshot: isDisk && usableFormats.includes(format),
    canGrow: isDisk && header.kind === 'image' && canGrow(header),
    ...(family ? { guessedFamily: family.id } : {}),
  };
};

const onProgress =
  ({ progress }: LifecycleContext) =>
  (percent: number): void =>
    progress(percent / 100);

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

const create = async (
  manage: VBoxManage,
  path: string,
  capacity: Bytes,
  ctx: LifecycleContext,
): Promise<void> => {
  if (capacity < minBytes || capacity > maxBytes) {
    throw failure('medium/bad-size', { bytes: capacity, minBytes, maxBytes });
  }
  if (await isThere(path)) throw failure('medium/exists', { path });
  onProgress(ctx)(0);
  const bytes = Math.ceil(capacity / sector) * sector;
  const words = ['createmedium', 'disk', '--filename', path, '--sizebyte', String(bytes)];
  try {
    await manage.change([...words, '--format', 'VDI'], {
      signal: ctx.signal,
      timeoutMs: writeLimitMs,
    });
    const header = await headerOf(path, (await fileAt(path)).size);
    if (header.kind !== 'image' || header.capacity !== bytes) {
      throw failure('medium/tool-failed', { path, reason: 'the image has not the wanted size' });
    }
    await forgetMedium(manage, path);
  } catch (error) {
    await forgetMedium(manage, path);
    await rm(path, { force: true });
    throw error;
  }
};

const grow = async (
  manage: VBoxManage,
  path: string,
  capacity: Bytes,
  ctx: LifecycleContext,
  known?: DiskFormat,
): Promise<void> => {
  const info = await inspect(path, known);
  if (!info.canGrow) throw failure('medium/cannot-grow', { path, format: info.format });
  const bytes = Math.ceil(capacity / sector) * sector;
  if (bytes < info.capacity) throw failure('medium/cannot-shrink', { path });
  if (bytes > maxBytes) throw failure('medium/bad-size', { bytes, minBytes, maxBytes });
  if (bytes === info.capacity) return;
  const wasKnown = (await knownMedia(manage)).has(path);
  const words = ['modifymedium', 'disk', path, '--resizebyte', String(bytes)];
  try {
    await manage.change(words, { signal: ctx.signal, timeoutMs: writeLimitMs });
  } finally {
    if (!wasKnown) await forgetMedium(manage, path);
  }
  // VirtualBox has said yes and done nothing before.
  const after = await inspect(path, known);
  if (after.capacity !== bytes) {
    throw failure('medium/tool-failed', { path, reason: 'VirtualBox left its size as it was' });
  }
};

export const createMedia = ({ manage }: Pick<MachineContext, 'manage'>): MediaFacet => ({
  inspect: (path, format) => inspect(path, format),
  create: (path, capacity, ctx) => create(manage, path, capacity, ctx),
  grow: (path, capacity, ctx, format) => grow(manage, path, capacity, ctx, format),
});
