// What really runs when the manager starts: each VM's start record against the process, its monitor and its files.
// Never touches a process that is not provably ours: same boot, same start time, our pid file in its argv.
import { existsSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { failure, isFailure, type AppError } from '../../../shared/contract/errors.ts';
import type { VmDefinition } from '../../../shared/model/vm.ts';
import type { PowerState } from '../../../shared/model/power.ts';
import type { VmFiles } from './files.ts';
import { lastLines, spokenBy } from './log-file.ts';
import { powerOfStatus, type Machine } from './machine.ts';
import { argvOf } from '../../process/processes.ts';
import {
  bootId,
  findByArgument,
  hasOpen,
  identify,
  isAlive,
  type ProcessIdentity,
} from './processes.ts';
import { connectQmp, queryStatus, type QmpClient, type QmpTimes } from './qmp.ts';
import { finishRestore, isMonitorOf, letGo } from './restore.ts';
import { identityOf, readRecord, removeRecord, type RunRecord } from './run-record.ts';
import { finishSave, goOnAfterSave } from './saved-state.ts';
import { readSavedState, removeSavedState } from './saved-state-file.ts';

/** A process that was being spawned when its manager died may need this long to show its argv. */
const spawnGraceMs = 300;

const youngLimitMs = 10_000;
const endingLimitMs = 10_000;

export interface FoundProcess {
  readonly record: RunRecord;
  readonly identity: ProcessIdentity;
}
export type Look =
  | { readonly kind: 'alive'; readonly found: FoundProcess }
  | { readonly kind: 'gone'; readonly power: PowerState; readonly error?: AppError };

const findProcess = async (record: RunRecord): Promise<ProcessIdentity | undefined> => {
  if (record.bootId !== bootId()) return undefined;
  const known = identityOf(record);
  if (known) {
    return isAlive(known) && argvOf(known.pid).includes(record.pidFile) ? known : undefined;
  }
  const found = findByArgument(record.pidFile);
  if (found) return found;
  await sleep(spawnGraceMs);
  return findByArgument(record.pidFile);
};

/** The process is gone: what does that mean for the VM? */
const judgeGone = async (files: VmFiles, record: RunRecord): Promise<Look> => {
  rmSync(files.runtimeDir, { recursive: true, force: true });
  const isSameBoot = record.bootId === bootId();
  // A restored guest may have written to its disks: its old state must never be loaded again.
  if (record.phase === 'resuming' || record.phase === 'running') removeSavedState(files);
  if (await readSavedState(files)) {
    removeRecord(files.record, record);
    return { kind: 'gone', power: 'saved' };
  }
  removeSavedState(files);
  // QEMU removes its pid file on every orderly end.
  if (isSameBoot && existsSync(record.pidFile)) {
    const log = spokenBy(lastLines(files.log, 12, record.logOffset));
    const params = { name: record.definition.name, exit: 'its exit is not known', log };
    return { kind: 'gone', power: 'crashed', error: failure('vm/crashed', params).error };
  }
  removeRecord(files.record, record);
  return { kind: 'gone', power: 'off' };
};

/** Looks without touching a live process. */
export const look = async (files: VmFiles): Promise<Look> => {
  const record = readRecord(files.record);
  if (!record) {
    rmSync(files.runtimeDir, { recursive: true, force: true });
    const saved = await readSavedState(files);
    return { kind: 'gone', power: saved ? 'saved' : 'off' };
  }
  const identity = await findProcess(record);
  if (!identity) return judgeGone(files, record);
  const known = identify(identity.pid);
  return {
    kind: 'alive',
    found: { record: known ? { ...record, ...known } : record, identity },
  };
};

/** A QEMU whose manager died right after spawning it may not listen yet: waits for it, or for its end. */
export const awaitYoungMonitor = async (
  { record, identity }: FoundProcess,
  files: VmFiles,
  times: QmpTimes,
): Promise<QmpClient | undefined> => {
  if (record.phase !== 'starting' && record.phase !== 'restoring') return undefined;
  const deadline = performance.now() + youngLimitMs;
  while (isAlive(identity) && performance.now() < deadline) {
    try {
      return await connectQmp(files.qmp, record.definition.name, times);
    } catch (error) {
      // Busy or hanging: it listens, so it is not that young.
      if (isFailure(error)) return undefined;
    }
    await sleep(5);
  }
  return undefined;
};

/** Does what the dead manager was about to do next. */
const takeUp = async (machine: Machine): Promise<void> => {
  const qmp = await machine.control();
  const status = await queryStatus(qmp);
  switch (machine.record.phase) {
    case 'starting':
      if (status === 'prelaunch') return letGo(machine);
      break;
    case 'restoring':
    case 'resuming':
      if (status === 'running') removeSavedState(machine.files);
      else return finishRestore(machine);
      break;
    case 'saving': {
      const isComplete = (await readSavedState(machine.files)) !== undefined;
      if (status === 'postmigrate' && isComplete) return finishSave(machine);
      return goOnAfterSave(machine, machine.record.wasPaused === true);
    }
    case 'running':
      break;
  }
  machine.setPhase('running');
  machine.report(powerOfStatus(status));
};

/** Files of the running configuration which the process does not have open: the image lock does not agree. */
export const filesNotHeld = (definition: VmDefinition, pid: number): readonly string[] =>
  definition.config.disks.map((disk) => disk.path).filter((path) => !hasOpen(pid, path));

/**
 * Takes a live machine over. A monitor that is busy or hangs leaves it reported as running with that error; the
 * machine then keeps trying by itself.
 */
export const adoptMachine = async (machine: Machine): Promise<void> => {
  try {
    if (!(await isMonitorOf(machine))) {
      throw failure('qemu/qmp-error', {
        command: 'query-uuid',
        message: 'another machine answers',
      });
    }
    await takeUp(machine);
  } catch (error) {
    if (!machine.isLive) return;
    const isEnding =
      machine.record.phase === 'saving' &&
      isFailure(error, 'qemu/qmp-closed') &&
      (await readSavedState(machine.files)) !== undefined;
    // Its last manager had a complete state and told it to end; the socket is gone a moment before the process.
    if (isEnding) {
      machine.markSaved();
      await Promise.race([machine.ended, sleep(endingLimitMs, undefined, { ref: false })]);
      if (!machine.isLive) return;
    }
    const known = isFailure(error) ? error.error : undefined;
    machine.report('running', known);
  }
};
