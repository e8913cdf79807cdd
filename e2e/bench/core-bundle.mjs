// Bundles a script of the benchmark together with the core and runs it in plain Node.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'vite';
import { outDir } from '../../build/setup/paths.mjs';

/** Bundles `script` of this folder with the core; returns the argv that runs it in plain Node. */
export async function buildWithCore(script, args, node = process.execPath) {
  const name = script.replace(/\.mjs$/, '');
  const folder = join(outDir, 'bench', name);
  await build({
    configFile: false,
    logLevel: 'error',
    ssr: { noExternal: true },
    build: {
      ssr: join(import.meta.dirname, script),
      outDir: folder,
      target: 'node20',
      emptyOutDir: true,
      rollupOptions: { output: { format: 'es', entryFileNames: `${name}.mjs` } },
    },
  });
  return [node, join(folder, `${name}.mjs`), outDir, ...args];
}

/** Runs `script` of this folder with our resources' folder and `args`; returns the JSON it prints. */
export async function runWithCore(script, args, env) {
  const [file, ...argv] = await buildWithCore(script, args);
  const { stdout } = await promisify(execFile)(file, argv, {
    env,
    timeout: 300_000,
    maxBuffer: 1 << 24,
  });
  return JSON.parse(stdout);
}
