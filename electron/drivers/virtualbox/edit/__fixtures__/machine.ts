// A definition to change, and a machine context around a real VirtualBox, for the tests of this folder.
import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { toDriverId, toEpochMs, toMiB, toVmId, type VmId } from '../../../../../shared/model/brand.ts';
import type { VmConfig } from '../../../../../shared/model/vm-config.ts';
import type { VmDefinition } from '../../../../../shared/model/vm.ts';
import { silentLogger } from '../../../../log/logger.ts';
import { createExec } from '../../../../process/exec.ts';
import type { LifecycleContext } from '../../../types.ts';
import type { RealVirtualBox } from '../../__fixtures__/real.ts';
import { toDefinition } from '../../definition.ts';
import { createEngineKeys } from '../../engine-keys.ts';
import { launchDriverless, readMachine, waitForLock, type LaunchOutcome } from '../../launch.ts';
import type { MachineContext } from '../../machine-context.ts';
import { readInfoFacts } from '../../machine-reader-info.ts';
import { powerOf } from '../../power-state.ts';

const driver = toDriverId('virtualbox');

export const plainConfig: VmConfig = {
  vcpus: 1,
  memory: toMiB(64),
  firmware: { kind: 'bios' },
  chipset: 'pc',
  machineType: 'piix3',
  cpuModel: 'default',
  disks: [],
  cdDrives: [],
  bootOrder: ['disk', 'cd'],
  display: 'vboxvga',
  nics: [],
  hasSerialPort: false,
  rtcBase: 'utc',
  hasUsbTablet: false,
  hasGuestAgent: false,
};

export const definitionWith = (
  config: Partial<VmConfig> = {},
  more: Partial<Pick<VmDefinition, 'name' | 'family' | 'notes'>> = {},
): VmDefinition => ({
  version: 1,
  id: toVmId(randomUUID()),
  name: 'plain',
  driver,
  family: 'other',
  createdAt: toEpochMs(0),
  config: { ...plainConfig, ...config },
  ...more,
});

export interface RealMachines extends MachineContext {
  /** As VirtualBox has it now. */
  readonly read: (vm: VmId) => Promise<VmDefinition>;
  /** Machines `refresh` was called for, in order. */
  readonly refreshed: readonly VmId[];
  readonly folder: (vm: VmId) => string;
}

export const realMachines = (real: RealVirtualBox): RealMachines => {
  const known = new Map<VmId, VmDefinition>();
  const refreshed: VmId[] = [];
  const folders = ['config', 'data', 'state', 'runtime', 'cache', 'resources'] as const;
  const paths = Object.fromEntries(folders.map((name) => [name, join(real.home, name)])) as Record<
    (typeof folders)[number],
    string
  >;
  for (const path of Object.values(paths)) mkdirSync(path, { recursive: true, mode: 0o700 });
  const read = async (vm: VmId): Promise<VmDefinition> =>
    toDefinition(driver, readInfoFacts(await readMachine(real.manage, vm), 0));
  const powers = new Map<VmId, ReturnType<typeof powerOf>>();
  return {
    driver,
    manage: real.manage,
    api: () => undefined,
    ctx: {
      exec: createExec(silentLogger),
      log: silentLogger,
      paths,
      now: () => 0,
      env: real.env,
    },
    probe: real.probe,
    definitionOf: (vm) => known.get(vm),
    refresh: async (vm) => {
      refreshed.push(vm);
      known.set(vm, await read(vm));
      powers.set(vm, powerOf((await readMachine(real.manage, vm)).state));
    },
    powerOf: (vm) => powers.get(vm),
    read,
    refreshed,
    folder: (vm) => {
      const path = join(paths.data, 'vms', vm);
      mkdirSync(path, { recursive: true, mode: 0o700 });
      return path;
    },
  };
};

/** Starts it in software and lets go of it, whatever came of it. */
export const launchInSoftware = async (real: RealVirtualBox, vm: VmId): Promise<LaunchOutcome> => {
  real.adopt(vm);
  const putBack = await createEngineKeys(real.manage, join(real.home, 'k')).apply(vm, 'software');
  try {
    return await launchDriverless({
      manage: real.manage,
      program: real.probe.paths['machine'] ?? '',
      machine: vm,
      runtime: join(real.home, 'run', vm.slice(0, 8)),
      logFolder: join(real.home, 'log'),
      env: real.env,
      signal: new AbortController().signal,
    });
  } finally {
    await putBack();
  }
};

export const powerOff = async (real: RealVirtualBox, vm: VmId): Promise<void> => {
  await real.manage.change(['controlvm', vm, 'poweroff']);
  await waitForLock(real.manage, vm);
};

/** VirtualBox's server forgets what it only had in memory, and reads every settings file again. */
export const restartServer = async (real: RealVirtualBox): Promise<void> => {
  for (const pid of real.processes('VBoxSVC')) process.kill(pid, 'SIGTERM');
  while (real.processes('VBoxSVC').length > 0) await sleep(50);
};

export const noProgress: LifecycleContext = {
  signal: new AbortController().signal,
  progress: () => undefined,
};
