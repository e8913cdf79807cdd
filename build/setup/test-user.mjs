// Owns the ordinary user that tests run as when root starts them: root's rights hide faults, and
// Chromium's sandbox works for an ordinary user only. The user gets a copy of the tree and folders
// of its own, since the checkout may lie where only root can read.
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { readFileSync, readlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from './paths.mjs';
import { privateTun } from './private-tun.mjs';
import { run } from './run.mjs';
import { SetupFailure, notice } from './say.mjs';

const name = 'polyvisor-test';
const home = `/home/${name}`;
// Passed on to the user: how this machine reaches the network.
const keptVariables =
  /^(LANG|TZ|TERM|NO_COLOR|FORCE_COLOR|NODE_EXTRA_CA_CERTS|SSL_CERT_FILE|npm_config_registry|https?_proxy|no_proxy|HTTPS?_PROXY|NO_PROXY)$/;

async function must(file, args) {
  const result = await run(file, args);
  if (result.code === 0) return;
  throw new SetupFailure(`${file} failed while the user for the tests was made.`, {
    details: result.output,
    remedy: 'Run the tests as an ordinary user instead.',
  });
}

function readIds() {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${name}:`));
  if (!line) return undefined;
  const [, , uid, gid] = line.split(':');
  return { uid: Number(uid), gid: Number(gid) };
}

/**
 * Makes the user and a tree of its own. Returns {prefix, node, cwd, env, dispose} and, for who enters
 * another root, {uid, gid, base, runtime}: its ids and the folders it needs. `dispose` ends what the
 * tests left running, brings their results back and removes the tree.
 */
export async function makeTestUser() {
  if (!readIds())
    await must('useradd', ['--create-home', '--home-dir', home, '--shell', '/bin/bash', name]);
  const ids = readIds();
  if (!ids) throw new SetupFailure(`The user ${name} was made but is not in /etc/passwd.`);

  removeStale();
  const base = join(home, `run-${process.pid}`);
  const tree = join(base, 'src');
  const runtime = `/tmp/pv-run-${process.pid}`;
  mkdirSync(tree, { recursive: true });
  mkdirSync(runtime, { recursive: true, mode: 0o700 });
  await copyTree(tree);
  await must('chown', ['-R', `${ids.uid}:${ids.gid}`, ...ownedParts(tree)]);
  chownSync(base, ids.uid, ids.gid);
  chownSync(tree, ids.uid, ids.gid);
  chownSync(runtime, ids.uid, ids.gid);
  const modules = join(tree, 'node_modules');
  chownSync(modules, ids.uid, ids.gid);

  const userArgv = (groups) => [
    'setpriv',
    `--reuid=${ids.uid}`,
    `--regid=${ids.gid}`,
    groups,
    '--',
  ];
  const tun = await privateTun(userArgv('--init-groups'));
  const become = (groups) => [...tun, ...userArgv(groups)];
  const prefix = become('--init-groups');
  const node = await usableNode(prefix, base);
  const env = environment({ base, runtime, node });
  return {
    prefix,
    kvmPrefix: kvmPrefix(become),
    ...ids,
    base,
    runtime,
    node,
    cwd: tree,
    env,
    async dispose() {
      endLeftovers(base);
      bringBack(tree);
      rmSync(base, { recursive: true, force: true });
      rmSync(runtime, { recursive: true, force: true });
    },
  };
}

/** A run that was killed could not remove its tree. */
function removeStale() {
  for (const entry of readdirSync(home)) {
    const pid = /^run-(\d+)$/.exec(entry)?.[1];
    if (pid && !existsSync(`/proc/${pid}`))
      rmSync(join(home, entry), { recursive: true, force: true });
  }
}

/** The user with the group of /dev/kvm; root itself where that group opens no door. */
function kvmPrefix(become) {
  try {
    const { gid, mode } = statSync('/dev/kvm');
    const isOpenToGroup = gid !== 0 && (mode & 0o060) === 0o060;
    return isOpenToGroup ? become(`--groups=${gid}`) : [];
  } catch {
    return become('--init-groups'); // No /dev/kvm, so nothing to lend.
  }
}

const linkedParts = ['node_modules', '.runtime'];
const leftOut = new Set(['.git', '.cache', 'test-results', 'playwright-report', ...linkedParts]);

/** Sources are copied; the big read-only parts are hard links where the file system allows it. */
async function copyTree(tree) {
  for (const entry of readdirSync(root)) {
    if (!leftOut.has(entry)) cpSync(join(root, entry), join(tree, entry), { recursive: true });
  }
  for (const part of linkedParts) {
    if (!existsSync(join(root, part))) continue;
    const linked = await run('cp', ['-al', join(root, part), tree]);
    if (linked.code === 0) continue;
    rmSync(join(tree, part), { recursive: true, force: true });
    await must('cp', ['-a', join(root, part), tree]);
  }
  // Caches belong to the one who wrote them.
  for (const cache of ['.vite', '.vite-temp', '.cache'])
    rmSync(join(tree, 'node_modules', cache), { recursive: true, force: true });
}

function ownedParts(tree) {
  return readdirSync(tree)
    .filter((entry) => !linkedParts.includes(entry))
    .map((entry) => join(tree, entry));
}

/** This Node, or a copy of it where the user cannot reach it (a Node under /root). */
async function usableNode(prefix, base) {
  // Through env: setpriv itself still has root's rights when it opens the program.
  const argv = [...prefix.slice(1), 'env', process.execPath, '-e', '0'];
  const { code } = await run(prefix[0], argv);
  if (code === 0) return process.execPath;
  const copy = join(base, 'bin/node');
  mkdirSync(dirname(copy), { recursive: true });
  cpSync(process.execPath, copy);
  chmodSync(dirname(copy), 0o755);
  chmodSync(copy, 0o755);
  return copy;
}

function environment({ base, runtime, node }) {
  const kept = Object.entries(process.env).filter(([key]) => keptVariables.test(key));
  return {
    LANG: 'C.UTF-8',
    ...Object.fromEntries(kept),
    PATH: `${dirname(node)}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
    HOME: base,
    USER: name,
    LOGNAME: name,
    SHELL: '/bin/bash',
    XDG_RUNTIME_DIR: runtime,
    XDG_DATA_HOME: join(base, 'data'),
    XDG_STATE_HOME: join(base, 'state'),
    XDG_CONFIG_HOME: join(base, 'config'),
    XDG_CACHE_HOME: join(base, 'cache'),
    CI: '1',
  };
}

/** Ends processes that tests left running in this run's folders, and names them: it is a fault. */
function endLeftovers(base) {
  for (const pid of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const environ = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
      if (!environ.includes(`HOME=${base}`)) continue;
      const program = readlinkSync(`/proc/${pid}/exe`);
      process.kill(Number(pid), 'SIGKILL');
      notice(`The tests left a process running, it was ended: ${program} (${pid})`);
    } catch {
      continue; // It ended by itself, or is not ours to read.
    }
  }
}

function bringBack(tree) {
  for (const part of ['test-results', 'playwright-report']) {
    if (!existsSync(join(tree, part))) continue;
    rmSync(join(root, part), { recursive: true, force: true });
    cpSync(join(tree, part), join(root, part), { recursive: true });
  }
}
