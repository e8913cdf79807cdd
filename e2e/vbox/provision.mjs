// Makes a Debian sid root with VirtualBox 7.2, QEMU 11, Node and what Electron needs, for tests against a real
// VirtualBox. Kept in .cache/sid-vbox and made again only when its recipe changes. Needs root rights, debootstrap
// and about 2.5 GB. Run by itself it provisions and prints the versions; with arguments it then runs them inside.
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { tryAgain } from '../../build/setup/again.mjs';
import { root as projectRoot } from '../../build/setup/paths.mjs';
import { run } from '../../build/setup/run.mjs';
import { SetupFailure, notice, reportFailure, seconds, step } from '../../build/setup/say.mjs';
import { runInside } from './root.mjs';

const suite = 'sid';
const components = 'main,contrib';
/** Raise when the steps below change without a change of the lists. */
const recipeVersion = 2;

// Installed in this order. virtualbox-source satisfies the dependency on a kernel module without building one:
// the tests are about a host without vboxdrv.
const packageSets = [
  ['tini', 'ca-certificates', 'procps', 'iproute2', 'dbus', 'systemd', 'locales-all'],
  ['virtualbox', 'virtualbox-source', 'virtualbox-qt', 'xvfb', 'xauth'],
  // prettier-ignore
  ['nodejs', 'npm', 'qemu-system-x86', 'qemu-utils', 'ovmf', 'libgtk-3-0t64', 'libnss3', 'libasound2t64', 'libgbm1', 'libnotify4', 'fonts-dejavu-core'],
  // The service end of NAT networks.
  ['slirp4netns', 'dnsmasq-base', 'nftables'],
];
const reported = ['virtualbox', 'qemu-system-x86', 'nodejs', 'libc6'];

const cacheDir = join(projectRoot, '.cache', 'sid-vbox');
const sidRoot = join(cacheDir, 'root');
const stampFile = join(cacheDir, 'stamp.json');

const recipe = createHash('sha256')
  .update(JSON.stringify({ recipeVersion, suite, components, packageSets }))
  .digest('hex')
  .slice(0, 16);

/** The mirror this machine uses for Debian, if it names one; else debootstrap takes its own default. */
export function debianMirror(aptFolder = '/etc/apt') {
  const named = process.env['POLYVISOR_DEBIAN_MIRROR'];
  if (named) return named;
  const listFolder = join(aptFolder, 'sources.list.d');
  const files = [
    join(aptFolder, 'sources.list'),
    ...(existsSync(listFolder)
      ? readdirSync(listFolder).map((name) => join(listFolder, name))
      : []),
  ].filter((file) => existsSync(file) && statSync(file).isFile());
  for (const file of files) {
    const text = readFileSync(file, 'utf8');
    // `deb http://host/debian bookworm main` or `URIs: http://host/debian`.
    const found = /^(?:deb\s+(?:\[[^\]]*\]\s+)?|URIs:\s*)(https?:\S*\/debian)\/?(?:\s|$)/m.exec(
      text,
    );
    if (found?.[1]) return found[1];
  }
  return undefined;
}

async function must(file, args) {
  const result = await run(file, args);
  if (result.code === 0) return;
  throw new SetupFailure(`${file} failed while the Debian root was made.`, {
    details: result.output,
  });
}

