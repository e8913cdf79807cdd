// The checks of processor, KVM, QEMU, its neighbours and USB beyond the first ones: good, bad, unreadable.
import { afterEach, describe, expect, it } from 'vitest';
import { cpuInfo, opened, tableExec } from '../__fixtures__/host-folder.ts';
import {
  ask,
  expectCase,
  ownDriver,
  withDriver,
  titled,
  type ProbeCase,
} from '../__fixtures__/probe-table.ts';
import { qemu } from '../__fixtures__/world.ts';
import type { DeviceLook } from '../kvm/model.ts';
import { allProbes } from './all.ts';
import type { ProbeHost } from './probe.ts';

const undo: (() => void)[] = [];
afterEach(() => undo.splice(0).forEach((step) => step()));

const driver = withDriver();
const emulator: Partial<ProbeHost> = { drivers: () => [qemu] };
const flags = (words: string) => ({ '/proc/cpuinfo': cpuInfo(words) });
const unreadable = (path: string) => ({ [`${path}/x`]: '' });
const device = (look: DeviceLook): Partial<ProbeHost> => ({ lookAtKvmDevice: async () => look });
const denied: DeviceLook = { kind: 'denied', mode: '660', uid: 0, gid: 104, detail: 'EACCES' };
const journal = (stdout: string, exitCode = 0, stderr = ''): Partial<ProbeHost> => ({
  exec: async () => ({ stdout, stderr, exitCode, durationMs: 1 }),
});
const closed: Partial<ProbeHost> = { mayUse: async () => false };
const mitigate = '/proc/sys/kernel/split_lock_mitigate';
const virsh = { '/usr/bin/virsh': '' };
const apparmor = '/sys/module/apparmor/parameters/enabled';
const enforce = '/sys/fs/selinux/enforce';
const limits = (limit: string) => ({
  '/proc/self/limits': `Limit  Soft Limit  Hard Limit  Units\nMax locked memory         ${limit}              ${limit}              bytes\n`,
});
const transparent = '/sys/kernel/mm/transparent_hugepage/enabled';
const meminfo = (total: number) => ({
  '/proc/meminfo': `MemTotal: 1 kB\nHugePages_Total:       ${total}\n`,
});
const routeHead =
  'Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n';
const libvirtRoute = (name: string) =>
  `${routeHead}${name}\t007AA8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n`;
const home = { '/home/u/x': '' };
const parts = [
  'block-curl',
  'block-ssh',
  'audio-pa',
  'audio-pipewire',
  'ui-spice-core',
  'hw-display-virtio-gpu-gl',
];
const moduleFiles = (names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [`/usr/lib64/qemu/${name}.so`, '']));

