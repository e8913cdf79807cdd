// Owns the list of source files that checks look at, so that a check which saw fewer can say so.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const skipped = new Set(['node_modules', 'out', 'dist', '.runtime', '.cache', '__fixtures__']);

/** Every file under `folders` whose name ends in one of `endings`, relative to `root`. */
export function sourceFiles(root, folders, endings) {
  const found = [];
  const walk = (relative) => {
    let entries;
    try {
      entries = readdirSync(join(root, relative), { withFileTypes: true });
    } catch {
      return; // A part that does not exist holds no files.
    }
    for (const entry of entries) {
      const path = `${relative}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!skipped.has(entry.name)) walk(path);
      } else if (endings.some((ending) => entry.name.endsWith(ending))) {
        found.push(path);
      }
    }
  };
  folders.forEach(walk);
  return found.sort();
}
