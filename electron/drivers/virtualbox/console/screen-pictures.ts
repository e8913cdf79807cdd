// Pictures of a machine's screen: by the web service, else by VBoxManage through a file of ours.
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { VmId } from '../../../../shared/model/brand.ts';
import { isFailure } from '../../../../shared/contract/errors.ts';
import type { MachineContext } from '../machine-context.ts';
import { runtimeFolder } from './serial-path.ts';

/** PNG bytes. */
export type TakePicture = (vm: VmId) => Promise<Uint8Array>;

const limitMs = 10_000;

export const createPictures = (machines: MachineContext): TakePicture => {
  let count = 0;
  const byManage = async (vm: VmId): Promise<Uint8Array> => {
    const folder = runtimeFolder(machines.ctx.paths, vm);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    count += 1;
    const path = join(folder, `screen-${count}.png`);
    try {
      const args = ['controlvm', vm, 'screenshotpng', path];
      await machines.manage.change(args, { timeoutMs: limitMs });
      return new Uint8Array(await readFile(path));
    } finally {
      await rm(path, { force: true });
    }
  };
  return async (vm) => {
    const api = machines.api();
    if (!api) return byManage(vm);
    try {
      return await api.screenshot(vm);
    } catch (error) {
      // Only a service that is gone is worked around: what VirtualBox refuses, it refuses to VBoxManage too.
      if (!isFailure(error, 'virtualbox/web-service')) throw error;
      return byManage(vm);
    }
  };
};
