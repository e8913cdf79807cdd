// Machines taken out of a real VirtualBox: what is theirs goes or stays as asked, what is not always stays.
import { copyFileSync, existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { toBytes } from '../../../../shared/model/brand.ts';
import type { Disk } from '../../../../shared/model/vm-config.ts';
import type { VmDefinition } from '../../../../shared/model/vm.ts';
import { realVirtualBox, type RealVirtualBox } from '../__fixtures__/real.ts';
import { readMachine, waitForLock } from '../launch.ts';
import { parseVmList } from '../parse-list.ts';
import {
  definitionWith,
  launchInSoftware,
  noProgress,
  powerOff,
  realMachines,
  restartServer,
  type RealMachines,
} from './__fixtures__/machine.ts';
import { createInventory } from './inventory.ts';
import { createMedia } from './media.ts';
import { removeMachine } from './remove.ts';

let real: RealVirtualBox;
let machines: RealMachines;
beforeAll(async () => {
  real = await realVirtualBox();
  machines = realMachines(real);
});
afterAll(() => real?.dispose());

const diskIn = async (folder: string, name: string, isOwned: boolean): Promise<Disk> => {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, name);
  await createMedia(machines).create(path, toBytes(4 * 1024 * 1024), noProgress);
  return { id: name.replace(/\W/g, ''), path, format: 'vdi', bus: 'sata', isOwned };
};
const elsewhere = (name: string): Promise<Disk> => diskIn(join(real.home, 'd'), name, false);

/** With a disk of its own and one from elsewhere. */
const makeWith = async (foreign: readonly Disk[], name = 'goes'): Promise<VmDefinition> => {
  const bare = definitionWith({}, { name });
  const own = await diskIn(machines.folder(bare.id), 'own.vdi', true);
  const definition = { ...bare, config: { ...bare.config, disks: [own, ...foreign] } };
  await createInventory(machines).create(definition, machines.folder(bare.id), noProgress);
  return definition;
};
const isListed = async ({ id }: VmDefinition): Promise<boolean> =>
  parseVmList(await real.manage.read(['list', 'vms'])).some((row) => row.id === id);
const ownPath = ({ config }: VmDefinition): string => config.disks[0]?.path ?? '';
const remove = (definition: VmDefinition, withDisks: boolean): Promise<void> =>
  removeMachine(machines, definition, withDisks);

it('removes only from the list, and the machine can come back', async () => {
  const definition = await makeWith([]);
  const { settingsFile } = await readMachine(real.manage, definition.id);
  await remove(definition, false);
  await remove(definition, false);
  expect(await isListed(definition)).toBe(false);
  expect(existsSync(settingsFile)).toBe(true);
  expect(existsSync(ownPath(definition))).toBe(true);
  await real.manage.change(['registervm', settingsFile]);
  expect(await isListed(definition)).toBe(true);
});

it('removes its own disk and leaves those from elsewhere and of others', async () => {
  const foreign = await elsewhere('foreign.vdi');
  const shared = await elsewhere('shared.vdi');
  const other = await makeWith([shared], 'other');
  const definition = await makeWith([foreign, shared]);
  const { disks } = (await machines.read(definition.id)).config;
  expect(disks.map((disk) => [disk.path, disk.isOwned])).toEqual([
    [ownPath(definition), true],
    [foreign.path, false],
    [shared.path, false],
  ]);
  const { settingsFile } = await readMachine(real.manage, definition.id);
  await remove(definition, true);
  expect(await isListed(definition)).toBe(false);
  expect(existsSync(ownPath(definition))).toBe(false);
  expect(existsSync(dirname(settingsFile))).toBe(false);
  expect([existsSync(foreign.path), existsSync(shared.path)]).toEqual([true, true]);
  expect((await machines.read(other.id)).config.disks.map((disk) => disk.path)).toContain(
    shared.path,
  );
});

it('with snapshots on a disk that another machine has too, removes its own files and nothing of the other', async () => {
  const shared = await elsewhere('base.vdi');
  const definition = await makeWith([shared], 'snapped');
  await real.manage.change(['snapshot', definition.id, 'take', 'one']);
  const other = await makeWith([], 'other two');
  const words = ['storageattach', other.id, '--storagectl', 'SATA', '--port', '0', '--type', 'hdd'];
  await real.manage.change([...words, '--medium', shared.path]);
  const { settingsFile } = await readMachine(real.manage, definition.id);
  const before = await machines.read(other.id);
  writeFileSync(join(dirname(settingsFile), 'notes of somebody.txt'), 'x');
  await remove(definition, true);
  expect(await isListed(definition)).toBe(false);
  expect(existsSync(ownPath(definition))).toBe(false);
  expect(existsSync(settingsFile)).toBe(false);
  expect(existsSync(join(dirname(settingsFile), 'Snapshots'))).toBe(false);
  expect(existsSync(join(dirname(settingsFile), 'notes of somebody.txt'))).toBe(true);
  expect(existsSync(shared.path)).toBe(true);
  expect(await machines.read(other.id)).toEqual(before);
  await restartServer(real);
  expect(await machines.read(other.id)).toEqual(before);
  expect(await launchInSoftware(real, other.id)).toMatchObject({ kind: 'running' });
  await powerOff(real, other.id);
});

it('with snapshots on its own disk alone, removes all of it', async () => {
  const definition = await makeWith([], 'own snapshots');
  await real.manage.change(['snapshot', definition.id, 'take', 'one']);
  await real.manage.change(['snapshot', definition.id, 'take', 'two']);
  const { settingsFile } = await readMachine(real.manage, definition.id);
  await remove(definition, true);
  expect(existsSync(ownPath(definition))).toBe(false);
  expect(existsSync(dirname(settingsFile))).toBe(false);
});

it('removes a machine with saved state, and not one that runs', async () => {
  const definition = await makeWith([], 'saved');
  const { id } = definition;
  const { settingsFile } = await readMachine(real.manage, id);
  expect(await launchInSoftware(real, id)).toMatchObject({ kind: 'running' });
  await expect(remove(definition, true)).rejects.toMatchObject({
    error: { code: 'virtualbox/locked' },
  });
  expect(existsSync(ownPath(definition))).toBe(true);
  await real.manage.change(['controlvm', id, 'savestate']);
  await waitForLock(real.manage, id);
  expect((await readMachine(real.manage, id)).state).toBe('saved');
  await remove(definition, true);
  expect(await isListed(definition)).toBe(false);
  expect(existsSync(dirname(settingsFile))).toBe(false);
});

it('only takes a machine that cannot be read out of the list', async () => {
  const definition = await makeWith([], 'broken');
  const { settingsFile } = await readMachine(real.manage, definition.id);
  const kept = `${settingsFile}.kept`;
  copyFileSync(settingsFile, kept);
  renameSync(settingsFile, `${settingsFile}.away`);
  await restartServer(real);
  await remove(definition, true);
  expect(await isListed(definition)).toBe(false);
  expect(existsSync(ownPath(definition))).toBe(true);
});
