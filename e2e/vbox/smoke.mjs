// Proves the provisioned root: an ordinary user in it boots our probe guest on a real VirtualBox, in software.
// Run as root: node e2e/vbox/smoke.mjs. It runs itself a second time inside the root, with `inside`.
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { root as projectRoot, outDir } from '../../build/setup/paths.mjs';
import { provision } from './provision.mjs';
import { runInside } from './root.mjs';

const self = fileURLToPath(import.meta.url);
const library = '/usr/lib/virtualbox';
const floppy = join(outDir, 'guests', 'probe-floppy.img');
/** Any number that is no user of the host: nothing outside belongs to it. */
const plainUser = 4242;
/** About 2 s when idle. */
const limitMs = 60_000;

function manage(env, ...args) {
  const result = spawnSync(join(library, 'VBoxManage'), args, {
    env,
    encoding: 'utf8',
    timeout: 20_000,
  });
  if (result.status === 0) return result.stdout;
  throw new Error(`VBoxManage ${args[0]}: ${result.stderr || result.error?.message}`);
}

/** Xauthority entry: family, address, display number, protocol name, data; each length-prefixed, big endian. */
function anyDisplayCookie(cookie) {
  const counted = (bytes) =>
    Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes]);
  const parts = [Buffer.alloc(0), Buffer.alloc(0), Buffer.from('MIT-MAGIC-COOKIE-1'), cookie];
  return Buffer.concat([Buffer.from([0xff, 0xff]), ...parts.map(counted)]);
}

async function inside() {
  const home = mkdtempSync(join(tmpdir(), 'vb-'));
  const env = {
    ...process.env,
    HOME: home,
    XDG_RUNTIME_DIR: join(home, 'run'),
    VBOX_USER_HOME: join(home, 'config'),
    VBOX_IPC_SOCKETID: randomBytes(4).toString('hex'),
  };
  mkdirSync(env.XDG_RUNTIME_DIR, { mode: 0o700 });
  const serial = join(home, 'serial');
  const authority = join(home, 'xauth');
  const children = [];
  // A cookie for whatever display it will be (family 65535: any).
  writeFileSync(authority, anyDisplayCookie(randomBytes(16)), { mode: 0o600 });
  try {
    manage(
      env,
      'createvm',
      '--name',
      'probe',
      '--ostype',
      'Other_64',
      '--register',
      '--basefolder',
      home,
    );
    // prettier-ignore
    manage(env, 'modifyvm', 'probe', '--memory', '64', '--boot1', 'floppy', '--uart1', '0x3F8', '4', '--uart-mode1', 'file', serial,
      '--bios-logo-fade-in', 'off', '--bios-logo-fade-out', 'off', '--bios-logo-display-time', '0', '--vm-execution-engine', 'interpreter');
    manage(env, 'storagectl', 'probe', '--name', 'F', '--add', 'floppy');
    // prettier-ignore
    manage(env, 'storageattach', 'probe', '--storagectl', 'F', '--port', '0', '--device', '0', '--type', 'fdd', '--medium', floppy);
    const started = Date.now();
    // The X server names a free display itself: abstract sockets are shared with the host.
    const server = spawn('Xvfb', ['-displayfd', '3', '-nolisten', 'tcp', '-auth', authority], {
      env,
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    });
    children.push(server);
    const [number] = await once(server.stdio[3], 'data', { signal: AbortSignal.timeout(limitMs) });
    const display = `:${String(number).trim()}`;
    const xEnv = { ...env, DISPLAY: display, XAUTHORITY: authority };
    const machine = join(library, 'VirtualBoxVM');
    children.push(
      spawn(machine, ['--startvm', 'probe', '--driverless'], { env: xEnv, stdio: 'ignore' }),
    );
    let said = '';
    while (!/^READY/m.test(said)) {
      if (Date.now() - started > limitMs)
        throw new Error(`no READY; the guest said: ${said || 'nothing'}`);
      await sleep(100);
      if (existsSync(serial)) said = readFileSync(serial, 'latin1');
    }
    const state = /VMState="(\w+)"/.exec(
      manage(env, 'showvminfo', 'probe', '--machinereadable'),
    )?.[1];
    console.log(
      `uid ${process.getuid?.()}, VirtualBox ${manage(env, '--version').trim()}, state ${state}`,
    );
    console.log(`READY after ${Date.now() - started} ms`);
    console.log(said.trim());
    manage(env, 'controlvm', 'probe', 'poweroff');
  } finally {
    for (const child of children) child.kill('SIGKILL');
    rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

async function main() {
  const { root } = await provision();
  if (!existsSync(floppy))
    throw new Error('Build the guests first: node build/guests/build-guests.mjs');
  const { code } = await runInside({
    root,
    argv: ['node', self, 'inside'],
    binds: [projectRoot],
    cwd: projectRoot,
    uid: plainUser,
    gid: plainUser,
    stdio: 'inherit',
    timeoutMs: 2 * limitMs,
  });
  process.exitCode = code ?? 1;
}

await (process.argv[2] === 'inside' ? inside() : main());
