// Which Electron may go into a package: the official one of the pinned version, else only a marked CI package.
import { SetupFailure } from '../setup/say.mjs';

/**
 * Returns {isUnofficial} or throws. `runtime` is what findElectron() found; `official` the pinned version.
 */
export function judgeRuntime(runtime, { official, mayBeUnofficial }) {
  if (!runtime) {
    throw new SetupFailure('There is no Electron runtime yet.', {
      remedy: 'Run: npm start -- --setup-only',
    });
  }
  const isOfficial = runtime.kind !== 'fallback' && runtime.version === official;
  if (isOfficial) return { isUnofficial: false };
  if (mayBeUnofficial) return { isUnofficial: true };
  const found =
    runtime.kind === 'fallback'
      ? `The runtime at hand is the third-party build of Electron ${runtime.version}`
      : `The runtime at hand is Electron ${runtime.version}, not the pinned ${official}`;
  throw new SetupFailure(
    `${found}, and a release may only carry the official Electron ${official}.`,
    {
      remedy:
        'Set ELECTRON_OVERRIDE_DIST_PATH to the official one, or run where it can be downloaded. ' +
        'For a package that is only tested and never published: --ci-unofficial-runtime',
    },
  );
}

/** Names of one build. A package that must not be published says so in version and file name. */
export function packageNames(version, { isUnofficial, arch }) {
  return {
    appVersion: isUnofficial ? `${version}-ci` : version,
    // Sorts before the release: installing that one replaces it.
    debVersion: isUnofficial ? `${version}~ci` : version.replace('-', '~'),
    deb: `polyvisor_${version}_${arch}${isUnofficial ? '-ci' : ''}.deb`,
    tar: `polyvisor-${version}-linux-${arch}${isUnofficial ? '-ci' : ''}.tar.gz`,
  };
}
