// Owns the folders of the set-up. Runs on Node 18, so no import.meta.dirname here.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
/** Fetched run-times (Node, npm, Electron) and stamps; ignored by git, safe to delete. */
export const runtimeDir = join(root, '.runtime');
export const outDir = join(root, 'out');
