// The set-up in one piece: everything between a fresh clone and a startable app.
import { buildAll } from './build-app.mjs';
import { ensureElectron } from './electron-runtime.mjs';
import { ensureNpmPackages } from './npm-install.mjs';
import { ensurePackages } from './system-packages.mjs';

/** Builds `parts` (see build-app.mjs). Returns the Electron runtime to use. Runs in a Node that is new enough. */
export async function prepare({ purposes, parts, isYes, mayAsk }) {
  await ensurePackages(purposes, { isYes, mayAsk });
  await ensureNpmPackages();
  const electron = await ensureElectron();
  await buildAll(parts);
  return electron;
}
