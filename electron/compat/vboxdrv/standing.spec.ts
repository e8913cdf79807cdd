// How VirtualBox's own engine stands: what is missing of its driver, then driver, kernel and KVM together.
import { describe, expect, it } from 'vitest';
import { formatText } from '../../../shared/i18n/format.ts';
import { remedy } from '../remedies.ts';
import type { VboxdrvLook } from './look.ts';
import { vboxdrvStanding } from './standing.ts';

const ready: VboxdrvLook = {
  kernel: '6.17.4-1-amd64',
  isLoaded: true,
  moduleVersion: { version: '7.2.14', revision: 170_000 },
  device: { kind: 'denied', detail: 'EACCES' },
  isBuilt: true,
  hasHeaders: true,
  hasOwnSetup: false,
  isSecureBootOn: false,
  isLockedDown: false,
  hasVirtualization: true,
  enableVirtAtLoad: 'Y',
  isKvmVendorModuleLoaded: true,
  processes: [],
};
const gone: Partial<VboxdrvLook> = {
  isLoaded: false,
  moduleVersion: undefined,
  device: { kind: 'absent', detail: 'ENOENT' },
};
const machineOnKvm = { pid: 7, program: 'qemu-system-x86', machine: 'a', holds: 'kvm' } as const;
const judge = (more: Partial<VboxdrvLook>, version = '7.2.14', isSetUid = true) =>
  vboxdrvStanding({ ...ready, ...more }, { version, isSetUid });

describe('VirtualBox’s own engine', () => {
  // prettier-ignore
  it.each<[string, Partial<VboxdrvLook>, { version?: string; isSetUid?: boolean }, string, string, string | undefined]>([
    ['ready, opened by set-uid programs', {}, {}, 'usable', 'ready', undefined],
    ['ready, opened by the user', { device: { kind: 'opened' } }, { isSetUid: false }, 'usable', 'ready', undefined],
    ['the same revision', {}, { version: '7.2.14r170000' }, 'usable', 'ready', undefined],
    ['beside a machine on KVM', { processes: [machineOnKvm] }, {}, 'usable', 'ready', undefined],
    ['not loaded, but built', gone, {}, 'unusable', 'notLoaded', 'loadVboxdrv'],
    ['not built for this kernel', { ...gone, isBuilt: false }, {}, 'unusable', 'notBuilt', 'buildVboxdrv'],
    ['not built, Oracle’s package', { ...gone, isBuilt: false, hasOwnSetup: true }, {}, 'unusable', 'notBuilt', 'vboxconfig'],
    ['no list of modules', { ...gone, isBuilt: undefined }, {}, 'unusable', 'notLoaded', 'loadVboxdrv'],
    ['Secure Boot', { ...gone, isSecureBootOn: true }, {}, 'unusable', 'notSigned', 'signVboxdrv'],
    ['nothing it could use', { ...gone, hasVirtualization: false }, {}, 'unusable', 'notLoadedNoVirtualization', undefined],
    ['a node without driver', { device: { kind: 'dead', detail: 'ENXIO' }, isLoaded: false }, {}, 'unusable', 'deviceDead', 'loadVboxdrv'],
    ['a driver without node', { device: { kind: 'absent', detail: 'ENOENT' } }, {}, 'unusable', 'deviceDead', 'loadVboxdrv'],
    ['closed to the user of an open build', {}, { isSetUid: false }, 'unusable', 'denied', undefined],
    ['a failed look', { device: { kind: 'failed', detail: 'EIO' } }, {}, 'unknown', 'couldNotLook', 'lookAgain'],
    ['virtualization off', { hasVirtualization: false }, {}, 'unusable', 'noVirtualization', 'firmwareVirtualization'],
    ['another version', {}, { version: '7.2.16' }, 'unusable', 'mismatch', 'restartComputer'],
    ['another revision', {}, { version: '7.2.14r170001' }, 'unusable', 'mismatch', 'restartComputer'],
    ['avl.2', { kernel: '6.12.1' }, {}, 'unusable', 'kvmKeepsVirtualization', 'keepKvmFromVirtualization'],
    ['avl.3', { moduleVersion: undefined }, { version: '7.2.0' }, 'unusable', 'tooOldForKernel', 'updateVirtualBox'],
    ['avl.4', { moduleVersion: undefined, isKvmVendorModuleLoaded: false }, { version: '7.2.6' }, 'unusable', 'wantsKvmModule', 'loadAnyKvm'],
    ['avl.5', { enableVirtAtLoad: 'N' }, {}, 'unusable', 'leftoverSetting', 'findLeftoverSetting'],
    ['avl.6', { kernel: '7.0.3', moduleVersion: undefined }, { version: '7.2.10' }, 'unusable', 'versionCrashesKernel', 'updateVirtualBox'],
  ])('%s', (_, look, { version, isSetUid }, standing, reason, firstRemedy) => {
    const found = judge(look, version, isSetUid);
    expect([found.standing, found.reason]).toEqual([standing, `vboxdrv.because.${reason}`]);
    expect(found.remedies[0]).toBe(firstRemedy);
    expect(formatText({ key: found.reason, params: found.params })).not.toMatch(/[{}]|^vboxdrv\./);
    for (const key of found.remedies) expect(formatText(remedy(key, 'debian').label)).toMatch(/\.$/);
  });

  it('a freeze is told even where the driver is missing, and can never be overruled', () => {
    const frozen = judge({ enableVirtAtLoad: 'N' });
    expect([frozen.wouldFreeze, frozen.canForce]).toEqual([true, false]);
    const missing = judge({ ...gone, enableVirtAtLoad: 'N' });
    expect([missing.wouldFreeze, missing.canForce]).toEqual([true, false]);
  });

  it('a judgement of the table can be overruled, a missing driver cannot', () => {
    expect(judge({ kernel: '6.12.1' }).canForce).toBe(true);
    expect(judge({}, '7.2.16').canForce).toBe(true);
    expect(judge(gone).canForce).toBe(false);
    expect(judge({ hasVirtualization: false }).canForce).toBe(false);
  });

  it('a machine on KVM makes it exclusive, one in software does not', () => {
    expect(judge({ processes: [machineOnKvm] }).row.id).toBe('avl.7');
    expect(judge({ processes: [{ ...machineOnKvm, holds: 'none' }] }).row.verdict).toBe('good');
  });

  it('what was seen is measured, what the table says is documented', () => {
    expect(judge(gone).confidence).toBe('measured');
    expect(judge({}).confidence).toBe('documented');
    expect(judge({ kernel: '6.12.1' }).confidence).toBe('documented');
  });
});