// prettier-ignore
const cases: readonly ProbeCase[] = [
  ['cpu.bios', 'locked', { files: flags('sse') }, journal('kvm: disabled by BIOS\n'), 'blocked', 'cpuBiosLocked'],
  ['cpu.bios', 'no such line', { files: flags('sse') }, journal('', 1), 'info', 'cpuBiosSilent'],
  ['cpu.bios', 'closed log', { files: flags('sse') }, journal('', 1, 'Hint: You are currently not seeing messages from other users'), 'unknown'],
  ['cpu.bios', 'no journalctl', { files: flags('sse') }, {}, 'unknown'],
  ['cpu.bios', 'virtualization is there', { files: flags('vmx') }, journal('x'), 'hidden'],
  ['cpu.bios', 'a guest', { files: flags('hypervisor') }, journal('x'), 'hidden'],
  ['cpu.splitlock', 'slowing', { files: { ...flags('split_lock_detect'), [mitigate]: '1\n', '/proc/cmdline': 'quiet' } }, driver, 'warn', 'splitLockOn'],
  ['cpu.splitlock', 'off by sysctl', { files: { ...flags('split_lock_detect'), [mitigate]: '0\n' } }, driver, 'good', 'splitLockOff'],
  ['cpu.splitlock', 'off at start', { files: { ...flags('split_lock_detect'), [mitigate]: '1\n', '/proc/cmdline': 'split_lock_detect=off' } }, driver, 'good', 'splitLockOff'],
  ['cpu.splitlock', 'an older kernel', { files: flags('split_lock_detect') }, driver, 'good', 'splitLockOff'],
  ['cpu.splitlock', 'unreadable', { files: { ...flags('split_lock_detect'), ...unreadable(mitigate) } }, driver, 'unknown'],
  ['cpu.splitlock', 'another processor', { files: flags('sse') }, driver, 'hidden'],
  ['cpu.splitlock', 'no VirtualBox', { files: flags('split_lock_detect') }, emulator, 'hidden'],
  ['cpu.la57', 'on', { files: { ...flags('la57'), '/proc/cmdline': 'quiet' } }, driver, 'warn', 'la57On'],
  ['cpu.la57', 'off', { files: { ...flags('la57'), '/proc/cmdline': 'quiet no5lvl' } }, driver, 'good', 'la57Off'],
  ['cpu.la57', 'unreadable', { files: flags('la57') }, driver, 'unknown'],
  ['cpu.la57', 'another processor', { files: flags('sse') }, driver, 'hidden'],
  ['iommu', 'on', { files: { '/sys/kernel/iommu_groups/0/x': '' } }, {}, 'good', 'iommuYes'],
  ['iommu', 'off', { files: flags('vmx') }, {}, 'info', 'iommuNo'],
  ['iommu', 'a file in its place', { files: { '/sys/kernel/iommu_groups': '' } }, {}, 'info', 'iommuNo'],
  ['hv.other', 'VMware', { files: { '/sys/module/vmmon/x': '' } }, {}, 'warn', 'hvOthers'],
  ['hv.other', 'Xen', { files: { '/sys/hypervisor/type': 'xen\n' } }, {}, 'warn', 'hvOthers'],
  ['hv.other', 'none', { files: { '/sys/hypervisor/type': 'kvm\n' } }, {}, 'hidden'],
  ['kvm.perm', 'from the next login on', { files: { '/etc/group': 'kvm:x:104:u\n' } }, device(denied), 'blocked', 'kvmPermLater'],
  ['kvm.perm', 'stranger', { files: { '/etc/group': 'kvm:x:104:\n' } }, device(denied), 'blocked', 'kvmPermNo'],
  ['kvm.flatpak', 'open', { files: { '/.flatpak-info': '[Context]\ndevices=dri;kvm;\n' } }, {}, 'good', 'sandboxOpen'],
  ['kvm.flatpak', 'open to all', { files: { '/.flatpak-info': '[Context]\ndevices=all;\n' } }, {}, 'good', 'sandboxOpen'],
  ['kvm.flatpak', 'closed', { files: { '/.flatpak-info': '[Context]\ndevices=dri;\n' } }, {}, 'blocked', 'sandboxClosed'],
  ['kvm.flatpak', 'snap, open', {}, { env: { SNAP: '/snap/p/1' } }, 'good', 'sandboxOpen'],
  ['kvm.flatpak', 'snap, closed', {}, { env: { SNAP: '/snap/p/1' }, ...device(denied) }, 'blocked', 'sandboxClosed'],
  ['kvm.flatpak', 'unreadable', { files: unreadable('/.flatpak-info') }, {}, 'unknown'],
  ['kvm.flatpak', 'no sandbox', {}, {}, 'hidden'],
  ['kvm.pvm', 'paravirtual', { files: { '/sys/module/kvm_pvm/x': '' } }, {}, 'info', 'kvmPvm'],
  ['kvm.pvm', 'on a processor', { files: { '/sys/module/kvm_intel/x': '' } }, {}, 'hidden'],
  ['kvm.smm', 'on a processor', { files: { '/sys/module/kvm_amd/x': '' } }, device(opened), 'good', 'smmYes'],
  ['kvm.smm', 'paravirtual', { files: { '/sys/module/kvm_pvm/x': '' } }, device(opened), 'info', 'smmNo'],
  ['kvm.smm', 'not to be said', {}, device(opened), 'unknown'],
  ['kvm.smm', 'no KVM', {}, device({ kind: 'absent', detail: 'ENOENT' }), 'hidden'],
  ['kvm.nested', 'on', { files: { '/sys/module/kvm_intel/parameters/nested': 'Y\n' } }, {}, 'good', 'nestedYes'],
  ['kvm.nested', 'on, as a number', { files: { '/sys/module/kvm_amd/parameters/nested': '1\n' } }, {}, 'good', 'nestedYes'],
  ['kvm.nested', 'off', { files: { '/sys/module/kvm_amd/parameters/nested': '0\n' } }, {}, 'info', 'nestedNo'],
  ['kvm.nested', 'unreadable', { files: { '/sys/module/kvm_amd/x': '' } }, {}, 'unknown'],
  ['kvm.nested', 'no module of the processor', {}, {}, 'hidden'],
  ['qemu.mods', 'all', { files: moduleFiles(parts) }, emulator, 'good', 'qemuModulesYes'],
  ['qemu.mods', 'some', { files: moduleFiles(['ui-spice-core']) }, emulator, 'info', 'qemuModulesSome'],
  ['qemu.mods', 'in one piece', {}, emulator, 'good', 'qemuModulesNone'],
  ['qemu.mods', 'no QEMU', {}, { drivers: () => [{ ...qemu, probe: { kind: 'missing', lookedIn: [] } }] }, 'hidden'],
  ['qemu.tpm', 'there', { files: { '/usr/bin/swtpm': '', '/usr/bin/swtpm_setup': '' } }, {}, 'good', 'tpmYes'],
  ['qemu.tpm', 'half of it', { files: { '/usr/bin/swtpm': '' } }, {}, 'info', 'tpmNo'],
  ['qemu.vfs', 'there', { files: { '/usr/libexec/virtiofsd': '' } }, {}, 'good', 'virtiofsYes'],
  ['qemu.vfs', 'on the path', { files: { '/usr/bin/virtiofsd': '' } }, {}, 'good', 'virtiofsYes'],
  ['qemu.vfs', 'not there', {}, {}, 'info', 'virtiofsNo'],
  ['qemu.passt', 'there', { files: { '/usr/bin/passt': '' } }, {}, 'good', 'passtYes'],
  ['qemu.passt', 'not there', {}, {}, 'info', 'passtNo'],
  ['qemu.apparmor', 'on', { files: { ...virsh, [apparmor]: 'Y\n' } }, {}, 'info', 'apparmorOn'],
  ['qemu.apparmor', 'off', { files: { ...virsh, [apparmor]: 'N\n' } }, {}, 'good', 'apparmorOff'],
  ['qemu.apparmor', 'unreadable', { files: { ...virsh, ...unreadable(apparmor) } }, {}, 'unknown'],
  ['qemu.apparmor', 'no libvirt', { files: { [apparmor]: 'Y\n' } }, {}, 'hidden'],
  ['qemu.selinux', 'enforcing', { files: { ...virsh, [enforce]: '1' } }, {}, 'info', 'selinuxOn'],
  ['qemu.selinux', 'permissive', { files: { ...virsh, [enforce]: '0' } }, {}, 'good', 'selinuxOff'],
  ['qemu.selinux', 'unreadable', { files: { ...virsh, ...unreadable(enforce) } }, {}, 'unknown'],
  ['qemu.selinux', 'no SELinux', { files: virsh }, {}, 'hidden'],
  ['lv.conn', 'open', { files: { ...virsh, '/run/libvirt/libvirt-sock': '' } }, {}, 'good', 'libvirtYes'],
  ['lv.conn', 'closed', { files: { '/usr/sbin/libvirtd': '', '/run/libvirt/virtqemud-sock': '' } }, closed, 'info', 'libvirtClosed'],
  ['lv.conn', 'not running', { files: virsh }, {}, 'info', 'libvirtOff'],
  ['lv.conn', 'no libvirt', {}, {}, 'hidden'],
  ['lv.home', 'open', { files: { ...virsh, ...home }, modes: { '/home/u': 0o711 } }, {}, 'good', 'libvirtHomeYes'],
  ['lv.home', 'closed', { files: { ...virsh, ...home }, modes: { '/home/u': 0o700 } }, {}, 'info', 'libvirtHomeNo'],
  ['lv.home', 'not there', { files: virsh }, {}, 'unknown'],
  ['lv.home', 'no libvirt', { files: home }, {}, 'hidden'],
  ['lv.net', 'free', { files: { ...virsh, '/proc/net/route': libvirtRoute('virbr0') } }, {}, 'good', 'libvirtNetYes'],
  ['lv.net', 'taken', { files: { ...virsh, '/proc/net/route': libvirtRoute('eth0') } }, {}, 'info', 'libvirtNetNo'],
  ['lv.net', 'unreadable', { files: virsh }, {}, 'unknown'],
  ['lv.net', 'no libvirt', { files: { '/proc/net/route': libvirtRoute('eth0') } }, {}, 'hidden'],
  ['mem.lock', 'unlimited', { files: limits('unlimited') }, {}, 'good', 'memLockYes'],
  ['mem.lock', 'much', { files: limits('8589934592') }, {}, 'good', 'memLockYes'],
  ['mem.lock', 'little', { files: limits('8388608') }, {}, 'info', 'memLockNo'],
  ['mem.lock', 'unreadable', {}, {}, 'unknown'],
  ['hugepages', 'transparent', { files: { [transparent]: 'always [madvise] never', ...meminfo(0) } }, {}, 'good', 'hugePagesYes'],
  ['hugepages', 'reserved', { files: { [transparent]: 'always madvise [never]', ...meminfo(8) } }, {}, 'good', 'hugePagesYes'],
  ['hugepages', 'off', { files: { [transparent]: 'always madvise [never]', ...meminfo(0) } }, {}, 'info', 'hugePagesNo'],
  ['hugepages', 'unreadable', {}, {}, 'unknown'],
  ['desktop.usb', 'all open', { files: { '/dev/bus/usb/001/001': '', '/dev/bus/usb/002/001': '' } }, {}, 'good', 'usbYes'],
  ['desktop.usb', 'some closed', { files: { '/dev/bus/usb/001/001': '', '/dev/bus/usb/002/001': '' } }, { mayUse: async (path) => path.includes('/001/') }, 'info', 'usbSome'],
  ['desktop.usb', 'none plugged in', { files: { '/dev/bus/usb/x': '' } }, closed, 'info', 'usbNone'],
  ['desktop.usb', 'no USB', {}, {}, 'hidden'],
];

