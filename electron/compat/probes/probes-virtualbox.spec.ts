// The checks of VirtualBox and of what stands beside it, on folders that stand for hosts: good, bad, unreadable.
import { gzipSync } from 'node:zlib';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { hostFolder, probeHost } from '../__fixtures__/host-folder.ts';
import {
  ask,
  expectCase,
  library,
  ownDriver,
  withDriver,
  withoutKvm,
  titled,
  type ProbeCase,
} from '../__fixtures__/probe-table.ts';
import { allProbes } from './all.ts';

const undo: (() => void)[] = [];
afterEach(() => undo.splice(0).forEach((step) => step()));

const kernel = '6.17.4-1-amd64';
const running = { '/proc/sys/kernel/osrelease': kernel };
const modules = `/lib/modules/${kernel}/modules.dep`;
const built = { ...running, [modules]: 'updates/dkms/vboxdrv.ko.xz:\n' };
const notBuilt = { ...running, [modules]: 'kernel/net/tun.ko:\n' };
const loaded = { ...running, '/sys/module/vboxdrv/version': '7.2.14 r170000 (0x00390002)' };
const driver = withDriver();
const gone = withDriver({ probe: { kind: 'missing', lookedIn: ['/usr/bin'] } });
const secure = {
  '/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c':
    '\u0006\u0000\u0000\u0000\u0001',
};
const config = `/boot/config-${kernel}`;
const programs = { [`${library}/VirtualBoxVM`]: '' };
const setUid = {
  files: { ...loaded, ...programs },
  modes: { [`${library}/VirtualBoxVM`]: 0o4755 },
};
const parameter = '/sys/module/kvm/parameters/enable_virt_at_load';
const pack = (name: string, version: string) => ({
  [`${library}/ExtensionPacks/${name}/ExtPack.xml`]: `<VirtualBoxExtensionPack><Name>${name}</Name><Version revision="1">${version}</Version></VirtualBoxExtensionPack>`,
});
const onKvm = {
  '/proc/21/comm': 'qemu-system-x86\n',
  '/proc/21/cmdline': 'qemu\0-name\0Fedora\0-accel\0kvm\0',
};
const onDriver = {
  '/proc/23/comm': 'VBoxHeadless\n',
  '/proc/23/cmdline': 'VBoxHeadless\0--comment\0Win10\0',
};
const member = { user: { name: 'anna', uid: 1000, groups: [1000, 125] } };
const stranger = { user: { name: 'anna', uid: 1000, groups: [1000] } };
const netParts = {
  '/sys/module/vboxnetflt/x': '',
  '/sys/module/vboxnetadp/x': '',
  '/dev/vboxnetctl': '',
};
const unreadable = (path: string) => ({ [`${path}/x`]: '' });

