// Images on a real VirtualBox: made, looked at, grown; its list of media stays as it was.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { toBytes } from '../../../../shared/model/brand.ts';
import type { MediaFacet } from '../../types.ts';
import { realVirtualBox, type RealVirtualBox } from '../__fixtures__/real.ts';
import {
  definitionWith,
  noProgress,
  realMachines,
  type RealMachines,
} from './__fixtures__/machine.ts';
import { createInventory } from './inventory.ts';
import { createMedia } from './media.ts';

const MiB = 1024 * 1024;
let real: RealVirtualBox;
let machines: RealMachines;
let media: MediaFacet;
beforeAll(async () => {
  real = await realVirtualBox();
  machines = realMachines(real);
  media = createMedia(machines);
  mkdirSync(join(real.home, 'd'));
});
afterAll(() => real?.dispose());

const at = (name: string): string => join(real.home, 'd', name);
const known = (): Promise<string> => real.manage.read(['list', 'hdds']);
const make = async (name: string, format: string, variant = 'Standard'): Promise<string> => {
  const words = ['createmedium', 'disk', '--filename', at(name), '--size', '8'];
  await real.manage.change([...words, '--format', format, '--variant', variant]);
  await real.manage.change(['closemedium', 'disk', at(name)]);
  return at(name);
};
const code = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'done',
    (error: { error?: { code?: string } }) => error.error?.code ?? error,
  );

it('makes an image and leaves nothing of one it could not make', async () => {
  const path = at('new "ü" 1.vdi');
  // Not a whole sector: rounded up.
  await media.create(path, toBytes(5 * MiB + 1), noProgress);
  expect(await media.inspect(path)).toMatchObject({
    kind: 'disk',
    format: 'vdi',
    capacity: 5 * MiB + 512,
    isWritable: true,
    canSnapshot: true,
    canGrow: true,
  });
  expect((await media.inspect(path)).allocated).toBeLessThan(5 * MiB);
  const before = readFileSync(path);
  expect(await code(media.create(path, toBytes(5 * MiB), noProgress))).toBe('medium/exists');
  expect(readFileSync(path).equals(before)).toBe(true);
  expect(await code(media.create(at('a'), toBytes(1), noProgress))).toBe('medium/bad-size');
  expect(await code(media.create(at('a'), toBytes(2 ** 52), noProgress))).toBe('medium/bad-size');
  const locked = at('locked');
  mkdirSync(locked);
  chmodSync(locked, 0o500);
  if (process.getuid?.() !== 0) {
    expect(await code(media.create(join(locked, 'x.vdi'), toBytes(5 * MiB), noProgress))).toBe(
      'virtualbox/refused',
    );
  }
  expect(readdirSync(locked)).toEqual([]);
  const stop = AbortSignal.abort();
  const cancelled = media.create(at('c.vdi'), toBytes(5 * MiB), { ...noProgress, signal: stop });
  expect(await code(cancelled)).toBe('job/cancelled');
  expect(existsSync(at('c.vdi'))).toBe(false);
  expect((await known()).trim()).toBe('');
});

it('reads size and kind of what VirtualBox makes', async () => {
  const dynamic = { kind: 'disk', capacity: 8 * MiB };
  const rows = [
    [await make('a.vdi', 'VDI'), { ...dynamic, format: 'vdi', canGrow: true }],
    [await make('f.vdi', 'VDI', 'Fixed'), { ...dynamic, format: 'vdi', canGrow: false }],
    [await make('a.vmdk', 'VMDK'), { ...dynamic, format: 'vmdk', canGrow: false }],
    [await make('s.vmdk', 'VMDK', 'Split2G'), { ...dynamic, format: 'vmdk', canGrow: false }],
    [await make('a.vhd', 'VHD'), { ...dynamic, format: 'vpc', canGrow: true }],
    [await make('f.vhd', 'VHD', 'Fixed'), { ...dynamic, format: 'vpc', canGrow: false }],
  ] as const;
  for (const [path, wanted] of rows) expect(await media.inspect(path), path).toMatchObject(wanted);
  expect((await known()).trim()).toBe('');
});