describe('checks few people need', () => {
  it.each(titled(cases))('%s, %s', async (_, __, row) => {
    await expectCase(row, undo);
  });

  it('the switch for nested machines is that of the processor’s own module', async () => {
    const commandFor = async (module: string) =>
      (
        await ask(
          'kvm.nested',
          { files: { [`/sys/module/${module}/parameters/nested`]: '0' } },
          {},
          undo,
        )
      )?.remedies[0]?.command;
    expect(await commandFor('kvm_intel')).toContain('options kvm_intel nested=1');
    expect(await commandFor('kvm_amd')).toContain('options kvm_amd nested=1');
  });

  it('the kernel’s log is asked once, with a time limit, and without a shell', async () => {
    const calls: unknown[][] = [];
    const exec: ProbeHost['exec'] = (file, args, options) => {
      calls.push([file, args, options.timeoutMs]);
      return tableExec({ journalctl: { stdout: '' } })(file, args, options);
    };
    await ask('cpu.bios', { files: flags('sse') }, { exec }, undo);
    expect(calls).toEqual([
      [
        'journalctl',
        ['-k', '-b', '-o', 'cat', '--no-pager', '-g', 'disabled by BIOS|kvm: .*disabled'],
        5000,
      ],
    ]);
  });

  it('checks of VirtualBox bear on its engines alone', () => {
    const affects = (id: string) => allProbes.find((probe) => probe.id === id)?.affects;
    expect(affects('cpu.xsave')).toBe('ownDriverKvm');
    expect(affects('cpu.la57')).toBe('vboxdrv');
    expect(ownDriver.engines.map(({ accelerator }) => accelerator)).toEqual(['vboxdrv', 'kvm']);
  });
});
