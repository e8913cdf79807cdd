// Where the serial port of a machine of ours is: a socket in its own run-time folder, which VirtualBox makes.
import { join } from 'node:path';
import type { VmId } from '../../../../shared/model/brand.ts';
import type { AppPaths } from '../../types.ts';

/** Short, since a socket's path holds 107 bytes. */
export const runtimeFolder = (paths: Pick<AppPaths, 'runtime'>, vm: VmId): string =>
  join(paths.runtime, vm.slice(0, 8));

/** For `modifyvm --uart-mode1 server PATH`, with `--uart1 0x3F8 4`. */
export const serialPath = (paths: Pick<AppPaths, 'runtime'>, vm: VmId): string =>
  join(runtimeFolder(paths, vm), 'serial');
