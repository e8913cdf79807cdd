// Passwords of encrypted machines and encrypted disks. They reach VirtualBox in a file of ours alone that is gone at
// once, never on a command line, and are never stored. A password is checked before it is handed over: VirtualBox keeps
// a wrong one, and then refuses the right one too.
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { failure, isFailure } from '../../../../shared/contract/errors.ts';
import type { VmId } from '../../../../shared/model/brand.ts';
import { isLive } from '../../../../shared/model/power.ts';
import type { MachineContext } from '../machine-context.ts';
import { parseVmList } from '../parse-list.ts';
import { unescapeXml } from '../soap.ts';
import { refusalCode } from '../vboxmanage.ts';
import { disksOf, listDisks, type ListedDisk } from './media-list.ts';
import { settingsFileOf } from './settings-file.ts';

export interface Unlock {
  /**
   * Hands over the password of the machine, or of its disks. Those of a machine that is off wait in memory for its
   * next start. Rejects with `vm/password-wrong`.
   */
  unlock(vm: VmId, password: string): Promise<void>;
  /** True: a disk is encrypted and no password waits for it, so the guest would stop at its first read. */
  isDiskLocked(vm: VmId): Promise<boolean>;
  /** Gives a machine that has just started the passwords that wait for it, and forgets them. */
  handOver(vm: VmId): Promise<void>;
}

type UnlockDeps = Pick<MachineContext, 'manage' | 'ctx' | 'definitionOf' | 'powerOf' | 'refresh'>;

const wrongPassword = 'VBOX_E_PASSWORD_INCORRECT';

const isEncrypted = (disk: ListedDisk): boolean => disk.passwordId !== undefined;

/** The id under which an encrypted machine wants its password. */
const keyIdOf = async (deps: UnlockDeps, vm: VmId): Promise<string | undefined> => {
  const text = await readFile(await settingsFileOf(deps, vm), 'utf8').catch(() => '');
  const id = /<MachineEncrypted\s[^>]*\bkeyId="([^"]*)"/.exec(text)?.[1];
  return id === undefined ? undefined : unescapeXml(id);
};

export const createUnlock = (deps: UnlockDeps): Unlock => {
  const { manage, ctx } = deps;
  const waiting = new Map<VmId, string>();

  const nameOf = (vm: VmId): string => deps.definitionOf(vm)?.name ?? vm;

  const withFile = async (
    password: string,
    work: (path: string) => Promise<void>,
  ): Promise<void> => {
    const folder = ctx.paths.runtime;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const path = join(folder, `${randomBytes(8).toString('hex')}.pw`);
    try {
      await writeFile(path, password, { mode: 0o600, flag: 'wx' });
      await work(path);
    } finally {
      await rm(path, { force: true });
    }
  };

  const asWrong = (vm: VmId, error: unknown): unknown =>
    refusalCode(error) === wrongPassword
      ? failure('vm/password-wrong', { name: nameOf(vm) }, { cause: error })
      : error;

  const isReadable = async (vm: VmId): Promise<boolean> => {
    const rows = parseVmList(await manage.read(['list', 'vms']));
    return rows.some((row) => row.id === vm && row.name !== undefined);
  };

  const unlockMachine = async (vm: VmId, keyId: string, file: string): Promise<void> => {
    const add = ['encryptvm', vm, 'addpassword', '--password', file, '--password-id', keyId];
    try {
      await manage.change(['encryptvm', vm, 'checkpassword', file]);
      await manage.change(add);
    } catch (error) {
      throw asWrong(vm, error);
    }
    if (await isReadable(vm)) return;
    // Somebody else gave it a wrong one before: VirtualBox keeps that, and agrees to the right one without taking it.
    await manage.change(['encryptvm', vm, 'removepassword', keyId]);
    await manage.change(add);
    if (!(await isReadable(vm))) throw failure('vm/password-wrong', { name: nameOf(vm) });
  };

  const checkDisks = async (
    vm: VmId,
    disks: readonly ListedDisk[],
    file: string,
  ): Promise<void> => {
    for (const disk of disks) {
      await manage.change(['checkmediumpwd', disk.path, file]).catch((error: unknown) => {
        throw asWrong(vm, error);
      });
    }
  };

  const addToRunning = async (
    vm: VmId,
    disks: readonly ListedDisk[],
    file: string,
  ): Promise<void> => {
    for (const id of new Set(disks.map((disk) => disk.passwordId ?? ''))) {
      const words = ['controlvm', vm, 'addencpassword', id, file];
      await manage.change(words).catch(async (error: unknown) => {
        if (refusalCode(error) !== wrongPassword) throw error;
        // Somebody else gave it a wrong one before, which it keeps.
        await manage.change(['controlvm', vm, 'removeencpassword', id]);
        await manage.change(words);
      });
    }
  };

  const encryptedDisks = async (vm: VmId): Promise<readonly ListedDisk[]> =>
    disksOf(vm, await listDisks(manage)).filter(isEncrypted);

  const runs = (vm: VmId): boolean => {
    const power = deps.powerOf(vm);
    return power !== undefined && isLive(power);
  };

  return {
    unlock: async (vm, password) => {
      const name = nameOf(vm);
      const keyId = await keyIdOf(deps, vm);
      await withFile(password, async (file) => {
        const mustUnlock = keyId !== undefined && !(await isReadable(vm));
        if (mustUnlock) await unlockMachine(vm, keyId, file);
        const disks = await encryptedDisks(vm);
        if (disks.length === 0) return;
        try {
          await checkDisks(vm, disks, file);
        } catch (error) {
          // It was the machine's own; that of its disks is another, and will be asked for.
          if (mustUnlock && isFailure(error, 'vm/password-wrong')) return;
          throw error;
        }
        if (runs(vm)) await addToRunning(vm, disks, file);
        else waiting.set(vm, password);
      });
      ctx.log.info('unlocked', { vm, name });
      await deps.refresh(vm);
    },
    isDiskLocked: async (vm) => !waiting.has(vm) && (await encryptedDisks(vm)).length > 0,
    handOver: async (vm) => {
      const password = waiting.get(vm);
      if (password === undefined) return;
      waiting.delete(vm);
      const disks = await encryptedDisks(vm);
      await withFile(password, (file) => addToRunning(vm, disks, file));
    },
  };
};
