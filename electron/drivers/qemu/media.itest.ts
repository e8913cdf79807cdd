// Images with real qemu-img: inspecting all kinds of files, creating, growing, and what a person is told.
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gibToBytes, toBytes } from '../../../shared/model/brand.ts';
import type { MediaFacet } from '../types.ts';
import { createWorld, freely, probeGuest, tcg, type World } from './testing/world.ts';

let world: World;
let media: MediaFacet;
let folder: string;
let guest: Awaited<ReturnType<typeof probeGuest>>;
const isRoot = process.getuid?.() === 0;

beforeAll(async () => {
  world = await createWorld();
  media = world.session.media!;
  guest = await probeGuest();
  folder = join(world.root, 'images');
  mkdirSync(folder);
});
afterAll(async () => {
  await world.end();
});

const file = (name: string, content: string | Buffer): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const convert = async (format: string): Promise<string> => {
  const path = join(folder, `image.${format}`);
  const args = ['convert', '-f', 'raw', '-O', format, guest.disk, path];
  await world.ctx.exec('qemu-img', args, { timeoutMs: 60_000, env: process.env });
  return path;
};

describe('inspecting', () => {
  it.each([
    ['qcow2', true],
    ['vdi', false],
    ['vmdk', false],
    ['vpc', false],
    ['vhdx', false],
  ] as const)('%s', async (format, canGrow) => {
    const info = await media.inspect(await convert(format));
    expect(info).toMatchObject({
      kind: 'disk',
      format,
      canGrow,
      canSnapshot: canGrow,
      isWritable: true,
    });
    expect(info.capacity).toBeGreaterThanOrEqual(statSync(guest.disk).size);
  });

  it('a raw disk, a floppy and a disc', async () => {
    expect(await media.inspect(guest.disk)).toMatchObject({
      kind: 'disk',
      format: 'raw',
      canGrow: true,
    });
    expect(await media.inspect(guest.floppy)).toMatchObject({ kind: 'floppy', format: 'raw' });
    const disc = await media.inspect(guest.iso);
    expect(disc).toMatchObject({ kind: 'optical', format: 'raw', canGrow: false });
    expect(disc.label).toMatch(/^POLYVISOR/);
    expect(disc.guessedFamily).toBe('demo');
  });

  it('guesses the guest from the name', async () => {
    const path = join(folder, 'debian-12.9.0-amd64-netinst.iso');
    copyFileSync(guest.iso, path);
    // The label of our own disc names the demo first, so only a disk can show the name.
    const disk = join(folder, 'Windows XP.img');
    copyFileSync(guest.disk, disk);
    expect((await media.inspect(disk)).guessedFamily).toBe('windows-xp');
  });

  const refused: readonly (readonly [string, () => string, string])[] = [
    ['a missing file', () => join(folder, 'missing.img'), 'medium/missing'],
    ['a file below a file', () => join(guest.disk, 'x'), 'medium/missing'],
    ['a relative path', () => 'relative.img', 'medium/missing'],
    ['a folder', () => folder, 'medium/not-a-file'],
    ['a device', () => '/dev/null', 'medium/not-a-file'],
    ['an empty file', () => file('empty.img', ''), 'medium/empty'],
    ['a PDF called .iso', () => file('report.iso', '%PDF-1.7\n'), 'medium/not-an-image'],
    ['a ZIP', () => file('disk.zip', 'PK\x03\x04'), 'medium/not-an-image'],
    ['a text', () => file('notes.qcow2', 'just words\n'), 'medium/not-an-image'],
    ['zeroes', () => file('zero.img', Buffer.alloc(4096)), 'medium/not-an-image'],
    ['a qcow2 cut short', () => file('cut.qcow2', 'QFI\xfb'), 'medium/'],
  ];
  it.each(refused)('%s is refused', async (_title, make, code) => {
    const error = await media.inspect(make()).then(
      () => undefined,
      (reason: { error: { code: string } }) => reason.error,
    );
    expect(error?.code).toMatch(new RegExp(`^${code}`));
  });

  it.skipIf(isRoot)('an unreadable file is told as such', async () => {
    const path = file('secret.img', readFileSync(guest.disk));
    chmodSync(path, 0);
    await expect(media.inspect(path)).rejects.toMatchObject({
      error: { code: 'medium/unreadable' },
    });
  });

  it('names a backing file, and follows none when the image is known to be raw', async () => {
    const evil = join(folder, 'evil.img');
    await world.ctx.exec(
      'qemu-img',
      ['create', '-q', '-f', 'qcow2', '-F', 'raw', '-b', guest.disk, evil, '1G'],
      { timeoutMs: 10_000, env: process.env },
    );
    expect((await media.inspect(evil)).backingFile).toBe(guest.disk);
    // What a guest could write into its own raw disk.
    const raw = await media.inspect(evil, 'raw');
    expect(raw.format).toBe('raw');
    // Whole sectors.
    expect(raw.capacity).toBe(Math.ceil(statSync(evil).size / 512) * 512);
    expect(raw).not.toHaveProperty('backingFile');
    await media.grow(evil, toBytes(4 * 1024 * 1024), freely, 'raw');
    expect(statSync(evil).size).toBe(4 * 1024 * 1024);
  });

  it('an image that a running VM has locked can still be looked at', async () => {
    const definition = world.define();
    await world.session.start(definition, tcg, freely);
    expect(await media.inspect(definition.config.disks[0]!.path)).toMatchObject({ kind: 'disk' });
    await world.session.powerOff(definition.id);
  });
});

