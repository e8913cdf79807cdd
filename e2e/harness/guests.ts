// Paths of our own guests for tests; builds them when needed.
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { execFile } from 'node:child_process';

export const projectRoot = resolve(import.meta.dirname, '..', '..');
const outDir = resolve(projectRoot, 'out', 'guests');

export const guestPaths = {
  disk: resolve(outDir, 'probe.img'),
  floppy: resolve(outDir, 'probe-floppy.img'),
  iso: resolve(outDir, 'probe.iso'),
  selftest: resolve(outDir, 'selftest.rom'),
} as const;

const buildScript = `import(process.argv[1]).then((build) => build.buildAll(process.argv.slice(2)))`;

/** Builds what tests run, unless it is up to date: `guests`, and `core` for plain Node. */
export const ensureBuilt = async (...parts: readonly ('guests' | 'core')[]): Promise<void> => {
  // `npm test` has just built everything, and the user it runs us as may not write the stamps.
  if (process.env['POLYVISOR_COUNTS'] !== undefined) return;
  const module = pathToFileURL(resolve(projectRoot, 'build', 'setup', 'build-app.mjs')).href;
  const args = ['-e', buildScript, module, ...parts];
  await promisify(execFile)(process.execPath, args, { cwd: projectRoot });
};

/** Paths of our guests, built when they are not up to date. */
export const ensureGuests = async (): Promise<typeof guestPaths> => {
  await ensureBuilt('guests');
  return guestPaths;
};
