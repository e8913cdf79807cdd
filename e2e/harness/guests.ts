// Paths of our own guests for tests; builds them when they are not there yet.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
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

/** Builds the guests if any is missing. */
export const ensureGuests = async (): Promise<typeof guestPaths> => {
  if (!Object.values(guestPaths).every((path) => existsSync(path))) {
    const script = resolve(projectRoot, 'build', 'guests', 'build-guests.mjs');
    await promisify(execFile)(process.execPath, [script]);
  }
  return guestPaths;
};