// prettier-ignore
const cases: readonly ProbeCase[] = [
  ['vb.version', 'found', {}, driver, 'good', 'vbYes'],
  ['vb.version', 'development build', {}, withDriver({ probe: { kind: 'found', version: '7.2.97', paths: {} } }), 'good', 'vbDevelopment'],
  ['vb.version', 'missing', {}, gone, 'info', 'vbNo'],
  ['vb.version', 'broken', {}, withDriver({ probe: { kind: 'broken', command: ['VBoxManage'], exitCode: 1, stderrTail: 'x' } }), 'blocked', 'vbBroken'],
  ['vb.version', 'not asked yet', {}, withDriver({ probe: { kind: 'pending' } }), 'unknown'],
  ['vb.version', 'no such driver', {}, {}, 'hidden'],
  ['vb.kvm', 'built with it', {}, driver, 'good', 'vbKvmYes'],
  ['vb.kvm', 'built without', {}, withoutKvm, 'info', 'vbKvmNo'],
  ['vb.kvm', 'not asked yet', {}, { drivers: () => [{ ...ownDriver, capabilities: undefined }] }, 'hidden'],
  ['vb.drv.loaded', 'opened', { files: loaded, links: { '/dev/vboxdrv': '/dev/null' } }, driver, 'good', 'vbDriverYes'],
  ['vb.drv.loaded', 'not loaded', { files: built }, driver, 'blocked', 'vbDriverNo'],
  ['vb.drv.loaded', 'a file in place of the node', { files: { ...loaded, '/dev/vboxdrv': '' } }, driver, 'blocked', 'vbDriverDead'],
  ['vb.drv.loaded', 'loaded without a node', { files: loaded }, driver, 'blocked', 'vbDriverDead'],
  ['vb.drv.loaded', 'closed to an open build', { files: loaded }, { ...driver, lookAtVboxdrv: async () => deniedLook }, 'blocked', 'vbDriverDenied'],
  ['vb.drv.loaded', 'closed, but the programs are set-uid', setUid, { ...driver, lookAtVboxdrv: async () => deniedLook }, 'good', 'vbDriverYes'],
  ['vb.drv.loaded', 'failing', { files: loaded }, { ...driver, lookAtVboxdrv: async () => ({ ...deniedLook, device: { kind: 'failed', detail: 'EIO' } }) }, 'unknown'],
  ['vb.drv.loaded', 'no VirtualBox', {}, gone, 'hidden'],
  ['vb.drv.built', 'built', { files: built }, driver, 'good', 'vbBuiltYes'],
  ['vb.drv.built', 'not built', { files: { ...notBuilt, [`/lib/modules/${kernel}/build/x`]: '' } }, driver, 'blocked', 'vbBuiltNo'],
  ['vb.drv.built', 'no headers', { files: notBuilt }, driver, 'blocked', 'vbBuiltNoHeaders'],
  ['vb.drv.built', 'no list of modules', { files: running }, driver, 'unknown'],
  ['vb.drv.built', 'loaded answers it', { files: loaded }, driver, 'hidden'],
  ['vb.drv.kconfig', 'all there', { files: { ...notBuilt, [config]: 'CONFIG_KVM=m\nCONFIG_KPROBES=y\n' } }, driver, 'good', 'vbKconfigYes'],
  ['vb.drv.kconfig', 'lacking', { files: { ...notBuilt, [config]: 'CONFIG_KVM=m\n# CONFIG_KPROBES is not set\n' } }, driver, 'blocked', 'vbKconfigNo'],
  ['vb.drv.kconfig', 'not to be found', { files: notBuilt }, driver, 'unknown'],
  ['vb.drv.kconfig', 'an older kernel', { files: { '/proc/sys/kernel/osrelease': '6.1.0' } }, driver, 'hidden'],
  ['vb.drv.match', 'the same', { files: loaded }, driver, 'good', 'vbMatchYes'],
  ['vb.drv.match', 'another', { files: { ...loaded, '/sys/module/vboxdrv/version': '7.2.6 r172322 (0x00340002)' } }, driver, 'blocked', 'vbMatchNo'],
  ['vb.drv.match', 'nonsense', { files: { ...loaded, '/sys/module/vboxdrv/version': 'x' } }, driver, 'unknown'],
  ['vb.drv.match', 'not loaded', { files: running }, driver, 'hidden'],
  ['vb.drv.sign', 'loaded all the same', { files: { ...loaded, ...secure } }, driver, 'good', 'vbSignedYes'],
  ['vb.drv.sign', 'built and kept out', { files: { ...built, ...secure } }, driver, 'blocked', 'vbSignedNo'],
  ['vb.drv.sign', 'not built yet', { files: { ...notBuilt, ...secure } }, driver, 'info', 'vbSignedLater'],
  ['vb.drv.sign', 'lockdown without UEFI', { files: { ...built, '/sys/kernel/security/lockdown': 'none [integrity]' } }, driver, 'blocked', 'vbSignedNo'],
  ['vb.drv.sign', 'no Secure Boot', { files: built }, driver, 'hidden'],
  ['vb.hard', 'set-uid', setUid, driver, 'info', 'vbHardened'],
  ['vb.hard', 'not', { files: programs }, driver, 'info', 'vbNotHardened'],
  ['vb.hard', 'no programs', {}, withDriver({ probe: { kind: 'found', version: '7.2.14', paths: {} } }), 'unknown'],
  ['vb.svc', 'the installed one', { files: { '/proc/30/comm': 'VBoxSVC\n' }, links: { '/proc/30/exe': '/usr/lib/virtualbox/VBoxSVC' } }, driver, 'good', 'vbServiceYes'],
  ['vb.svc', 'a replaced one', { files: { '/proc/30/comm': 'VBoxSVC\n' }, links: { '/proc/30/exe': '/usr/lib/virtualbox/VBoxSVC (deleted)' } }, driver, 'warn', 'vbServiceOld'],
  ['vb.svc', 'none', {}, driver, 'hidden'],
  ['vb.extpack', 'of the version', { files: pack('VNC', '7.2.14') }, driver, 'good', 'vbPacksYes'],
  ['vb.extpack', 'of another', { files: { ...pack('VNC', '7.2.14'), ...pack('Oracle', '7.2.6') } }, driver, 'warn', 'vbPacksOld'],
  ['vb.extpack', 'none', {}, driver, 'info', 'vbPacksNo'],
  ['vb.extpack', 'a damaged one counts as none', { files: { [`${library}/ExtensionPacks/VNC/ExtPack.xml`]: '<' } }, driver, 'info', 'vbPacksNo'],
  ['vb.users', 'member', { files: { '/etc/group': 'root:x:0:\nvboxusers:x:125:anna\n' } }, { ...driver, ...member }, 'good', 'vbUsersYes'],
  ['vb.users', 'from the next login on', { files: { '/etc/group': 'vboxusers:x:125:ben,anna\n' } }, { ...driver, ...stranger }, 'warn', 'vbUsersLater'],
  ['vb.users', 'stranger', { files: { '/etc/group': 'vboxusers:x:125:ben\n' } }, { ...driver, ...stranger }, 'warn', 'vbUsersNo'],
  ['vb.users', 'no such group', { files: { '/etc/group': 'root:x:0:\n' } }, { ...driver, ...stranger }, 'warn', 'vbUsersNo'],
  ['vb.users', 'unreadable', { files: unreadable('/etc/group') }, driver, 'unknown'],
  ['vb.net.mods', 'there', { files: { ...loaded, ...netParts } }, driver, 'good', 'vbNetModulesYes'],
  ['vb.net.mods', 'missing', { files: loaded }, driver, 'warn', 'vbNetModulesNo'],
  ['vb.net.mods', 'without the driver no question', {}, driver, 'hidden'],
  ['vb.hostonly.range', 'the usual', { files: loaded }, driver, 'info', 'vbHostOnlyUsual'],
  ['vb.hostonly.range', 'an own one', { files: { ...loaded, '/etc/vbox/networks.conf': '# x\n* 10.0.0.0/8\n* fd00::/64\n' } }, driver, 'good', 'vbHostOnlyOwn'],
  ['vb.hostonly.range', 'unreadable', { files: { ...loaded, ...unreadable('/etc/vbox/networks.conf') } }, driver, 'unknown'],
  ['hv.kvmvm', 'none', { files: onDriver }, driver, 'good', 'hvKvmNone'],
  ['hv.kvmvm', 'one', { files: onKvm }, driver, 'info', 'hvKvmSome'],
  ['hv.kvmvm', 'no VirtualBox', { files: onKvm }, gone, 'hidden'],
  ['hv.vboxvm', 'none', { files: { ...loaded, ...onKvm } }, driver, 'good', 'hvVboxNone'],
  ['hv.vboxvm', 'one', { files: { ...loaded, ...onDriver } }, driver, 'info', 'hvVboxSome'],
  ['hv.vboxvm', 'no driver', { files: onDriver }, driver, 'hidden'],
  ['cpu.xsave', 'there', { files: { '/proc/cpuinfo': 'flags\t\t: fpu xsave\n' } }, driver, 'good', 'cpuXsaveYes'],
  ['cpu.xsave', 'lacking', { files: { '/proc/cpuinfo': 'flags\t\t: fpu\n' } }, driver, 'blocked', 'cpuXsaveNo'],
  ['cpu.xsave', 'unreadable', {}, driver, 'unknown'],
  ['cpu.xsave', 'no VirtualBox', {}, gone, 'hidden'],
];

