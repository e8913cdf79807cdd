// Runs the core in plain Node and measures it: start of a VM until the guest's first instruction
// against raw QEMU, and a guest's change of state until the store knows it. Bundled and started by
// measure-core.mjs. argv: resources, rounds, changes.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, statSync, watch } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { finish, runtimeOf, untilState, withCore } from './core-tools.mjs';
import { openMonitor } from './monitor.mjs';

const log = 'serial.log';

const isWritten = (path) => {
  try {
    return statSync(path).size > 0;
  } catch {
    return false;
  }
};

/** Resolves to the moment the guest's first byte is in its serial log. */
function firstByte(folder) {
  return new Promise((resolve, reject) => {
    const end = (settle, value) => {
      clearTimeout(timer);
      watcher.close();
      settle(value);
    };
    const watcher = watch(folder, (_event, name) => {
      if (name === log && isWritten(join(folder, log))) end(resolve, performance.now());
    });
    const timer = setTimeout(() => end(reject, new Error('the guest did not run')), 20_000);
  });
}

async function createMachine(app) {
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
}

const start = (app, id) => app.commands.power(id, 'start', { engine: 'tcg', hasConsent: true });

/** Our start and a raw one of the very same command line (without -S), in turns. */
async function measureStarts(app, id, rounds) {
  const folder = join(app.paths.state, 'vms', id);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  let argv = [];
  const startOurs = async () => {
    rmSync(join(folder, log), { force: true });
    const written = firstByte(folder);
    const from = performance.now();
    const [at] = await Promise.all([written, finish(app, start(app, id))]);
    ({ argv } = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')));
    await finish(app, app.commands.power(id, 'powerOff'));
    return at - from;
  };
  const startRaw = async () => {
    rmSync(join(folder, log), { force: true });
    mkdirSync(runtimeOf(app, id), { recursive: true, mode: 0o700 });
    const [program, ...args] = argv.filter((word) => word !== '-S');
    const written = firstByte(folder);
    const from = performance.now();
    const child = spawn(program, args, { stdio: 'ignore' });
    const ended = new Promise((done) => child.once('exit', done));
    const at = await written;
    child.kill('SIGTERM');
    await ended;
    return at - from;
  };
  const ours = [];
  const raw = [];
  // The first of each is not counted.
  await startOurs();
  await startRaw();
  for (let round = 1; round <= rounds; round += 1) {
    // Who comes first changes, so that neither always runs in the other's wake.
    const isRawFirst = round % 2 === 0;
    if (isRawFirst) raw.push(await startRaw());
    ours.push(await startOurs());
    if (!isRawFirst) raw.push(await startRaw());
  }
  return { ours, raw, overhead: ours.map((value, index) => value - raw[index]) };
}

/** Pauses and resumes the guest over the second monitor socket. */
async function measureChanges(app, id, changes) {
  await finish(app, start(app, id));
  const monitor = await openMonitor(join(runtimeOf(app, id), 'qmp2'));
  const toStore = [];
  const toMonitor = [];
  for (let index = 0; index < changes; index += 1) {
    const isStop = index % 2 === 0;
    await sleep(20);
    const wanted = isStop ? 'paused' : 'running';
    const known = untilState(app, ({ vms }) => vms[id].power === wanted).then(() =>
      performance.now(),
    );
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
}

const [resources, rounds, changes] = process.argv.slice(2);
await withCore(resources, async (app) => {
  const id = await createMachine(app);
  const starts = await measureStarts(app, id, Number(rounds));
  return { ...starts, ...(await measureChanges(app, id, Number(changes))) };
});
