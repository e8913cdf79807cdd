// Fetches Debian packages and unpacks them into .cache, without installing anything. Works as an ordinary
// user; where the system's package lists are missing, lists of its own are fetched into .cache.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '../guests.ts';

const execute = promisify(execFile);
const cache = join(projectRoot, '.cache', 'debian');

const run = async (file: string, args: readonly string[], cwd = cache): Promise<string> => {
  const { stdout } = await execute(file, [...args], { cwd, maxBuffer: 64 * 1024 * 1024 });
  return stdout;
};

let ownLists: Promise<readonly string[]> | undefined;

/** Options that make apt use lists of our own, just fetched. */
const withOwnLists = (): Promise<readonly string[]> => {
  ownLists ??= (async () => {
    const state = join(cache, `apt-${process.pid}`);
    await mkdir(join(state, 'lists', 'partial'), { recursive: true });
    const options = ['-o', `Dir::State::lists=${state}/lists`, '-o', `Dir::Cache=${state}`];
    await run('apt-get', [...options, '-o', 'APT::Sandbox::User=', 'update', '-q']);
    return options;
  })();
  return ownLists;
};

const field = (text: string, name: string): string =>
  new RegExp(`^${name}: (.+)$`, 'm').exec(text)?.[1] ?? '';

const show = (name: string, options: readonly string[]): Promise<string> =>
  run('apt-cache', [...options, 'show', '--no-all-versions', name]);

const unpack = async (name: string, options: readonly string[]): Promise<string> => {
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
    await rename(join(work, 'files'), target).catch((error: unknown) => {
      if (!existsSync(target)) throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return target;
};

const unpackFirst = async (
  name: string,
  isMeta: boolean,
  options: readonly string[],
): Promise<string> => {
  if (!isMeta) return unpack(name, options);
  const first = field(await show(name, options), 'Depends').split(/[ ,(]/)[0] ?? '';
  return unpack(first, options);
};

/**
 * Folder with the unpacked files of the package's current version. With `isMeta` the package is only a name
 * for its first dependency, which is what gets unpacked.
 */
export const unpackedPackage = async (name: string, isMeta = false): Promise<string> => {
  await mkdir(cache, { recursive: true });
  try {
    return await unpackFirst(name, isMeta, []);
  } catch {
    // The system's lists are missing, or so old that what they name is gone.
    return unpackFirst(name, isMeta, await withOwnLists());
  }
};
