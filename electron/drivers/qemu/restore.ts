// Lets a guest go: a fresh one, or one whose saved state comes in through descriptor 3. Each step may be taken
// again by the next manager, so re-adoption uses the same functions.
import { failure } from '../../../shared/contract/errors.ts';
import { toVmId } from '../../../shared/model/brand.ts';
import type { Machine } from './machine.ts';
import { enableMigrationEvents, migrationEnd, queryMigration } from './migration.ts';
import { queryStatus, type QmpClient } from './qmp.ts';
import { removeSavedState } from './saved-state-file.ts';

/** Puts what the command line cannot say: unplugged cables. */
const unplugCables = async (machine: Machine, qmp: QmpClient): Promise<void> => {
  const { nics } = machine.record.definition.config;
  for (const nic of nics.filter((row) => !row.isCableConnected)) {
    await qmp.execute('set_link', { name: nic.id, up: false });
  }
};

/** From `prelaunch` to running. */
export const letGo = async (machine: Machine): Promise<void> => {
  const qmp = await machine.control();
  await unplugCables(machine, qmp);
  await qmp.execute('cont');
  machine.setPhase('running');
  if (machine.power !== 'running') machine.report('running');
};

/**
 * Reads the state through descriptor 3. QEMU 11 takes no plain file as a descriptor ("Use file: instead") and cannot
 * be asked again after it refused one; QEMU before 8.2 knows no file: and can. The path is the same open file,
 * whatever its name.
 */
const startIncoming = async (qmp: QmpClient): Promise<void> => {
  try {
    await qmp.execute('migrate-incoming', { uri: 'file:/proc/self/fd/3' });
  } catch {
    await qmp.execute('migrate-incoming', { uri: 'fd:3' });
  }
};

const loadState = async (machine: Machine, qmp: QmpClient): Promise<void> => {
  const { status } = await queryMigration(qmp);
  if (status === undefined) {
    await enableMigrationEvents(qmp);
    await startIncoming(qmp);
  }
  const end = await migrationEnd(qmp);
  if (end === 'completed') return;
  // QEMU explains on stderr and exits (7.2), or stays with a failed status.
  const { error } = await queryMigration(qmp).catch(() => ({ error: undefined }));
  const reason = machine.lastWords() || error || `The state ended as “${end}”.`;
  throw failure('vm/restore-failed', { name: machine.name, reason });
};

/** From `inmigrate` (or loaded and paused) to running; the saved state is removed once the guest runs. */
export const finishRestore = async (machine: Machine): Promise<void> => {
  const qmp = await machine.control();
  if ((await queryStatus(qmp)) === 'inmigrate') await loadState(machine, qmp);
  await unplugCables(machine, qmp);
  // From here on the disks may change, so the state must never be loaded again.
  machine.setPhase('resuming');
  await qmp.execute('cont');
  if ((await queryStatus(qmp)) !== 'running') {
    const reason = 'The guest did not continue.';
    throw failure('vm/restore-failed', { name: machine.name, reason });
  }
  removeSavedState(machine.files);
  machine.setPhase('running');
  if (machine.power !== 'running') machine.report('running');
};

/** The process behind the monitor is this VM's and not another one's. */
export const isMonitorOf = async (machine: Machine): Promise<boolean> => {
  const qmp = await machine.control();
  const answer = await qmp.execute('query-uuid');
  if (typeof answer !== 'object' || answer === null || !('UUID' in answer)) return false;
  return toVmId(String(answer.UUID)) === machine.id;
};
