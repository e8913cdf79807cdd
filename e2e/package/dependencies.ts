// What an installed package really depends on, by dpkg's own records.
import { realpathSync } from 'node:fs';
import { must, run } from './host.ts';

interface Row {
  readonly depends: readonly string[];
}

/** Every package reachable from `name` over Depends and Pre-Depends, alternatives and provided names included. */
export const dependencyClosure = (name: string): ReadonlySet<string> => {
  const format = '${Package}\t${Provides}\t${Depends}, ${Pre-Depends}\n';
  const rows = new Map<string, Row>();
  const providers = new Map<string, string[]>();
  const bare = (text: string): string => text.trim().replace(/[\s(:[].*$/s, '');
  for (const line of must('dpkg-query', '--show', `--showformat=${format}`).split('\n')) {
    const [own = '', provides = '', depends = ''] = line.split('\t');
    if (own === '') continue;
    rows.set(own, { depends: depends.split(/[,|]/).map(bare).filter(Boolean) });
    for (const provided of provides.split(',').map(bare).filter(Boolean)) {
      providers.set(provided, [...(providers.get(provided) ?? []), own]);
    }
  }
  const found = new Set<string>();
  const queue = [name];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (found.has(next)) continue;
    if (rows.has(next)) found.add(next);
    queue.push(...(rows.get(next)?.depends ?? []), ...(providers.get(next) ?? []));
  }
  return found;
};

/** Which libraries a program loads: path, or `undefined` where the machine has none. */
export const loadedLibraries = (file: string): ReadonlyMap<string, string | undefined> => {
  const libraries = new Map<string, string | undefined>();
  for (const line of must('ldd', file).split('\n')) {
    const [, name, target] = /^\s*(\S+) => (not found|\/\S+)/.exec(line) ?? [];
    if (name !== undefined) libraries.set(name, target === 'not found' ? undefined : target);
  }
  return libraries;
};

/** The package each file came with. Packages may name a file below /lib that now lies below /usr/lib. */
export const packagesOf = (files: readonly string[]): ReadonlyMap<string, string | undefined> => {
  const namesOf = (file: string): readonly string[] => {
    const real = realpathSync(file);
    return [file, real, real.replace(/^\/usr\//, '/'), `/usr${file}`];
  };
  // One question for all of them: each costs dpkg a reading of every package's list.
  const { stdout } = run('dpkg-query', ['--search', ...files.flatMap(namesOf)]);
  const owners = new Map<string, string>();
  for (const line of stdout.split('\n')) {
    const [, owner, path] = /^([^:,]+)[^ ]*: (.*)$/.exec(line) ?? [];
    if (owner !== undefined && path !== undefined) owners.set(path, owner);
  }
  const ownerOf = (file: string): string | undefined =>
    namesOf(file)
      .map((name) => owners.get(name))
      .find((owner) => owner !== undefined);
  return new Map(files.map((file) => [file, ownerOf(file)]));
};
