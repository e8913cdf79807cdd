// Installs the locked npm packages, and only when the lock is not the one installed already.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { tryAgain } from './again.mjs';
import { ensureNpm } from './node-runtime.mjs';
import { root } from './paths.mjs';
import { run } from './run.mjs';
import { SetupFailure, seconds, step } from './say.mjs';
import { clearStamp, hashOf, isStamped, writeStamp } from './stamp.mjs';

const lockInputs = ['package-lock.json', '.npmrc'];

/** The lock names every package; scripts in package.json may change without a new installation. */
export function lockHash(base = root) {
  return hashOf(base, lockInputs);
}

export async function ensureNpmPackages() {
  const hash = lockHash();
  const modules = join(root, 'node_modules');
  // npm writes this file last, so its absence tells of an installation that was cut short.
  const isWhole = existsSync(join(modules, '.package-lock.json'));
  if (isWhole && isStamped('npm', hash)) return;
  const started = Date.now();
  step('Installing the locked npm packages');
  clearStamp('npm');
  const [node, npm] = await ensureNpm();
  const args = [npm, 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  await tryAgain('npm ci', async () => {
    const { code, output } = await run(node, args, { cwd: root });
    if (code === 0) return;
    throw new SetupFailure('npm ci failed.', {
      details: output,
      remedy:
        'Check the network and the npm registry setting (npm config get registry), try again.',
    });
  });
  writeStamp('npm', hash);
  step(`npm packages are installed (${seconds(started)})`);
}
