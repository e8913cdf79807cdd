// Fetches one pinned package from the npm registry, checks its sha512 and unpacks it.
import { spawnSync } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { tryAgain } from './again.mjs';
import { runtimeDir } from './paths.mjs';
import { run } from './run.mjs';
import { SetupFailure } from './say.mjs';
import { requireSha512 } from './verify.mjs';

// Without one byte for this long the connection counts as dead.
const stallMs = 30_000;

/** The registry npm is set to: by environment, else asked of the npm that runs this script or is on PATH. */
export function registryUrl(env = process.env) {
  const configured = env.npm_config_registry ?? env.NPM_CONFIG_REGISTRY ?? askNpm(env);
  if (!configured) {
    throw new SetupFailure('The npm registry is not known here.', {
      remedy: 'Run this through npm (`npm start`, `npm test`), or set npm_config_registry.',
    });
  }
  return configured.replace(/\/*$/, '/');
}

function askNpm(env) {
  const script = env.npm_execpath;
  const [file, ...first] = script ? [process.execPath, script] : ['npm'];
  const answer = spawnSync(file, [...first, 'config', 'get', 'registry'], { encoding: 'utf8' });
  const url = (answer.stdout ?? '').trim().split('\n').at(-1) ?? '';
  return /^https?:\/\//.test(url) ? url : undefined;
}

export function tarballUrl({ name, version }, registry = registryUrl()) {
  return `${registry}${name}/-/${name.split('/').pop()}-${version}.tgz`;
}

/**
 * Unpacks the package into a new temporary folder under `base` and calls `use(folder)` with its
 * content; the folder is removed afterwards.
 */
export async function withPackage(pin, use, base = runtimeDir) {
  await mkdir(base, { recursive: true });
  const work = await mkdtemp(join(base, 'fetch-'));
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
  try {
    await tryAgain(`The download of ${url}`, () => downloadOnce(url, target), { pauseMs: 3000 });
  } catch (error) {
    throw new SetupFailure(`The download of ${url} failed.`, {
      details: String(error?.cause ?? error),
      remedy:
        'Check the network and the npm registry setting (npm config get registry), try again.',
    });
  }
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
