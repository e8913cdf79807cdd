// Runs the core in plain Node and measures it: start of a VM until the guest's first instruction against raw
// QEMU, and a guest's change of state until the store knows it. Bundled and started by measure-core.mjs.
// argv: resources, rounds, changes. Prints one JSON object.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, statSync, watch } from 'node:fs';
import { join } from 'node:path';
import { createApp } from '../../electron/app.ts';
import type { App } from '../../electron/app-types.ts';
import { noShell } from '../../electron/ipc/shell-port.ts';
import { silentLogger } from '../../electron/log/logger.ts';
import { appPaths } from '../../electron/paths.ts';
import { toEngineId, type JobId, type VmId } from '../../shared/model/brand.ts';
import { openMonitor } from './monitor.ts';

const engine = toEngineId('tcg');

/** Resolves when every check of the host has answered, so that none runs beside what is measured. */
const settled = (app: App): Promise<void> =>
  new Promise((done) => {
    const isSettled = (): boolean => {
      const { checks, engines } = app.store.getState();
      const isLooking = Object.values(checks).some((check) => check.verdict === 'running');
      return Object.keys(engines).length > 0 && !isLooking;
    };
    if (isSettled()) {
      done();
      return;
    }
    const stop = app.store.subscribe(() => {
      if (!isSettled()) return;
      stop();
      done();
    });
  });

const finish = async (app: App, job: JobId): Promise<void> => {
  const { phase, error } = await app.commands.jobEnded(job);
  if (phase !== 'done') throw new Error(`${phase}: ${JSON.stringify(error)}`);
};

const isWritten = (path: string): boolean => {
  try {
    return statSync(path).size > 0;
  } catch {
    return false;
  }
};

/** Resolves to the moment the guest's first byte is in its serial log. */
const firstByte = (folder: string, file: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const path = join(folder, file);
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      watcher.close();
      settle();
    };
    const watcher = watch(folder, (_event, name) => {
      if (name !== file || !isWritten(path)) return;
      const at = performance.now();
      end(() => resolve(at));
    });
    const timer = setTimeout(() => end(() => reject(new Error('the guest did not run'))), 20_000);
  });

const createMachine = async (app: App): Promise<VmId> => {
  const { id, job } = await app.commands.create({
    name: 'First instruction',
    family: 'other',
    vcpus: 1,
    memoryMiB: 256,
    firmware: 'bios',
    disk: { kind: 'none' },
    startNow: false,
  });
  await finish(app, job);
  return id;
};

const start = (app: App, id: VmId): JobId =>
  app.commands.power(id, 'start', { engine, hasConsent: true });

/** The VM's sockets: the driver makes and removes the folder with each run. */
const runtimeOf = (app: App, id: VmId): string =>
  join(app.paths.runtime, id.replaceAll('-', '').slice(0, 12));

/** Pairs of our start and a raw one of the very same command line (without -S); the first is not counted. */
const measureStarts = async (app: App, id: VmId, rounds: number): Promise<object> => {
  const folder = join(app.paths.state, 'vms', id);
  const log = 'serial.log';
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const ours: number[] = [];
  const raw: number[] = [];
  let argv: readonly string[] = [];
  const startOurs = async (): Promise<number> => {
    rmSync(join(folder, log), { force: true });
    const written = firstByte(folder, log);
    const from = performance.now();
    const [at] = await Promise.all([written, finish(app, start(app, id))]);
    const record = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) as {
      argv: readonly string[];
    };
    argv = record.argv;
    await finish(app, app.commands.power(id, 'powerOff'));
    return at - from;
  };
  const startRaw = async (): Promise<number> => {
    rmSync(join(folder, log), { force: true });
    mkdirSync(runtimeOf(app, id), { recursive: true, mode: 0o700 });
    const [program = '', ...args] = argv.filter((word) => word !== '-S');
    const written = firstByte(folder, log);
    const from = performance.now();
    const child = spawn(program, args, { stdio: 'ignore' });
    const ended = new Promise((done) => child.once('exit', done));
    const at = await written;
    child.kill('SIGTERM');
    await ended;
    return at - from;
  };
  await startOurs();
  for (let round = 1; round <= rounds; round += 1) {
    // Who comes first changes, so that neither always runs in the other's wake.
    const isRawFirst = round % 2 === 0;
    if (isRawFirst) raw.push(await startRaw());
    ours.push(await startOurs());
    if (!isRawFirst) raw.push(await startRaw());
  }
  return { ours, raw, overhead: ours.map((value, index) => value - (raw[index] ?? NaN)) };
};

/** Pauses and resumes the guest behind the manager's back, over the second monitor socket. */
const measureChanges = async (app: App, id: VmId, changes: number): Promise<object> => {
  await finish(app, start(app, id));
  const monitor = await openMonitor(join(runtimeOf(app, id), 'qmp2'));
  const toStore: number[] = [];
  const toMonitor: number[] = [];
  for (let index = 0; index < changes; index += 1) {
    const isStop = index % 2 === 0;
    const wanted = isStop ? 'paused' : 'running';
    await new Promise((wake) => setTimeout(wake, 20));
    const known = new Promise<number>((resolve) => {
      const stop = app.store.subscribe((state) => {
        if (state.vms[id]?.power !== wanted) return;
        stop();
        resolve(performance.now());
      });
    });
    const event = monitor.nextEvent(isStop ? 'STOP' : 'RESUME');
    const from = performance.now();
    monitor.send(isStop ? 'stop' : 'cont');
    const [at, heard] = await Promise.all([known, event]);
    toStore.push(at - from);
    toMonitor.push(heard - from);
  }
  monitor.close();
  await finish(app, app.commands.power(id, 'powerOff'));
  return { toStore, toMonitor };
};

const [resources = '', rounds = '9', changes = '40'] = process.argv.slice(2);
const app = createApp({
  paths: appPaths(process.env, resources),
  log: silentLogger,
  shell: noShell,
  env: process.env,
});
// A started QEMU does not keep this process alive, and neither does waiting for it.
const alive = setInterval(() => undefined, 1000);
try {
  await app.ready;
  await settled(app);
  const id = await createMachine(app);
  const starts = await measureStarts(app, id, Number(rounds));
  const changed = await measureChanges(app, id, Number(changes));
  process.stdout.write(`${JSON.stringify({ ...starts, ...changed })}\n`);
} catch (error) {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
} finally {
  await app.dispose();
  clearInterval(alive);
}
