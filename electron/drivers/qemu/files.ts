// Where the files of one VM are: data (disks, saved state), state (log, start record), runtime (sockets).
// The folders carry the VM's id, never its name.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { failure } from '../../../shared/contract/errors.ts';
import type { VmId } from '../../../shared/model/brand.ts';
import { persistFailure } from '../../persist/json-file.ts';
import type { AppPaths } from '../types.ts';

export interface VmFiles {
  readonly dataDir: string;
  readonly stateDir: string;
  readonly runtimeDir: string;
  readonly log: string;
  readonly serialLog: string;
  readonly record: string;
  readonly savedState: string;
  readonly savedStateTemp: string;
  readonly savedStateMeta: string;
  readonly uefiVars: string;
  readonly qmp: string;
  /** Second control socket: never used by the driver, free for tools. */
  readonly qmp2: string;
  readonly vnc: string;
  readonly serial: string;
  readonly agent: string;
  readonly migration: string;
  readonly screenshot: string;
}

/** sun_path holds 108 bytes with its terminating zero (unix(7)). */
const longestSocketPath = 107;

export const vmFiles = (paths: AppPaths, id: VmId): VmFiles => {
  const dataDir = join(paths.data, 'vms', id);
  const stateDir = join(paths.state, 'vms', id);
  const runtimeDir = join(paths.runtime, id.replaceAll('-', '').slice(0, 12));
  return {
    dataDir,
    stateDir,
    runtimeDir,
    log: join(stateDir, 'qemu.log'),
    serialLog: join(stateDir, 'serial.log'),
    record: join(stateDir, 'run.json'),
    savedState: join(dataDir, 'state.bin'),
    savedStateTemp: join(dataDir, 'state.tmp'),
    savedStateMeta: join(dataDir, 'state.json'),
    uefiVars: join(dataDir, 'uefi-vars.fd'),
    qmp: join(runtimeDir, 'qmp'),
    qmp2: join(runtimeDir, 'qmp2'),
    vnc: join(runtimeDir, 'vnc'),
    serial: join(runtimeDir, 'serial'),
    agent: join(runtimeDir, 'agent'),
    migration: join(runtimeDir, 'migrate'),
    screenshot: join(runtimeDir, 'screen.png'),
  };
};

/** QEMU removes it on every orderly end, so one left behind tells of a crash. Unique per run. */
export const pidFileOf = (files: VmFiles, token: string): string =>
  join(files.stateDir, `pid-${token}`);

/** Makes the VM's folders, owner-only. */
export const makeVmFolders = (files: VmFiles): void => {
  for (const folder of [files.dataDir, files.stateDir, files.runtimeDir]) {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
    } catch (error) {
      throw persistFailure(folder, error);
    }
  }
};

export const assertSocketPaths = (files: VmFiles, name: string): void => {
  const length = Buffer.byteLength(files.migration);
  if (length <= longestSocketPath) return;
  const reason = `The run-time folder ${files.runtimeDir} has too long a path for sockets (${length} bytes; ${longestSocketPath} are possible).`;
  throw failure('vm/start-failed', { name, reason });
};
