// Starts a VM: checks what can be checked before, launches QEMU, lets the guest go, proves the engine.
import { accessSync, constants, copyFileSync, existsSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { failure, isFailure } from '../../../shared/contract/errors.ts';
import type { EngineId } from '../../../shared/model/brand.ts';
import type { Nic } from '../../../shared/model/network.ts';
import type { PowerState } from '../../../shared/model/power.ts';
import type { VmDefinition } from '../../../shared/model/vm.ts';
import { persistFailure } from '../../persist/json-file.ts';
import type { DriverContext, DriverEvent, LifecycleContext, StartOptions } from '../types.ts';
import { assertSocketPaths, makeVmFolders, type VmFiles } from './files.ts';
import { findUefi, type UefiFirmware } from './firmware.ts';
import { assertPortFree } from './host-ports.ts';
import { launch } from './launch.ts';
import { Machine } from './machine.ts';
import { assertMediaUsable } from './media-checks.ts';
import { plugsFor } from './netdev.ts';
import { startPassts } from './passt.ts';
import type { QmpTimes } from './qmp.ts';
import { finishRestore, letGo } from './restore.ts';
import { readSavedState, removeSavedState, type SavedState } from './saved-state-file.ts';

export interface StartDeps {
  readonly ctx: DriverContext;
  readonly systemPath: string;
  readonly hasSandbox: boolean;
  readonly times: QmpTimes;
  /** Absent: not installed. */
  readonly passtPath: string | undefined;
  readonly emit: (event: DriverEvent) => void;
  readonly onMachine: (machine: Machine) => void;
  readonly onEnded: (machine: Machine) => void;
}

const assertKvmAllowed = (engine: EngineId): void => {
  if (engine !== 'kvm') return;
  try {
    accessSync('/dev/kvm', constants.R_OK | constants.W_OK);
  } catch (error) {
    const isDenied = error instanceof Error && 'code' in error && error.code === 'EACCES';
    // An absent device is QEMU's to explain.
    if (isDenied) throw failure('kvm/no-permission', { device: '/dev/kvm' });
  }
};

const prepareUefi = (
  definition: VmDefinition,
  files: VmFiles,
  env: DriverContext['env'],
): UefiFirmware | undefined => {
  const { firmware, machineType } = definition.config;
  if (firmware.kind !== 'uefi') return undefined;
  const uefi = findUefi(env, machineType, firmware.isSecureBoot === true);
  if (!uefi) {
    const reason = 'No UEFI firmware for this machine is installed (package ovmf).';
    throw failure('vm/feature-unavailable', { feature: 'UEFI', reason });
  }
  try {
    // The VM's own settings store: copied once, kept for good.
    if (!existsSync(files.uefiVars)) copyFileSync(uefi.varsTemplate, files.uefiVars);
  } catch (error) {
    throw persistFailure(files.uefiVars, error);
  }
  return uefi;
};

const openState = async (files: VmFiles, name: string): Promise<FileHandle> => {
  try {
    return await open(files.savedState, 'r');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw failure('vm/restore-failed', { name, reason }, { cause: error });
  }
};

const assertSameEngine = (saved: SavedState, engine: EngineId, name: string): void => {
  if (saved.engine === engine) return;
  const reason = `It was saved on ${saved.engine.toUpperCase()} and cannot be continued on ${engine.toUpperCase()}.`;
  throw failure('vm/restore-failed', { name, reason });
};

/** Own NAT is restored with the forwards it had; where else a NIC leads is no part of the guest's memory. */
const attachmentNow = (saved: Nic, wanted: VmDefinition): Nic => {
  const now = wanted.config.nics.find(({ id }) => id === saved.id)?.attachment;
  const before = saved.attachment;
  const isSameNat =
    now?.kind === 'nat' && before.kind === 'nat' && (now.stack ?? '') === (before.stack ?? '');
  return now === undefined || isSameNat ? saved : { ...saved, attachment: now };
};

/** A saved guest finds the hardware it was saved with; changes since then wait for the next cold start. */
const restored = ({ definition }: SavedState, wanted: VmDefinition): VmDefinition => ({
  ...definition,
  name: wanted.name,
  config: {
    ...definition.config,
    nics: definition.config.nics.map((nic) => attachmentNow(nic, wanted)),
  },
});

const asRestoreFailure = (error: unknown, name: string): unknown => {
  if (!isFailure(error)) return error;
  const { code, params } = error.error;
  // Everything else, such as a missing disk, explains itself.
  if (code !== 'qemu/exited-at-start' && code !== 'qemu/qmp-closed' && code !== 'qemu/qmp-error') {
    return error;
  }
  const reason = String(params['stderr'] ?? params['message'] ?? 'QEMU ended while loading it.');
  return failure('vm/restore-failed', { name, reason }, { cause: error });
};

export const startMachine = async (
  deps: StartDeps,
  wanted: VmDefinition,
  files: VmFiles,
  options: StartOptions & { readonly before: PowerState },
  ctx: LifecycleContext,
): Promise<Machine> => {
  const { engine } = options;
  makeVmFolders(files);
  assertSocketPaths(files, wanted.name);
  const saved = await readSavedState(files);
  if (saved) assertSameEngine(saved, engine, wanted.name);
  else removeSavedState(files);
  const definition = saved ? restored(saved, wanted) : wanted;
  const plugs = plugsFor(definition.config, options.plugs);
  assertKvmAllowed(engine);
  await assertMediaUsable(definition.config);
  for (const nic of definition.config.nics) {
    if (nic.attachment.kind === 'nat') nic.attachment.forwards.forEach(assertPortFree);
  }
  const uefi = prepareUefi(definition, files, deps.ctx.env);
  const state = saved ? await openState(files, wanted.name) : undefined;
  const report = (power: PowerState): void =>
    deps.emit({ kind: 'power', vm: definition.id, power });
  report(saved ? 'restoring' : 'starting');
  let machine: Machine | undefined;
  let endPassts = (): void => undefined;
  try {
    endPassts = await startPassts(deps.ctx, deps.passtPath, definition, files, plugs);
    const launched = await launch({
      systemPath: deps.systemPath,
      definition,
      engine,
      files,
      hasSandbox: deps.hasSandbox,
      uefi,
      stateFd: state?.fd,
      plugs,
      env: deps.ctx.env,
      times: deps.times,
      signal: ctx.signal,
      now: deps.ctx.now,
    });
    const { record, identity, exited, qmp } = launched;
    const onEnded = (): void => {
      if (machine) deps.onEnded(machine);
    };
    const { times, emit } = deps;
    machine = new Machine({ files, record, identity, exited, times, emit, onEnded }, qmp);
    machine.beginStart(saved ? 'restoring' : 'starting');
    deps.onMachine(machine);
    await (saved ? finishRestore(machine) : letGo(machine));
    machine.settleStart();
    return machine;
  } catch (error) {
    if (machine) await machine.giveUp();
    endPassts();
    report(
      options.before === 'crashed' ? 'crashed' : (await readSavedState(files)) ? 'saved' : 'off',
    );
    if (machine?.wasCut) throw failure('job/cancelled', {}, { cause: error });
    throw saved ? asRestoreFailure(error, wanted.name) : error;
  } finally {
    await state?.close();
  }
};
