// A package for users carries the official runtime only; anything else is marked and never looks like a release.
import { describe, expect, it } from 'vitest';
import { judgeRuntime, packageNames } from './runtime-choice.mjs';

const official = '45.4.1';
const at = (kind, version) => ({ kind, version, dir: '/x', binary: '/x/electron' });

describe('the runtime of a package', () => {
  it.each(['official', 'override'])('takes the %s runtime of the pinned version', (kind) => {
    const judged = judgeRuntime(at(kind, official), { official, mayBeUnofficial: false });
    expect(judged).toEqual({ isUnofficial: false });
  });

  it('refuses the third-party build and says what to do', () => {
    const runtime = at('fallback', '33.2.1');
    expect(() => judgeRuntime(runtime, { official, mayBeUnofficial: false })).toThrow(
      /third-party build of Electron 33\.2\.1.*only carry the official Electron 45\.4\.1/s,
    );
    expect(judgeRuntime(runtime, { official, mayBeUnofficial: true })).toEqual({
      isUnofficial: true,
    });
  });

  it('refuses the third-party build even under the pinned number', () => {
    const runtime = at('fallback', official);
    expect(() => judgeRuntime(runtime, { official, mayBeUnofficial: false })).toThrow();
  });

  it.each(['33.2.1', 'unknown'])('refuses an override of version %s', (version) => {
    const runtime = at('override', version);
    expect(() => judgeRuntime(runtime, { official, mayBeUnofficial: false })).toThrow(
      /not the pinned 45\.4\.1/,
    );
  });

  it('refuses to package without a runtime', () => {
    expect(() => judgeRuntime(undefined, { official, mayBeUnofficial: true })).toThrow(
      'no Electron runtime',
    );
  });

  it('marks a package that must not be published in version and file name', () => {
    expect(packageNames('1.2.0', { isUnofficial: true, arch: 'amd64' })).toEqual({
      appVersion: '1.2.0-ci',
      debVersion: '1.2.0~ci',
      deb: 'polyvisor_1.2.0_amd64-ci.deb',
      tar: 'polyvisor-1.2.0-linux-amd64-ci.tar.gz',
    });
    expect(packageNames('1.2.0-rc.1', { isUnofficial: false, arch: 'amd64' })).toMatchObject({
      debVersion: '1.2.0~rc.1',
      deb: 'polyvisor_1.2.0-rc.1_amd64.deb',
    });
  });
});