async function mustInside(root, argv) {
  const env = { DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' };
  const { code, output } = await runInside({ root, argv, env });
  if (code === 0) return output;
  throw new SetupFailure(`${argv.slice(0, 3).join(' ')} failed inside the Debian root.`, {
    details: output.slice(-4000),
  });
}

async function build(root) {
  const mirror = debianMirror();
  const started = Date.now();
  const from = mirror ?? 'the usual mirror';
  step(`Making a Debian ${suite} root from ${from} (about 2.5 GB, kept for later runs)`);
  // The archive changes several times a day, also while it is read: then from the beginning.
  await tryAgain('debootstrap', async () => {
    rmSync(root, { recursive: true, force: true });
    await must('debootstrap', [
      '--variant=minbase',
      `--components=${components}`,
      suite,
      root,
      ...(mirror ? [mirror] : []),
    ]);
  });
  // No service starts inside.
  writeFileSync(join(root, 'usr/sbin/policy-rc.d'), '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  writeFileSync(
    join(root, 'etc/apt/apt.conf.d/90tests'),
    'Acquire::Check-Valid-Until "false";\nAPT::Install-Recommends "false";\nAcquire::Retries "3";\n' +
      'APT::Update::Error-Mode "any";\n',
  );
  writeFileSync(join(root, 'etc/dpkg/dpkg.cfg.d/90tests'), 'force-unsafe-io\n');
  step(`Base system: ${seconds(started)}`);
  const update = () => mustInside(root, ['apt-get', '-q', 'update']);
  await tryAgain('apt-get update', update);
  for (const names of packageSets) {
    const begun = Date.now();
    await tryAgain(`Installing ${names[0]} and others`, async (attempt) => {
      // What the list names may be gone by now.
      if (attempt > 1) await update();
      await mustInside(root, ['apt-get', '-q', '-y', 'install', ...names]);
    });
    step(`${names.slice(0, 3).join(', ')} …: ${seconds(begun)}`);
  }
  await mustInside(root, ['apt-get', 'clean']);
  const format = '${Package} ${Version}\\n';
  const listed = await mustInside(root, ['dpkg-query', '-W', `-f=${format}`, ...reported]);
  const versions = Object.fromEntries(
    listed
      .trim()
      .split('\n')
      .map((line) => line.split(' ')),
  );
  step(`Debian root ready after ${seconds(started)}`);
  return versions;
}

function readStamp() {
  if (!existsSync(stampFile) || !existsSync(sidRoot)) return undefined;
  const stamp = JSON.parse(readFileSync(stampFile, 'utf8'));
  return stamp.recipe === recipe ? stamp : undefined;
}

/** Why it cannot be done here, or undefined. debootstrap itself can be installed, so it is no reason. */
export function whyNotProvisioned() {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    return 'VirtualBox needs Linux on x86-64';
  if (process.getuid?.() !== 0) return 'a Debian root is made and entered with root rights only';
  return undefined;
}

/**
 * Makes the root unless it is there. Resolves to {root, versions}. A half-made root is never used: it gets its
 * name only when it is complete. Two at once: the second waits for the first.
 */
export async function provision() {
  const ready = readStamp();
  if (ready) return { root: sidRoot, versions: ready.versions };
  const reason =
    whyNotProvisioned() ??
    (existsSync('/usr/sbin/debootstrap') ? undefined : 'the package debootstrap is not installed');
  if (reason) throw new SetupFailure(`No VirtualBox to test against: ${reason}.`);
  mkdirSync(cacheDir, { recursive: true });
  // Mounts live in namespaces of their own, so a half-made root holds plain files only and may be removed.
  const making = join(cacheDir, `making-${process.pid}`);
  for (const name of readdirSync(cacheDir).filter((entry) => entry.startsWith('making-'))) {
    const pid = Number(name.slice('making-'.length));
    if (existsSync(`/proc/${pid}`) && pid !== process.pid) {
      notice(`Another process (${pid}) makes the Debian root; waiting for it`);
      while (existsSync(`/proc/${pid}`)) await new Promise((done) => setTimeout(done, 1000));
      const made = readStamp();
      if (made) return { root: sidRoot, versions: made.versions };
    }
    rmSync(join(cacheDir, name), { recursive: true, force: true });
  }
  try {
    const versions = await build(making);
    rmSync(stampFile, { force: true });
    rmSync(sidRoot, { recursive: true, force: true });
    renameSync(making, sidRoot);
    writeFileSync(stampFile, `${JSON.stringify({ recipe, versions }, null, 2)}\n`);
    return { root: sidRoot, versions };
  } catch (error) {
    rmSync(making, { recursive: true, force: true });
    throw error;
  }
}

async function main(argv) {
  const { root, versions } = await provision();
  if (argv.length === 0) {
    for (const [name, version] of Object.entries(versions)) step(`${name} ${version}`);
    return 0;
  }
  const { code } = await runInside({
    root,
    argv,
    binds: [projectRoot],
    cwd: projectRoot,
    stdio: 'inherit',
  });
  return code ?? 1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  main(process.argv.slice(2)).then(
    (code) => process.exit(code),
    (error) => process.exit(reportFailure(error)),
  );
}
