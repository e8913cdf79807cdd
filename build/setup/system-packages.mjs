// Finds missing system packages and installs them where this user may.
import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { inShort, tryAgain } from './again.mjs';
import { readDistribution } from './distribution.mjs';
import { packageRows } from './packages.mjs';
import { run, shown } from './run.mjs';
import { SetupFailure, exitNeedsPackages, notice, seconds, step } from './say.mjs';

const libraryDirs = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib64'];
const systemBins = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Whether the thing a row stands for is on this machine, however it came there. */
export function isPresent(check) {
  switch (check.kind) {
    case 'command':
      return [...systemBins, ...(process.env.PATH ?? '').split(':')].some(
        (dir) => dir !== '' && isExecutable(join(dir, check.name)),
      );
    case 'library':
      return [...libraryDirs, '/usr/lib', '/lib'].some((dir) => existsSync(join(dir, check.name)));
    case 'file':
      return check.paths.some((path) => existsSync(path));
    default:
      throw new Error(`unknown kind of check: ${check.kind}`);
  }
}

/** Rows of the wanted purposes whose check fails. */
export function missingRows(purposes, { rows = packageRows, look = isPresent } = {}) {
  return rows.filter((row) => purposes.includes(row.purpose) && !look(row.check));
}

/**
 * Debian package names for rows: of the names a row lists, the first that the package index knows.
 * An index that knows none of them gives the last one, the oldest release's name.
 */
export function resolveDebian(rows, isKnown) {
  return rows.map((row) => row.debian.find(isKnown) ?? row.debian[row.debian.length - 1]);
}

const installers = {
  debian: ['apt-get', 'install', '-y', '--no-install-recommends'],
  fedora: ['dnf', 'install', '-y'],
  arch: ['pacman', '-S', '--needed', '--noconfirm'],
  suse: ['zypper', '--non-interactive', 'install', '--no-recommends'],
};

/** The install command of a family, or undefined where the family is not known. */
export function installCommand(family, names) {
  const prefix = installers[family];
  return prefix ? [...prefix, ...names] : undefined;
}

function debianIndexKnows() {
  const known = new Map();
  return async (names) => {
    for (const name of names) {
      if (known.has(name)) continue;
      const { output } = await run('apt-cache', ['policy', name], {
        env: { ...process.env, LC_ALL: 'C' },
      });
      known.set(name, /Candidate: (?!\(none\))\S/.test(output));
    }
    return (name) => known.get(name) === true;
  };
}

async function namesFor(family, rows) {
  if (family !== 'debian') return rows.map((row) => row[family] ?? row.debian[0]);
  const isKnown = await debianIndexKnows()(rows.flatMap((row) => row.debian));
  return resolveDebian(rows, isKnown);
}

/**
 * Makes sure that the packages of these purposes are there. With `mayAsk` a person is asked before
 * sudo runs; with `isYes` nobody is. Fails with exit code 3 where the user has to install them.
 */
export async function ensurePackages(purposes, { isYes, mayAsk }) {
  const missing = missingRows(purposes);
  if (missing.length === 0) return;
  const isEssential = missing.some((row) => row.isOptional !== true);
  const { family, name } = readDistribution();
  const isRoot = process.getuid?.() === 0;
  const names = [...new Set(await namesFor(family, missing))];
  const argv = installCommand(family, names);

  if (!isRoot && !isEssential) {
    notice(`Recommended packages are missing; the app starts without them: ${names.join(' ')}`);
    return;
  }
  if (family !== 'debian' || argv === undefined) {
    throw new SetupFailure(`System packages are missing on ${name}: ${names.join(' ')}`, {
      remedy: argv
        ? `Run this command, then start again:\n  sudo ${shown(argv)}`
        : 'Install the packages that hold these with your package manager, then start again.',
      exitCode: exitNeedsPackages,
    });
  }
  if (isRoot) await installAsRoot(missing);
  else await installWithSudo(argv, { isYes, mayAsk });

  const still = missingRows(purposes).filter((row) => row.isOptional !== true);
  if (still.length > 0) {
    throw new SetupFailure(
      `Packages were installed, but these are still not found: ${still.map((row) => row.debian.at(-1)).join(' ')}`,
      { remedy: 'Look at the output of apt-get above; the package may have failed to unpack.' },
    );
  }
}

function hasDebianIndex() {
  try {
    return readdirSync('/var/lib/apt/lists').some((name) => name.includes('Packages'));
  } catch {
    return false; // No folder, so no index.
  }
}

// An update that got only some of the lists is a failed one.
const aptOptions = [
  ...['-o', 'DPkg::Lock::Timeout=300', '-o', 'Dpkg::Use-Pty=0', '-q'],
  ...['-o', 'Acquire::Retries=3', '-o', 'APT::Update::Error-Mode=any'],
];
const aptEnv = () => ({ ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' });

async function installAsRoot(rows) {
  const started = Date.now();
  if (!hasDebianIndex()) await aptUpdate();
  await tryAgain('Installing system packages', async (attempt) => {
    // An old index names versions that the mirror no longer has.
    if (attempt > 1) await aptUpdate();
    const names = [...new Set(await namesFor('debian', rows))];
    if (attempt === 1) step(`Installing system packages: ${names.join(' ')}`);
    const { code, output } = await aptInstall(names);
    if (code === 0) return;
    throw new SetupFailure('apt-get could not install the system packages.', {
      details: output,
      remedy: `Solve what apt-get says, or run it yourself: ${shown(installCommand('debian', names))}`,
    });
  });
  step(`System packages are installed (${seconds(started)})`);
}

async function aptUpdate() {
  step('Reading the list of available packages');
  await tryAgain('apt-get update', async () => {
    const { code, output } = await run('apt-get', [...aptOptions, 'update'], { env: aptEnv() });
    if (code !== 0) throw new SetupFailure('apt-get update failed.', { details: output });
  }).catch((error) => {
    // One source of many may be gone for good; whether the rest is enough the installation tells.
    notice(`apt-get update failed: ${inShort(error)}`);
  });
}

function aptInstall(names) {
  const [, ...rest] = installCommand('debian', names);
  return run('apt-get', [...aptOptions, ...rest], { env: aptEnv(), timeoutMs: 900_000 });
}

async function installWithSudo(argv, { isYes, mayAsk }) {
  const hasSudo = isPresent({ kind: 'command', name: 'sudo' });
  const typed = hasSudo ? `sudo ${shown(argv)}` : `su -c '${shown(argv)}'`;
  const refused = (cause) =>
    new SetupFailure(cause, {
      remedy: `Run this command, then start again:\n  ${typed}`,
      exitCode: exitNeedsPackages,
    });
  if (!mayAsk && !isYes) throw refused('System packages are missing, and only root may install.');
  if (!hasSudo) throw refused('System packages are missing, and sudo is not installed.');
  notice(`System packages are missing. This command installs them:\n  ${typed}`);
  if (!isYes) {
    const dialog = createInterface({ input: process.stdin, output: process.stdout });
    const answer = await dialog.question('Run it now? [Y/n] ');
    dialog.close();
    if (/^n/i.test(answer.trim())) throw refused('The system packages were not installed.');
  }
  // --yes means that nobody is asked, not even for a password.
  const sudo = isYes ? ['-n', '--', ...argv] : ['--', ...argv];
  const { code } = await run('sudo', sudo, { stdio: 'inherit' });
  if (code !== 0)
    throw refused(
      `The command ended with exit code ${code}. Where apt-get says 404, run apt-get update first.`,
    );
}
