// Inspects a file: what it is by its content, then `qemu-img info` with that format, never with a guess.
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { basename, isAbsolute, resolve } from 'node:path';
import { z } from 'zod';
import { failure, isFailure } from '../../../shared/contract/errors.ts';
import { toBytes } from '../../../shared/model/brand.ts';
import { guessFamily } from '../../../shared/model/guest-family.ts';
import type { DiskFormat, MediumInfo } from '../../../shared/model/medium.ts';
import type { DriverContext } from '../types.ts';
import { assertFile } from './media-checks.ts';
import { readSignature } from './media-signature.ts';

const infoSchema = z.looseObject({
  'virtual-size': z.number(),
  'actual-size': z.number().optional(),
  'backing-filename': z.string().optional(),
  'full-backing-filename': z.string().optional(),
});

/** Sizes a raw file may have to be a floppy: 160 KB to 2.88 MB. */
const floppySizes = new Set([
  163840, 184320, 327680, 368640, 737280, 1228800, 1474560, 1720320, 2949120,
]);
const snapshotFormats: readonly DiskFormat[] = ['qcow2'];
const growFormats: readonly DiskFormat[] = ['qcow2', 'raw'];

const askTool = async (
  ctx: DriverContext,
  imagePath: string,
  path: string,
  format: DiskFormat,
): Promise<z.infer<typeof infoSchema>> => {
  // -U: only looks, so an image that a running VM has locked can be read as well.
  const args = ['info', '-U', '--output=json', '-f', format, '--', path];
  try {
    const result = await ctx.exec(imagePath, args, { timeoutMs: 30_000, env: ctx.env });
    return infoSchema.parse(JSON.parse(result.stdout));
  } catch (error) {
    if (!isFailure(error, 'process/failed')) throw error;
    const { command } = error.error;
    const reason = (command?.stderrTail ?? '').replace(/^qemu-img: /gm, '').trim();
    throw failure('medium/tool-failed', { path, reason }, { command });
  }
};

const isWritable = (path: string): Promise<boolean> =>
  access(path, constants.W_OK).then(
    () => true,
    () => false,
  );

export const inspectMedium = async (
  ctx: DriverContext,
  imagePath: string,
  path: string,
  known?: DiskFormat,
): Promise<MediumInfo> => {
  if (!isAbsolute(path)) throw failure('medium/missing', { path });
  const size = await assertFile(path, false);
  const signature = await readSignature(path, size, known).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw failure('medium/unreadable', { path, reason }, { cause: error });
  });
  if (signature.kind === 'other') {
    throw failure('medium/not-an-image', { path, found: signature.found });
  }
  const format = signature.kind === 'image' ? signature.format : 'raw';
  const info = await askTool(ctx, imagePath, path, format);
  const label = signature.kind === 'optical' ? signature.label : undefined;
  const isFloppy = signature.kind === 'raw' && floppySizes.has(size);
  const backing = info['full-backing-filename'] ?? info['backing-filename'];
  const family = guessFamily(basename(path), label);
  const isDisk = signature.kind !== 'optical' && !isFloppy;
  return {
    path,
    kind: signature.kind === 'optical' ? 'optical' : isFloppy ? 'floppy' : 'disk',
    format,
    capacity: toBytes(info['virtual-size']),
    allocated: toBytes(info['actual-size'] ?? size),
    ...(backing === undefined ? {} : { backingFile: resolve(path, '..', backing) }),
    ...(label === undefined || label === '' ? {} : { label }),
    isWritable: await isWritable(path),
    canSnapshot: isDisk && snapshotFormats.includes(format),
    canGrow: isDisk && growFormats.includes(format),
    ...(family ? { guessedFamily: family.id } : {}),
  };
};
