// Builds our guests and the app, each only when its inputs changed since the last build.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { outDir, root } from './paths.mjs';
import { run } from './run.mjs';
import { SetupFailure, reportFailure, seconds, step } from './say.mjs';
import { clearStamp, hashOf, isStamped, writeStamp } from './stamp.mjs';

const bin = (path) => join(root, 'node_modules', path);

/** One row per thing to build; `outputs` must be there for a stamp to count. */
const parts = [
  {
    name: 'guests',
    title: 'Building the probe guest',
    entry: 'build/guests/build-guests.mjs',
    inputs: ['build/guests'],
    outputs: ['guests/probe.img', 'guests/probe.iso', 'guests/selftest.rom'],
    argv: [join(root, 'build/guests/build-guests.mjs')],
  },
  {
    name: 'app',
    title: 'Building the app',
    entry: 'electron/main.ts',
    inputs: ['shared', 'electron', 'renderer', 'electron.vite.config.ts', 'package-lock.json'],
    outputs: ['main/main.js', 'preload/preload.cjs', 'renderer/index.html'],
    argv: [bin('electron-vite/bin/electron-vite.js'), 'build', '--logLevel', 'warn'],
  },
  {
    name: 'core',
    title: 'Building the core for plain Node',
    entry: 'electron/headless.ts',
    inputs: ['shared', 'electron', 'vite.core.config.ts', 'package-lock.json'],
    outputs: ['core/headless.mjs', 'core/role.mjs'],
    argv: [bin('vite/bin/vite.js'), 'build', '-c', 'vite.core.config.ts'],
  },
];

/** Builds what changed. `names` limits it; the default is all parts. */
export async function buildAll(names = parts.map((part) => part.name)) {
  for (const part of parts) {
    if (names.includes(part.name) && existsSync(join(root, part.entry))) await buildPart(part);
  }
}

async function buildPart(part) {
  const hash = hashOf(root, part.inputs);
  const isBuilt = part.outputs.every((output) => existsSync(join(outDir, output)));
  const stamp = `build-${part.name}`;
  if (isBuilt && isStamped(stamp, hash)) return;
  const started = Date.now();
  clearStamp(stamp);
  const { code, output } = await run(process.execPath, part.argv, { cwd: root });
  if (code !== 0) {
    throw new SetupFailure(`${part.title} failed.`, {
      // The stack inside the bundler says nothing about our source.
      details: output.replace(/^\s+at .*\n?/gm, ''),
      remedy: 'Correct what the message names, then start again.',
    });
  }
  writeStamp(stamp, hash);
  step(`${part.title} (${seconds(started)})`);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    await buildAll();
  } catch (error) {
    process.exitCode = reportFailure(error);
  }
}
