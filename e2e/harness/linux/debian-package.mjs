// Fetches Debian packages and unpacks them into .cache, without installing anything. Works as an ordinary
// user; where the system's package lists are missing, lists of its own are fetched into .cache. A place without
// a network, or with another release of Debian, is given what it needs before: `provideLinuxGuest`, `lendLinuxGuest`.
import { execFile } from 'node:child_process';
import { chownSync, existsSync, realpathSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { tryAgain } from '../../../build/setup/again.mjs';
import { root as projectRoot } from '../../../build/setup/paths.mjs';

const execute = promisify(execFile);
const cacheOf = (tree) => join(tree, '.cache', 'debian');
const cache = cacheOf(projectRoot);
/** Named by package alone. */
const providedIn = (tree) => join(cacheOf(tree), 'provided');

/** What every Linux guest is made of; those that are only a name for their first dependency. */
const guestPackages = [
  { name: 'linux-image-cloud-amd64', isMeta: true },
  { name: 'busybox-static', isMeta: false },
];

async function run(file, args, cwd = cache) {
  const { stdout } = await execute(file, args, { cwd, maxBuffer: 64 * 1024 * 1024 });
  return stdout;
}

let ownLists;

/** Options that make apt use lists of our own, just fetched. */
function withOwnLists() {
  ownLists ??= (async () => {
    const state = join(cache, `apt-${process.pid}`);
    await mkdir(join(state, 'lists', 'partial'), { recursive: true });
    const options = ['-o', `Dir::State::lists=${state}/lists`, '-o', `Dir::Cache=${state}`];
    options.push('-o', 'Acquire::Retries=3', '-o', 'APT::Update::Error-Mode=any');
    await run('apt-get', [...options, '-o', 'APT::Sandbox::User=', 'update', '-q']);
    return options;
  })();
  return ownLists;
}

const field = (text, name) => new RegExp(`^${name}: (.+)$`, 'm').exec(text)?.[1] ?? '';

const show = (name, options) => run('apt-cache', [...options, 'show', '--no-all-versions', name]);

async function unpack(name, options) {
  const version = field(await show(name, options), 'Version');
  const target = join(cache, `${name}_${version.replaceAll(/[^\w.+~-]/g, '_')}`);
  if (existsSync(target)) return target;
  const work = await mkdtemp(join(cache, 'work-'));
  try {
    await run('apt-get', [...options, '-q', 'download', `${name}=${version}`], work);
    const archive = (await readdir(work)).find((file) => file.endsWith('.deb'));
    if (archive === undefined) throw new Error(`apt downloaded nothing for ${name}`);
    await run('dpkg-deb', ['-x', join(work, archive), join(work, 'files')]);
    // Another test may have been faster: its copy is as good.
    await rename(join(work, 'files'), target).catch((error) => {
      if (!existsSync(target)) throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return target;
}

async function unpackFirst(name, isMeta, options) {
  if (!isMeta) return unpack(name, options);
  const first = field(await show(name, options), 'Depends').split(/[ ,(]/)[0] ?? '';
  return unpack(first, options);
}

async function fetchPackage(name, isMeta) {
  await mkdir(cache, { recursive: true });
  try {
    return await unpackFirst(name, isMeta, []);
  } catch (error) {
    if (error?.code === 'ENOENT') throw error; // There is no apt.
    // The system's lists are missing, or so old that what they name is gone.
    return tryAgain(`Fetching ${name}`, async () => {
      const lists = withOwnLists();
      try {
        return await unpackFirst(name, isMeta, await lists);
      } catch (again) {
        // They may be old by now too.
        if (ownLists === lists) ownLists = undefined;
        throw again;
      }
    });
  }
}

/**
 * Folder with the unpacked files of the package: of what was provided, else of its current version. With `isMeta` the
 * package is only a name for its first dependency, which is what gets unpacked.
 */
export async function unpackedPackage(name, isMeta = false) {
  const provided = join(providedIn(projectRoot), name);
  return existsSync(provided) ? provided : fetchPackage(name, isMeta);
}

/** Fetches the current packages that Linux guests are made of. Rejects on a system that has no apt. */
export async function provideLinuxGuest() {
  const folder = providedIn(projectRoot);
  for (const { name, isMeta } of guestPackages) {
    const target = await fetchPackage(name, isMeta);
    await mkdir(folder, { recursive: true });
    const making = join(folder, `${name}-${process.pid}`);
    await symlink(join('..', basename(target)), making);
    await rename(making, join(folder, name));
  }
}

/** Puts what was provided into the tree of the user who runs the tests. Needs root rights. */
export async function lendLinuxGuest({ cwd, uid, gid }) {
  const folder = providedIn(cwd);
  await mkdir(folder, { recursive: true });
  for (const made of [join(cwd, '.cache'), cacheOf(cwd), folder]) chownSync(made, uid, gid);
  for (const { name } of guestPackages) {
    const lent = join(folder, name);
    if (existsSync(lent)) continue;
    const from = realpathSync(join(providedIn(projectRoot), name));
    // Hard links; a copy where the tree is on another file system.
    await run('cp', ['-al', from, lent]).catch(async () => {
      await rm(lent, { recursive: true, force: true });
      await run('cp', ['-a', from, lent]);
    });
  }
}
