// Remembers what a step was done with, so that a second start can leave the step out.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runtimeDir } from './paths.mjs';

/** Hash over the names and contents of files; folders are walked, missing paths count as such. */
export function hashOf(base, paths) {
  const hash = createHash('sha256');
  const add = (relative) => {
    const full = join(base, relative);
    let info;
    try {
      info = statSync(full);
    } catch {
      hash.update(`${relative}\0missing\0`);
      return;
    }
    if (info.isDirectory()) {
      for (const name of readdirSync(full).sort()) add(`${relative}/${name}`);
    } else {
      hash.update(`${relative}\0${info.size}\0`);
      hash.update(readFileSync(full));
    }
  };
  paths.forEach(add);
  return hash.digest('hex');
}

const fileOf = (name, dir) => join(dir, `${name}.stamp`);

export function isStamped(name, value, dir = runtimeDir) {
  try {
    return readFileSync(fileOf(name, dir), 'utf8') === value;
  } catch {
    return false; // No stamp yet.
  }
}

export function writeStamp(name, value, dir = runtimeDir) {
  mkdirSync(dirname(fileOf(name, dir)), { recursive: true });
  writeFileSync(fileOf(name, dir), value);
}

export function clearStamp(name, dir = runtimeDir) {
  rmSync(fileOf(name, dir), { force: true });
}
