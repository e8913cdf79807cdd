// Runs the core in plain Node beside a VirtualBox of its own and measures it. Bundled and started by
// measure-virtualbox.mjs. argv: resources, machines, launches, changes.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createApp } from '../../electron/app.ts';
import { noShell } from '../../electron/ipc/shell-port.ts';
import { silentLogger } from '../../electron/log/logger.ts';
import { appPaths } from '../../electron/paths.ts';
import { untilState } from './core-tools.mjs';

const [resources, ...counts] = process.argv.slice(2);
const [machines = 0, launches = 0, changes = 0] = counts.map(Number);
const home = mkdtempSync(join(tmpdir(), 'vbb-'));
const socketId = randomBytes(4).toString('hex');
const env = {
  ...process.env,
  HOME: home,
  XDG_CONFIG_HOME: join(home, 'c'),
  XDG_DATA_HOME: join(home, 'd'),
  XDG_STATE_HOME: join(home, 's'),
  XDG_CACHE_HOME: join(home, 'k'),
  XDG_RUNTIME_DIR: join(home, 'r'),
  VBOX_IPC_SOCKETID: socketId,
};
mkdirSync(env.XDG_RUNTIME_DIR, { mode: 0o700 });
// The core and what it starts find their folders by the environment, as in the program.
Object.assign(process.env, env);

const manage = (...args) => promisify(execFile)('/usr/lib/virtualbox/VBoxManage', args, { env });

/** VirtualBox's own programs of this run; they know it by the name of their socket. */
function servers() {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) return false;
    try {
      return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`VBOX_IPC_SOCKETID=${socketId}`);
    } catch {
      return false; // Another user's, or gone.
    }
  });
}

async function endServers() {
  for (;;) {
    const pids = servers();
    if (pids.length === 0) return;
    for (const pid of pids) process.kill(Number(pid), 'SIGKILL');
    await sleep(50);
  }
}

const isComplete = ({ vms }) => Object.keys(vms).length === machines;

async function launch() {
  const from = performance.now();
  const app = createApp({
    paths: appPaths(env, resources),
    log: silentLogger,
    shell: noShell,
    env,
  });
  const complete = untilState(app, isComplete).then(() => performance.now() - from);
  await app.ready;
  return { app, tookMs: await complete };
}

/** One change of a machine's memory by VBoxManage, and when the store has it. */
async function change(app, id, memory) {
  const known = untilState(app, ({ vms }) => vms[id].definition.config.memory === memory).then(() =>
    performance.now(),
  );
  const from = performance.now();
  await manage('modifyvm', id, '--memory', String(memory));
  const ended = performance.now();
  const at = await known;
  return { command: ended - from, afterCommand: at - ended, fromSpawn: at - from };
}

const alive = setInterval(() => undefined, 1000);
try {
  const made = [];
  for (let n = 0; n < machines; n += 1)
    made.push(await manage('createvm', '--name', `vm ${n}`, '--ostype', 'Other_64', '--register'));
  const id = /^UUID:\s*(\S+)/m.exec(made[0].stdout)[1];
  const lists = [];
  for (let n = 0; n < launches; n += 1) {
    await endServers();
    const { app, tookMs } = await launch();
    lists.push(tookMs);
    await app.dispose();
  }
  const { app } = await launch();
  const samples = [];
  for (let n = 0; n <= changes; n += 1) {
    await sleep(100);
    const sample = await change(app, id, 64 + 4 * (1 + (n % 2)));
    // The first is not counted.
    if (n > 0) samples.push(sample);
  }
  await app.dispose();
  const column = (name) => samples.map((sample) => sample[name]);
  const result = { lists, commands: column('command') };
  const times = { afterCommand: column('afterCommand'), fromSpawn: column('fromSpawn') };
  process.stdout.write(`${JSON.stringify({ ...result, ...times })}\n`);
} catch (error) {
  process.stderr.write(`${String(error?.stack ?? error)}\n`);
  process.exitCode = 1;
} finally {
  await endServers();
  clearInterval(alive);
  rmSync(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
}
