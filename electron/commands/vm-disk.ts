// Adds a new disk to an existing VM: the image is made first, then the definition names it.
import { access, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { failure } from '../../shared/contract/errors.ts';
import type { Bytes, JobId, VmId } from '../../shared/model/brand.ts';
import type { DiskFormat } from '../../shared/model/medium.ts';
import { text } from '../../shared/model/text.ts';
import { format } from '../../shared/i18n/format.ts';
import type { Disk, DiskBus } from '../../shared/model/vm-config.ts';
import { vmById, type CommandContext } from './context.ts';
import { extensionOf, newDiskFormat } from './new-hardware.ts';
import { editVm } from './vm-edit.ts';

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** First `diskN` that neither the VM nor its folder knows: a removed disk's file is never written over. */
const freeDisk = async (
  folder: string,
  disks: readonly Disk[],
  format: DiskFormat,
): Promise<[string, string]> => {
  for (let number = 0; ; number += 1) {
    const id = `disk${number}`;
    const path = join(folder, `${id}.${extensionOf[format]}`);
    if (!disks.some((disk) => disk.id === id) && !(await isThere(path))) return [id, path];
  }
};

export const createDisk = (
  ctx: CommandContext,
  vmId: VmId,
  capacity: Bytes,
  bus: DiskBus,
): JobId => {
  const vm = vmById(ctx, vmId);
  const { name } = vm.definition;
  if (vm.power === 'saved') {
    throw failure('vm/not-changeable-live', { name, setting: 'Hardware of a saved machine' });
  }
  return ctx.jobs.start({
    kind: 'createDisk',
    title: text('job.createDisk', { name }),
    vm: vmId,
    vmName: name,
    isCancellable: true,
    run: async (job) => {
      const { session, capabilities } = await ctx.supervisor.connected(vm.definition.driver);
      if (!session.media) {
        const feature = format('command.feature.disk');
        throw failure('vm/feature-unavailable', {
          feature,
          reason: format('command.notAvailable'),
        });
      }
      const folder = ctx.repository.folder(vmId);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const { config } = vmById(ctx, vmId).definition;
      const diskFormat = newDiskFormat(capabilities);
      const [id, path] = await freeDisk(folder, config.disks, diskFormat);
      job.progress(null, text('job.step.disk'));
      await session.media.create(path, capacity, job);
      job.defer(() => rm(path, { force: true }));
      // The VM may have been edited meanwhile: add to what it is now.
      const now = vmById(ctx, vmId).definition.config;
      const disk: Disk = { id, path, format: diskFormat, bus, isOwned: true };
      await editVm(ctx, { id: vmId, config: { ...now, disks: [...now.disks, disk] } });
    },
  });
};