describe('creating and growing', () => {
  it('makes a sparse qcow2 of the size asked, owner-only or not, and never over a file', async () => {
    const path = join(folder, 'new disk,1.qcow2');
    await media.create(path, gibToBytes(64), freely);
    expect(statSync(path).size).toBeLessThan(1024 * 1024);
    expect(await media.inspect(path)).toMatchObject({ format: 'qcow2', capacity: gibToBytes(64) });
    const before = createHash('sha256').update(readFileSync(path)).digest('hex');
    await expect(media.create(path, gibToBytes(1), freely)).rejects.toMatchObject({
      error: { code: 'medium/exists' },
    });
    expect(createHash('sha256').update(readFileSync(path)).digest('hex')).toBe(before);
  });

  it('a name that looks like an option is only a name', async () => {
    await expect(media.create(join(folder, '-o'), gibToBytes(1), freely)).resolves.toBeUndefined();
    expect(existsSync(join(folder, '-o'))).toBe(true);
  });

  it.each([0, 1000, 1024 * 1024 + 1, 2 ** 50])('refuses %d bytes', async (bytes) => {
    await expect(
      media.create(join(folder, 'odd.qcow2'), toBytes(bytes), freely),
    ).rejects.toMatchObject({
      error: { code: 'medium/bad-size' },
    });
    expect(existsSync(join(folder, 'odd.qcow2'))).toBe(false);
  });

  it.skipIf(isRoot)('a read-only folder is named, and nothing is left', async () => {
    const closed = join(folder, 'closed');
    mkdirSync(closed);
    chmodSync(closed, 0o500);
    const path = join(closed, 'a.qcow2');
    await expect(media.create(path, gibToBytes(1), freely)).rejects.toMatchObject({
      error: { code: 'persist/read-only' },
    });
    expect(existsSync(path)).toBe(false);
  });

  it('a cancelled creation leaves no file', async () => {
    const stop = new AbortController();
    stop.abort();
    const path = join(folder, 'cancelled.qcow2');
    const making = media.create(path, gibToBytes(1), { ...freely, signal: stop.signal });
    await expect(making).rejects.toMatchObject({ error: { code: 'job/cancelled' } });
    expect(existsSync(path)).toBe(false);
  });

  it('grows qcow2 and raw; never shrinks; says which formats cannot', async () => {
    const path = join(folder, 'grow.qcow2');
    await media.create(path, gibToBytes(1), freely);
    await media.grow(path, gibToBytes(2), freely);
    expect((await media.inspect(path)).capacity).toBe(gibToBytes(2));
    await expect(media.grow(path, gibToBytes(1), freely)).rejects.toMatchObject({
      error: { code: 'medium/cannot-shrink' },
    });
    const raw = join(folder, 'grow.img');
    copyFileSync(guest.disk, raw);
    await media.grow(raw, gibToBytes(1), freely);
    expect(statSync(raw).size).toBe(gibToBytes(1));
    const vdi = join(folder, 'image.vdi');
    await expect(media.grow(vdi, gibToBytes(2), freely)).rejects.toMatchObject({
      error: { code: 'medium/cannot-grow', params: { format: 'vdi' } },
    });
  });

  it('does not grow an image that is in use', async () => {
    const path = join(folder, 'used.qcow2');
    await media.create(path, gibToBytes(1), freely);
    const definition = world.define({
      disks: [{ id: 'disk1', path, format: 'qcow2', bus: 'ide', isOwned: false }],
    });
    await world.session.start(definition, tcg, freely);
    await expect(media.grow(path, gibToBytes(2), freely)).rejects.toMatchObject({
      error: { code: 'medium/in-use', params: { path } },
    });
    await world.session.powerOff(definition.id);
    truncateSync(path, 0);
    await expect(media.grow(path, gibToBytes(2), freely)).rejects.toMatchObject({
      error: { code: 'medium/empty' },
    });
  });
});
