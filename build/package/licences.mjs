// The licences of everything from npm that is bundled into the program, in one file beside it. Which packages
// those are is read from the imports of our sources and the packages' own dependencies.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Where the bundles begin. */
const entries = ['electron/main.ts', 'electron/preload.ts', 'renderer/src/main.tsx'];

/** Shipped beside the bundles, as it is. */
const shipped = ['koffi'];

/** `@scope/name/sub` → `@scope/name`; nothing for relative paths, Node's own modules and Electron. */
export function packageOf(specifier) {
  if (/^(\.|\/|node:|electron$)/.test(specifier)) return undefined;
  const length = specifier.startsWith('@') ? 2 : 1;
  return specifier.split('/').slice(0, length).join('/');
}

/** What a source text imports for its values, lazily too; types leave no trace in the bundle. */
export function importsOf(source) {
  const still = /(?:^|\n)\s*(?:import|export)\s+(?!type\b)(?:[^'";]*?from\s+)?['"]([^'"]+)['"]/g;
  const lazy = /\bimport\(\s*['"]([^'"]+)['"]/g;
  return [still, lazy].flatMap((pattern) =>
    [...source.matchAll(pattern)].map(([, specifier = '']) => specifier),
  );
}

/** Names of the packages that the sources reachable from the entries import. */
function importedPackages(root) {
  const names = new Set();
  const queue = entries.map((entry) => join(root, entry));
  const seen = new Set(queue);
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (!/\.tsx?$/.test(path)) continue;
    for (const specifier of importsOf(readFileSync(path, 'utf8'))) {
      const name = packageOf(specifier);
      if (name !== undefined) names.add(name);
      const next = join(dirname(path), specifier.replace(/\?.*$/, ''));
      if (!specifier.startsWith('.') || seen.has(next)) continue;
      seen.add(next);
      queue.push(next);
    }
  }
  return [...names];
}

/** Folder of an installed package as `from` sees it. */
function folderOf(name, from) {
  for (const base of createRequire(join(from, 'x.js')).resolve.paths(name) ?? []) {
    const folder = join(base, name);
    if (existsSync(join(folder, 'package.json'))) return folder;
  }
  return undefined;
}

/** Some packages keep the full texts in docs/. */
function licenceTexts(folder) {
  return [folder, join(folder, 'docs')]
    .filter((place) => existsSync(place))
    .flatMap((place) =>
      readdirSync(place, { withFileTypes: true })
        .filter((entry) => entry.isFile() && /^(licen[cs]e|copying|notice)/i.test(entry.name))
        .map((entry) => join(place, entry.name))
        .sort(),
    )
    .map((path) => readFileSync(path, 'utf8').trim());
}

/** One entry per package, sorted. Throws for a package that names no licence. */
export function bundledPackages(root) {
  const queue = [...importedPackages(root), ...shipped].map((name) => ({ name, from: root }));
  const found = new Map();
  for (let next = queue.pop(); next; next = queue.pop()) {
    const folder = folderOf(next.name, next.from);
    // An optional dependency that is not installed is not bundled either.
    if (folder === undefined || found.has(folder)) continue;
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    if (typeof manifest.license !== 'string') {
      throw new Error(`${next.name} in ${dirname(folder)} names no licence`);
    }
    found.set(folder, {
      name: manifest.name,
      version: manifest.version,
      licence: manifest.license,
      source: manifest.homepage ?? `https://www.npmjs.com/package/${manifest.name}`,
      texts: licenceTexts(folder),
    });
    for (const name of Object.keys(manifest.dependencies ?? {})) queue.push({ name, from: folder });
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

export function renderLicences(packages) {
  const rule = '-'.repeat(78);
  const entries = packages.map(({ name, version, licence, source, texts }) =>
    [rule, `${name} ${version}`, `Licence: ${licence}`, `Source: ${source}`, '', ...texts].join(
      '\n',
    ),
  );
  return `Polyvisor contains the following packages, unchanged.\n\n${entries.join('\n\n')}\n`;
}
