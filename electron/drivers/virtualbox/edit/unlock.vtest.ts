// Encrypted machines and disks of a real VirtualBox: refused without a password, told of a wrong one, run with the
// right one; the password is in no argument, no log and no file that stays.
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { toBytes, type VmId } from '../../../../shared/model/brand.ts';
import type { Disk } from '../../../../shared/model/vm-config.ts';
import { realVirtualBox, type RealVirtualBox } from '../__fixtures__/real.ts';
import { readMachine } from '../launch.ts';
import type { VBoxManage } from '../vboxmanage.ts';
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
import { createUnlock, type Unlock } from './unlock.ts';

const keyId = 'an "id" & more';
const password = 'geheim "ü" $(x)';
let real: RealVirtualBox;
let machines: RealMachines;
let unlock: Unlock;
const seen: string[] = [];
const modes: number[] = [];

/** Looks over the shoulder of every call: what it is told, and who may read the file it is given. */
const watched = (manage: VBoxManage): VBoxManage => ({
  ...manage,
  change: (args, options) => {
    seen.push(args.join(' '));
    for (const word of args.filter((each) => each.endsWith('.pw'))) {
      modes.push(statSync(word).mode & 0o777);
    }
    return manage.change(args, options);
  },
});

beforeAll(async () => {
  real = await realVirtualBox();
  machines = realMachines(real);
  unlock = createUnlock({ ...machines, manage: watched(real.manage) });
});
afterAll(async () => {
  await real?.dispose();
  expect(seen.join('\n')).not.toContain('geheim');
  expect(new Set(modes)).toEqual(new Set([0o600]));
});

const passwordFile = (text: string): string => {
  const path = join(real.home, 'setup.txt');
  writeFileSync(path, text, { mode: 0o600 });
  return path;
};
const leftOver = (): readonly string[] =>
  readdirSync(machines.ctx.paths.runtime).filter((name) => name.endsWith('.pw'));
const wrong = { error: { code: 'vm/password-wrong' } };
const stateOf = async (vm: VmId): Promise<string> => (await readMachine(real.manage, vm)).state;

it('opens an encrypted machine', async () => {
  const definition = definitionWith({}, { name: 'secret' });
  const { id } = definition;
  await createInventory(machines).create(definition, machines.folder(id), noProgress);
  // prettier-ignore
  await real.manage.change(['encryptvm', id, 'setencryption', '--new-password', passwordFile(password),
    '--cipher', 'AES-256', '--new-password-id', keyId]);
  await restartServer(real);
  await expect(launchInSoftware(real, id)).rejects.toMatchObject({
    error: { code: 'virtualbox/refused' },
  });
  await expect(unlock.unlock(id, 'falsch')).rejects.toMatchObject(wrong);
  await unlock.unlock(id, password);
  await unlock.unlock(id, password);
  await restartServer(real);
  // VirtualBox keeps a wrong password that somebody else gave it.
  // prettier-ignore
  const words = ['encryptvm', id, 'addpassword', '--password', passwordFile('falsch'), '--password-id', keyId];
  await expect(real.manage.change(words)).rejects.toThrow();
  await unlock.unlock(id, password);
  expect(machines.refreshed.at(-1)).toBe(id);
  expect(await machines.read(id)).toMatchObject({ name: 'secret' });
  expect(await unlock.isDiskLocked(id)).toBe(false);
  expect(await launchInSoftware(real, id)).toMatchObject({ kind: 'running' });
  await powerOff(real, id);
  expect(leftOver()).toEqual([]);
});

const encryptedDisk = async (name: string): Promise<Disk> => {
  mkdirSync(join(real.home, 'd'), { recursive: true });
  const path = join(real.home, 'd', name);
  await createMedia(machines).create(path, toBytes(4 * 1024 * 1024), noProgress);
  // prettier-ignore
  await real.manage.change(['encryptmedium', path, '--newpassword', passwordFile(password),
    '--cipher', 'AES-XTS256-PLAIN64', '--newpasswordid', `id of ${name}`]);
  return { id: 'disk0', path, format: 'vdi', bus: 'sata', isOwned: false };
};

it('opens encrypted disks, before the start and while the machine waits for them', async () => {
  const disks = [
    await encryptedDisk('a.vdi'),
    { ...(await encryptedDisk('b "2".vdi')), id: 'disk1' },
  ];
  const definition = definitionWith({ disks });
  const { id } = definition;
  await createInventory(machines).create(definition, machines.folder(id), noProgress);
  await restartServer(real);
  const logText = async (): Promise<string> =>
    readFileSync(join((await readMachine(real.manage, id)).logFolder, 'VBox.log'), 'utf8');

  expect(await unlock.isDiskLocked(id)).toBe(true);
  await expect(unlock.unlock(id, 'falsch')).rejects.toMatchObject(wrong);
  expect(await unlock.isDiskLocked(id)).toBe(true);
  await unlock.unlock(id, password);
  expect(await unlock.isDiskLocked(id)).toBe(false);
  expect(await launchInSoftware(real, id)).toMatchObject({ kind: 'running' });
  await unlock.handOver(id);
  await expect.poll(() => stateOf(id), { timeout: 120_000 }).toBe('running');
  // Handed over is forgotten.
  expect(await unlock.isDiskLocked(id)).toBe(true);
  await powerOff(real, id);

  expect(await launchInSoftware(real, id)).toMatchObject({ kind: 'running' });
  await machines.refresh(id);
  // The firmware reads the disk, so VirtualBox stops the machine there.
  await expect.poll(() => stateOf(id), { timeout: 120_000 }).toBe('paused');
  expect(await logText()).toContain('DrvVD_DEKMISSING');
  await expect(unlock.unlock(id, 'falsch')).rejects.toMatchObject(wrong);
  expect(await stateOf(id)).toBe('paused');
  // VirtualBox keeps a wrong password that somebody else gave it, and then refuses the right one.
  const words = ['controlvm', id, 'addencpassword', 'id of a.vdi'];
  await expect(real.manage.change([...words, passwordFile('falsch')])).rejects.toThrow();
  await unlock.unlock(id, password);
  await expect.poll(() => stateOf(id), { timeout: 120_000 }).toBe('running');
  await powerOff(real, id);
  expect(leftOver()).toEqual([]);
});
