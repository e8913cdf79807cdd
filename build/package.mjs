// Makes the packages: node build/package.mjs [--target=deb,tar.gz] [--out=dist] [--ci-unofficial-runtime]
// electron-builder makes the unpacked program (asar, fuses); .deb and .tar.gz are made from it with the
// system's own tools, since electron-builder fetches its tools for both from places not everybody reaches.
import { copyFileSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import config from './electron-builder.config.mjs';
import { buildDeb } from './package/deb.mjs';
import { bundledPackages, renderLicences } from './package/licences.mjs';
import { judgeRuntime, packageNames } from './package/runtime-choice.mjs';
import { buildTarball } from './package/tarball.mjs';
import { buildAll } from './setup/build-app.mjs';
import { fallback, findElectron, officialVersion } from './setup/electron-runtime.mjs';
import { root } from './setup/paths.mjs';
import { SetupFailure, reportFailure, seconds, step } from './setup/say.mjs';

const arches = { x64: 'amd64', arm64: 'arm64' };

function parseArgs(argv) {
  const options = { targets: ['deb', 'tar.gz'], out: join(root, 'dist'), mayBeUnofficial: false };
  for (const word of argv) {
    const [name, value = ''] = word.split('=', 2);
    if (name === '--ci-unofficial-runtime') options.mayBeUnofficial = true;
    else if (name === '--out' && value) options.out = resolve(value);
    else if (name === '--target' && /^(deb|tar\.gz)(,(deb|tar\.gz))?$/.test(value))
      options.targets = value.split(',');
    else throw new SetupFailure(`Not understood: ${word}`);
  }
  return options;
}

/** Runs electron-builder up to the unpacked program. Returns its folder. */
async function unpack({ runtime, appVersion, out }) {
  const { Arch, build, Platform } = await import('electron-builder');
  rmSync(join(out, 'linux-unpacked'), { recursive: true, force: true });
  await build({
    projectDir: root,
    publish: 'never',
    targets: Platform.LINUX.createTarget('dir', Arch[process.arch]),
    config: {
      ...config,
      electronDist: runtime.dir,
      electronVersion: runtime.version,
      extraMetadata: { version: appVersion, overrides: null },
      directories: { ...config.directories, output: out },
    },
  });
  const unpacked = join(out, 'linux-unpacked');
  writeFileSync(join(unpacked, 'LICENSES.npm.txt'), renderLicences(bundledPackages(root)));
  copyFileSync(join(root, 'LICENSE'), join(unpacked, 'LICENSE.txt'));
  return unpacked;
}

/** Returns the files written. */
export async function makePackages({ targets, out, mayBeUnofficial }) {
  const runtime = findElectron();
  const { isUnofficial } = judgeRuntime(runtime, { official: officialVersion(), mayBeUnofficial });
  const arch = arches[process.arch];
  if (!arch) throw new SetupFailure(`There is no package for ${process.arch}.`);
  await buildAll(['guests', 'app']);
  mkdirSync(out, { recursive: true });
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const names = packageNames(version, { isUnofficial, arch });
  const unpacked = await unpack({ runtime, appVersion: names.appVersion, out });
  const unofficial =
    runtime.kind === 'fallback'
      ? `${fallback.name}@${fallback.version} (Electron ${runtime.version})`
      : `Electron ${runtime.version}`;
  const makers = {
    deb: () =>
      buildDeb({
        root,
        unpacked,
        file: join(out, names.deb),
        version: names.debVersion,
        arch,
        config,
        unofficial: isUnofficial ? unofficial : undefined,
        isFast: isUnofficial,
      }),
    'tar.gz': () =>
      buildTarball({
        unpacked,
        file: join(out, names.tar),
        folder: `polyvisor-${names.appVersion}`,
        isFast: isUnofficial,
      }),
  };
  return targets.map((target) => {
    const started = Date.now();
    const file = makers[target]();
    step(`${file}, ${Math.round(statSync(file).size / 1e6)} MB (${seconds(started)})`);
    return file;
  });
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    await makePackages(parseArgs(process.argv.slice(2)));
  } catch (error) {
    process.exitCode = reportFailure(error);
  }
}
