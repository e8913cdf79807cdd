// Stands in for Electron's own launcher in the fallback runtime, which comes without one:
// `electron [switches] [-r module] <folder or file> [arguments]` loads that app, ESM or CJS.
import { app } from 'electron';
import { readFileSync, statSync } from 'node:fs';
import Module from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

function parse(argv) {
  const preloads = [];
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at];
    if (word === '-r' || word === '--require') preloads.push(argv[(at += 1)]);
    else if (!word.startsWith('-')) return { preloads, path: resolve(word) };
  }
  return { preloads, path: undefined };
}

function describe(path) {
  if (!statSync(path).isDirectory()) return { entry: path, folder: dirname(path), manifest: {} };
  const manifest = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
  return { entry: join(path, manifest.main ?? 'index.js'), folder: path, manifest };
}

const { preloads, path } = parse(process.argv.slice(1));
if (path === undefined) {
  console.error('No app was named. Usage: electron [switches] <folder or file> [arguments]');
  process.exit(1);
}
const { entry, folder, manifest } = describe(path);
if (manifest.version) app.setVersion(manifest.version);
if (manifest.name) app.setName(manifest.productName ?? manifest.name);
app.setAppPath(folder);
process.defaultApp = true;
if (preloads.length > 0) Module._preloadModules(preloads);
try {
  await import(pathToFileURL(entry).href);
} catch (error) {
  console.error(error);
  process.exit(1);
}