const deniedLook = {
  kernel,
  isLoaded: true,
  moduleVersion: undefined,
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
} as const;

describe('checks of VirtualBox', () => {
  it.each(titled(cases))('%s, %s', async (_, __, row) => {
    await expectCase(row, undo);
  });

  it.each([
    ['7.2.14', kernel, 'Y', 'good', 'vboxdrv.good', false],
    ['7.2.14', '6.12.1', 'Y', 'blocked', 'vboxdrv.kvmKeepsVirtualization', false],
    ['7.2.14', kernel, 'N', 'blocked', 'vboxdrv.leftoverSetting', true],
    ['7.2.10', '7.0.1', 'Y', 'blocked', 'vboxdrv.versionCrashesKernel', true],
  ])(
    'avl: VirtualBox %s on %s with %s',
    async (version, release, value, verdict, key, isCritical) => {
      const files = {
        '/proc/sys/kernel/osrelease': release,
        [parameter]: value,
        '/sys/module/kvm_intel/x': '',
      };
      const probe = { kind: 'found', version, paths: {} } as const;
      const found = await ask('avl', { files }, withDriver({ probe }), undo);
      expect([found?.verdict, found?.sentence.key]).toEqual([verdict, key]);
      expect(found?.isCritical ?? false).toBe(isCritical);
      expect(found?.raw).toContain('https://');
      expect(found!.remedies.length > 0).toBe(verdict === 'blocked');
    },
  );

  it('avl is exclusive, not blocked, beside a machine on KVM', async () => {
    const found = await ask('avl', { files: { ...running, ...onKvm } }, driver, undo);
    expect([found?.verdict, found?.sentence.key]).toEqual(['info', 'vboxdrv.notBesideKvm']);
    expect(found?.raw).toContain('qemu-system-x86 (21)');
  });

  it('the configuration inside the kernel is read too', async () => {
    const folder = hostFolder(notBuilt);
    undo.push(folder.remove);
    mkdirSync(join(folder.root, 'proc'), { recursive: true });
    writeFileSync(join(folder.root, 'proc/config.gz'), gzipSync('CONFIG_KVM=y\n'));
    const probe = allProbes.find(({ id }) => id === 'vb.drv.kconfig')!;
    const found = await probe.run(probeHost(folder.root, driver));
    expect(found).toMatchObject({
      verdict: 'blocked',
      raw: 'CONFIG_KVM=y\nCONFIG_KPROBES is not set',
    });
  });

  it('every check of VirtualBox has its cases', () => {
    const tested = new Set(cases.map(([id]) => id));
    const wanted = allProbes.filter((probe) => probe.category === 'virtualbox').map(({ id }) => id);
    expect(wanted.filter((id) => !tested.has(id))).toEqual(['avl']);
  });
});
