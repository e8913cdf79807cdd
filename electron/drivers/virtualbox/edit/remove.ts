// Takes a machine out of VirtualBox's list, with what belongs to it or without. Only its own files are deleted: an image
// from elsewhere, or one that another machine uses, stays, whatever VirtualBox's own "delete" would do to it.
import { readdir, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import { failure } from '../../../../shared/contract/errors.ts';
import type { VmId } from '../../../../shared/model/brand.ts';
import type { VmDefinition } from '../../../../shared/model/vm.ts';
import { readMachine } from '../launch.ts';
import type { MachineContext } from '../machine-context.ts';
import { parseVmList, type ListedVm } from '../parse-list.ts';
import { valueOf, type VmInfo } from '../parse-vminfo.ts';
import { readLayout } from './layout.ts';
import { disksOf, listDisks, type ListedDisk } from './media-list.ts';
import { inOurWords } from './refusals.ts';

type RemoveDeps = Pick<MachineContext, 'manage' | 'ctx'>;

/** Deleting large images takes as long as the disk takes. */
const deleteLimitMs = 600_000;

const listed = async ({ manage }: RemoveDeps, vm: VmId): Promise<ListedVm | undefined> =>
  parseVmList(await manage.read(['list', 'vms'])).find((row) => row.id === vm);

/** Success is that the machine is gone; VirtualBox reports a failure after it has unregistered an unreadable one. */
const unregister = async (
  deps: RemoveDeps,
  { id, name }: VmDefinition,
  words: readonly string[],
): Promise<void> => {
  try {
    await deps.manage.change(['unregistervm', id, ...words], { timeoutMs: deleteLimitMs });
  } catch (error) {
    if (await listed(deps, id)) throw inOurWords(error, name, 'The machine');
    deps.ctx.log.warn('a machine is gone, but not all of its files', {
      vm: id,
      error: String(error),
    });
  }
};

interface Split {
  /** Files that go with the machine. */
  readonly own: readonly ListedDisk[];
  /** Images it only used. */
  readonly foreign: readonly ListedDisk[];
}

const splitDisks = (
  { ctx }: RemoveDeps,
  { id, config }: VmDefinition,
  info: VmInfo,
  all: readonly ListedDisk[],
): Split => {
  const folders = [dirname(info.settingsFile), join(ctx.paths.data, 'vms', id)];
  const mine = disksOf(id, all);
  const ours = new Set(mine.map((disk) => disk.id));
  const isOwned = (path: string): boolean =>
    folders.some((folder) => path.startsWith(folder + sep)) ||
    config.disks.some((disk) => disk.isOwned && disk.path === path);
  /** Of somebody else: they use it, or build on it. */
  const isShared = (disk: ListedDisk): boolean =>
    disk.users.some((user) => user !== id) ||
    all.some((row) => row.parent === disk.id && (!ours.has(row.id) || isShared(row)));
  const own = mine.filter((disk) => isOwned(disk.path) && !isShared(disk));
  return { own, foreign: mine.filter((disk) => !own.includes(disk)) };
};

const hasSnapshots = (info: VmInfo): boolean =>
  valueOf(info.pairs, 'CurrentSnapshotUUID') !== undefined;

/** What VirtualBox itself keeps beside the settings file. */
const ownFile =
  /^(?:.*\.vbox(?:-prev|-tmp)?|.*\.nvram|.*\.sav|VBox\.log(?:\.\d+)?|VBoxHardening\.log|VBoxUI\.log)$/;

const clean = async (folder: string): Promise<void> => {
  for (const name of await readdir(folder).catch(() => [])) {
    if (ownFile.test(name)) await rm(join(folder, name), { force: true });
  }
  // Goes when it is empty; what else somebody put there stays.
  await rmdir(folder).catch(() => undefined);
};

/** VirtualBox's own "delete" is all or nothing, so what stays on foreign images is deleted here, file by file. */
const deleteFiles = async (info: VmInfo, own: readonly ListedDisk[]): Promise<void> => {
  for (const disk of own) await rm(disk.path, { force: true });
  const folder = dirname(info.settingsFile);
  const stem = basename(info.settingsFile, '.vbox');
  for (const inner of [join(folder, 'Snapshots'), info.logFolder]) await clean(inner);
  for (const name of [`${stem}.vbox`, `${stem}.vbox-prev`, `${stem}.nvram`]) {
    await rm(join(folder, name), { force: true });
  }
  await rmdir(folder).catch(() => undefined);
};

export const removeMachine = async (
  deps: RemoveDeps,
  definition: VmDefinition,
  withDisks: boolean,
): Promise<void> => {
  const { id, name } = definition;
  const row = await listed(deps, id);
  if (!row) return;
  // VirtualBox cannot read it: what belongs to it is not known, so nothing is deleted.
  if (row.name === undefined) return unregister(deps, definition, []);
  const info = await readMachine(deps.manage, id);
  if (info.session !== undefined) throw failure('virtualbox/locked', { name });
  if (!withDisks) return unregister(deps, definition, []);
  const { own, foreign } = splitDisks(deps, definition, info, await listDisks(deps.manage));
  if (foreign.length > 0 && hasSnapshots(info)) {
    await unregister(deps, definition, []);
    return deleteFiles(info, own);
  }
  const paths = new Set(foreign.map((disk) => disk.path));
  for (const { controller, port, device, medium } of readLayout(info).attached) {
    if (!paths.has(medium)) continue;
    const place = ['--port', String(port), '--device', String(device), '--medium', 'none'];
    await deps.manage.change(['storageattach', id, '--storagectl', controller, ...place]);
  }
  await unregister(deps, definition, ['--delete']);
};
