// Saves a guest's state to disk without a shell: QEMU migrates to a unix socket that we read into a file.
// Until the state is complete and on disk, every failure leaves the guest running as before.
import { createWriteStream } from 'node:fs';
import { open, rename, rm, statfs } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { failure, isFailure } from '../../../shared/contract/errors.ts';
import { mibToBytes } from '../../../shared/model/brand.ts';
import { persistFailure } from '../../persist/json-file.ts';
import type { LifecycleContext } from '../types.ts';
import type { Machine } from './machine.ts';
import { enableMigrationEvents, migrationEnd, queryMigration } from './migration.ts';
import { queryStatus, type QmpClient } from './qmp.ts';
import { removeCompleteState, removeSavedState, writeSavedMeta } from './saved-state-file.ts';

/** Never start writing with less than this free; a guest's memory is mostly compressible zeroes, so no more. */
const leastFreeBytes = 64 * 1024 * 1024;

const listen = async (path: string): Promise<Server> => {
  await rm(path, { force: true });
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => resolve(server));
  });
};

const accept = (server: Server): Promise<Socket> =>
  new Promise((resolve) => server.once('connection', resolve));

const assertSpace = async (machine: Machine): Promise<void> => {
  const { bavail, bsize } = await statfs(machine.files.dataDir);
  const freeBytes = bavail * bsize;
  const memory = mibToBytes(machine.record.definition.config.memory);
  const neededBytes = Math.min(memory, leastFreeBytes);
  if (freeBytes >= neededBytes) return;
  throw failure('medium/no-space', { path: machine.files.dataDir, neededBytes, freeBytes });
};

/** Writes what the socket brings and syncs it; resolves with the size. */
const receive = async (socket: Socket, path: string): Promise<number> => {
  const file = createWriteStream(path, { flags: 'w', mode: 0o600, flush: true });
  try {
    await pipeline(socket, file);
  } catch (error) {
    throw persistFailure(path, error);
  }
  return file.bytesWritten;
};

const watchProgress = (qmp: QmpClient, ctx: LifecycleContext): (() => void) => {
  const timer = setInterval(() => {
    queryMigration(qmp)
      .then(({ fraction }) => ctx.progress(fraction))
      // A closed monitor ends the save by itself.
      .catch(() => undefined);
  }, 250);
  return () => clearInterval(timer);
};

/** Brings the guest's state into state.tmp. Rejects with everything cancelled, the guest still stopped. */
const transfer = async (
  machine: Machine,
  qmp: QmpClient,
  ctx: LifecycleContext,
): Promise<number> => {
  const { migration, savedStateTemp } = machine.files;
  const server = await listen(migration);
  const cancel = (): void => void qmp.execute('migrate_cancel').catch(() => undefined);
  const stopProgress = watchProgress(qmp, ctx);
  ctx.signal.addEventListener('abort', cancel, { once: true });
  try {
    await enableMigrationEvents(qmp);
    if (ctx.signal.aborted) throw failure('job/cancelled', {});
    const arrival = accept(server);
    await qmp.execute('migrate', { uri: `unix:${migration}` });
    const received = arrival.then((socket) => receive(socket, savedStateTemp));
    // Writing fails first when the disk is full; QEMU only sees its peer go.
    const writeError = received.then(
      () => undefined,
      (error: unknown) => error,
    );
    const end = await Promise.race([
      migrationEnd(qmp),
      writeError.then((error) =>
        error === undefined ? new Promise<never>(() => undefined) : 'failed',
      ),
    ]);
    if (end === 'completed') return await received;
    cancel();
    if (ctx.signal.aborted) throw failure('job/cancelled', {});
    const problem = await Promise.race([
      writeError,
      new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), 500)),
    ]);
    if (problem !== undefined) throw problem as Error;
    const { error } = await queryMigration(qmp);
    throw failure('vm/save-failed', { name: machine.name, reason: error ?? `QEMU: ${end}.` });
  } finally {
    ctx.signal.removeEventListener('abort', cancel);
    stopProgress();
    server.close();
    await rm(migration, { force: true });
  }
};

/** After a failed save: the guest goes on as it was before. Also used by re-adoption. */
export const goOnAfterSave = async (machine: Machine, wasPaused: boolean): Promise<void> => {
  const qmp = await machine.control();
  const { status } = await queryMigration(qmp);
  if (status === 'active' || status === 'setup' || status === 'cancelling') {
    await qmp.execute('migrate_cancel');
    await migrationEnd(qmp);
  }
  removeSavedState(machine.files);
  machine.setPhase('running');
  if (wasPaused) machine.report('paused');
  else {
    await qmp.execute('cont');
    machine.report('running');
  }
};

/** The state is complete on disk: QEMU may go. */
export const finishSave = async (machine: Machine): Promise<void> => {
  machine.markSaved();
  const qmp = await machine.control();
  await qmp.execute('quit').catch((error: unknown) => {
    if (!isFailure(error, 'qemu/qmp-closed')) throw error;
  });
  await machine.ended;
};

const toSaveFailure = (machine: Machine, error: unknown): unknown =>
  isFailure(error, 'qemu/qmp-error')
    ? failure('vm/save-failed', {
        name: machine.name,
        reason: String(error.error.params['message']),
      })
    : error;

export const saveMachine = async (
  machine: Machine,
  qemuVersion: string,
  now: () => number,
  ctx: LifecycleContext,
): Promise<void> => {
  await assertSpace(machine);
  const qmp = await machine.control();
  const before = await queryStatus(qmp);
  const wasPaused = before !== 'running';
  removeCompleteState(machine.files);
  machine.setPhase('saving', wasPaused);
  machine.report('saving');
  try {
    // A guest left by an interrupted save is not taken by QEMU again until it was let go once.
    if (before === 'postmigrate') await qmp.execute('cont');
    await qmp.execute('stop');
    const size = await transfer(machine, qmp, ctx);
    const { savedState, savedStateTemp, dataDir } = machine.files;
    const { engine, definition } = machine.record;
    await writeSavedMeta(machine.files, {
      version: 1,
      size,
      engine,
      qemuVersion,
      definition,
      savedAt: now(),
    });
    await rename(savedStateTemp, savedState);
    const folder = await open(dataDir, 'r');
    await folder.sync().finally(() => folder.close());
  } catch (error) {
    if (machine.isLive) await goOnAfterSave(machine, wasPaused).catch(() => undefined);
    throw toSaveFailure(machine, error);
  }
  await finishSave(machine);
};