it('knows discs, floppies, raw disks and what is none', async () => {
  const disc = Buffer.alloc(64 * 1024);
  disc.write('\x01CD001', 32 * 1024, 'latin1');
  disc.write('Debian 13 n'.padEnd(32), 32 * 1024 + 40, 'latin1');
  writeFileSync(at('x.iso'), disc);
  expect(await media.inspect(at('x.iso'))).toMatchObject({
    kind: 'optical',
    label: 'Debian 13 n',
    guessedFamily: 'linux',
    canGrow: false,
  });
  writeFileSync(at('f.img'), Buffer.alloc(1_474_560));
  expect(await media.inspect(at('f.img'))).toMatchObject({ kind: 'floppy', capacity: 1_474_560 });
  const raw = Buffer.alloc(MiB);
  raw.writeUInt16BE(0x55aa, 510);
  writeFileSync(at('r.img'), raw);
  expect(await media.inspect(at('r.img'))).toMatchObject({ kind: 'disk', format: 'raw' });
  // A guest wrote another image's head into its raw disk.
  const trap = Buffer.concat([readFileSync(await make('t.vdi', 'VDI')), Buffer.alloc(512)]);
  writeFileSync(at('trap.img'), trap);
  expect(await media.inspect(at('trap.img'), 'raw')).toMatchObject({
    format: 'raw',
    capacity: trap.length,
  });
  writeFileSync(at('text'), 'just some words, of odd length');
  expect(await code(media.inspect(at('text')))).toBe('medium/not-an-image');
  writeFileSync(at('empty'), '');
  expect(await code(media.inspect(at('empty')))).toBe('medium/empty');
  expect(await code(media.inspect(at('nothing')))).toBe('medium/missing');
  expect(await code(media.inspect(real.home))).toBe('medium/not-a-file');
  expect(await code(media.inspect('relative.vdi'))).toBe('medium/missing');
});

it('grows what can grow, never shrinks, and says where VirtualBox would only pretend', async () => {
  for (const [name, format] of [
    ['g.vdi', 'VDI'],
    ['g.vhd', 'VHD'],
  ] as const) {
    const path = await make(name, format);
    await media.grow(path, toBytes(12 * MiB), noProgress);
    expect((await media.inspect(path)).capacity, name).toBe(12 * MiB);
    expect(await code(media.grow(path, toBytes(8 * MiB), noProgress))).toBe('medium/cannot-shrink');
  }
  const fixed = await make('h.vdi', 'VDI', 'Fixed');
  expect(await code(media.grow(fixed, toBytes(12 * MiB), noProgress))).toBe('medium/cannot-grow');
  const vmdk = await make('g.vmdk', 'VMDK');
  expect(await code(media.grow(vmdk, toBytes(12 * MiB), noProgress))).toBe('medium/cannot-grow');
  // The reason for the line above.
  await real.manage.change(['modifymedium', 'disk', vmdk, '--resizebyte', String(12 * MiB)]);
  await real.manage.change(['closemedium', 'disk', vmdk]);
  expect(await real.manage.read(['showmediuminfo', vmdk])).toMatch(/^Capacity: +8 MBytes$/m);
  await real.manage.change(['closemedium', 'disk', vmdk]);
  expect((await media.inspect(vmdk)).capacity).toBe(8 * MiB);
  expect((await known()).trim()).toBe('');
});

it('grows a disk of a machine where it is', async () => {
  const path = await make('m.vdi', 'VDI');
  const disk = { id: 'disk0', path, format: 'vdi', bus: 'sata', isOwned: false } as const;
  const definition = definitionWith({ disks: [disk] });
  const folder = machines.folder(definition.id);
  await createInventory(machines).create(definition, folder, noProgress);
  const before = await machines.read(definition.id);
  await media.grow(path, toBytes(16 * MiB), noProgress, 'vdi');
  expect((await media.inspect(path)).capacity).toBe(16 * MiB);
  expect(await machines.read(definition.id)).toEqual(before);
});
