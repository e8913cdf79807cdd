// What is read of VirtualBox's driver, from folders that stand for hosts, and from real device nodes and processes.
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { cpuInfo, hostFolder } from '../__fixtures__/host-folder.ts';
import { virtualBox } from '../__fixtures__/world.ts';
import {
  hasModule,
  isSetUid,
  lookAtDriverDevice,
  lookAtVboxdrv,
  parseModuleVersion,
} from './look.ts';
import { hypervisorProcesses } from './processes.ts';

const undo: (() => void)[] = [];
afterEach(() => undo.splice(0).forEach((step) => step()));
const at = (files: Readonly<Record<string, string>>): string => {
  const folder = hostFolder(files);
  undo.push(folder.remove);
  return folder.root;
};

const kernel = '6.17.4-1-amd64';
const modules = `/lib/modules/${kernel}`;
const efi = '/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c';

describe('the look at VirtualBox’s driver', () => {
  it('reads a host where everything is in place', async () => {
    const root = at({
      '/proc/sys/kernel/osrelease': `${kernel}\n`,
      '/proc/cpuinfo': cpuInfo('vmx'),
      '/sys/module/vboxdrv/version': '7.2.14_Debian r170000 (0x00390002)\n',
      '/sys/module/kvm/parameters/enable_virt_at_load': 'N\n',
      '/sys/module/kvm_intel/x': '',
      [`${modules}/modules.dep`]: 'updates/dkms/vboxdrv.ko.xz:\n',
      [`${modules}/build/Makefile`]: '',
      [efi]: '\u0006\u0000\u0000\u0000\u0001',
      '/sys/kernel/security/lockdown': 'none [integrity] confidentiality',
      '/sbin/vboxconfig': '',
    });
    expect(await lookAtVboxdrv({ root }, '/dev/null')).toEqual({
      kernel,
      isLoaded: true,
      moduleVersion: { version: '7.2.14', revision: 170_000 },
      device: { kind: 'opened' },
      isBuilt: true,
      hasHeaders: true,
      hasOwnSetup: true,
      isSecureBootOn: true,
      isLockedDown: true,
      hasVirtualization: true,
      enableVirtAtLoad: 'N',
      isKvmVendorModuleLoaded: true,
      processes: [],
    });
  });

  it('an empty host has nothing, and what could not be read is not a no', async () => {
    expect(await lookAtVboxdrv({ root: at({}) })).toMatchObject({
      isLoaded: false,
      device: { kind: 'absent' },
      isBuilt: undefined,
      isSecureBootOn: undefined,
      hasVirtualization: undefined,
      enableVirtAtLoad: 'absent',
      isKvmVendorModuleLoaded: false,
    });
  });

  it.each([
    ['7.2.6 r172322 (0x00340002)\n', { version: '7.2.6', revision: 172_322 }],
    ['7.2.22_Debian r175245 (0x00390002)', { version: '7.2.22', revision: 175_245 }],
    ['7.0.20', { version: '7.0.20', revision: undefined }],
    ['nonsense', undefined],
  ])('module version %j', (content, version) => {
    expect(parseModuleVersion(content)).toEqual(version);
  });

  it.each([
    ['modules.dep', 'kernel/net/8021q/8021q.ko.xz: kernel/net/802/mrp.ko.xz\n', '8021q', true],
    ['modules.dep', 'misc/vboxdrv.ko:\n', 'vboxdrv', true],
    ['modules.dep', 'kernel/drivers/vhost/vhost_net.ko.zst: x\n', 'vhost_net', true],
    ['modules.dep', 'kernel/a/other-vboxdrv.ko:\n', 'vboxdrv', false],
    ['modules.builtin', 'kernel/drivers/net/tun.ko\n', 'tun', true],
  ])('%s with %j: %s is there: %s', async (file, content, name, isThere) => {
    const root = at({ [`${modules}/${file}`]: content });
    expect(await hasModule({ root }, kernel, name)).toBe(isThere);
  });
});

describe('the device', () => {
  it('is told by how it opens', async () => {
    const root = at({ '/file': '' });
    expect((await lookAtDriverDevice('/dev/null')).kind).toBe('opened');
    expect((await lookAtDriverDevice(join(root, 'nothing'))).kind).toBe('absent');
    expect((await lookAtDriverDevice(join(root, 'file'))).kind).toBe('dead');
  });
});

describe('set-uid programs', () => {
  it('are seen by their mode', () => {
    const root = at({ '/lib/vb/VirtualBoxVM': '' });
    const probe = {
      kind: 'found',
      version: '7.2.22',
      paths: { machine: '/lib/vb/VirtualBoxVM' },
    } as const;
    expect(isSetUid({ root }, { ...virtualBox, probe })).toBe(false);
    chmodSync(join(root, '/lib/vb/VirtualBoxVM'), 0o4755);
    expect(isSetUid({ root }, { ...virtualBox, probe })).toBe(true);
    expect(isSetUid({ root: at({}) }, { ...virtualBox, probe })).toBe(false);
  });
});

describe('hypervisor processes', () => {
  const host = (more: Readonly<Record<string, string>> = {}): string =>
    at({
      '/proc/1/comm': 'systemd\n',
      '/proc/21/comm': 'qemu-system-x86\n',
      '/proc/21/cmdline': 'qemu-system-x86_64\0-name\0guest=Fedora,x=y\0-accel\0kvm\0',
      '/proc/22/comm': 'qemu-system-x86\n',
      '/proc/22/cmdline': 'qemu-system-x86_64\0-machine\0q35,accel=tcg\0',
      '/proc/23/comm': 'VBoxHeadless\n',
      '/proc/23/cmdline': 'VBoxHeadless\0--comment\0Win10\0--startvm\0uuid\0',
      '/proc/24/comm': 'VirtualBoxVM\n',
      '/proc/24/cmdline': 'VirtualBoxVM\0--startvm\0uuid\0--driverless\0',
      '/proc/25/comm': 'crosvm\n',
      '/proc/25/cmdline': 'crosvm\0',
      ...more,
    });

  it('other people’s are judged by their command line', async () => {
    const root = host({ '/sys/module/vboxdrv/version': '7' });
    expect(await hypervisorProcesses({ root })).toEqual([
      { pid: 21, program: 'qemu-system-x86', machine: 'Fedora', holds: 'kvm' },
      { pid: 22, program: 'qemu-system-x86', machine: undefined, holds: 'none' },
      { pid: 23, program: 'VBoxHeadless', machine: 'Win10', holds: 'vboxdrv' },
      { pid: 24, program: 'VirtualBoxVM', machine: 'uuid', holds: 'none' },
      { pid: 25, program: 'crosvm', machine: undefined, holds: 'kvm' },
    ]);
    const without = await hypervisorProcesses({ root: host() });
    expect(without.find(({ pid }) => pid === 23)?.holds).toBe('none');
  });

  it('what a process has open decides where it can be seen', async () => {
    const root = host();
    mkdirSync(join(root, 'proc/22/fd'), { recursive: true });
    symlinkSync('anon_inode:kvm-vm', join(root, 'proc/22/fd/9'));
    mkdirSync(join(root, 'proc/21/fd'), { recursive: true });
    symlinkSync('/dev/null', join(root, 'proc/21/fd/0'));
    const found = await hypervisorProcesses({ root });
    expect(found.filter(({ pid }) => pid < 23).map(({ holds }) => holds)).toEqual(['none', 'kvm']);
  });

  it('a real process is found in the real /proc, and no host is an empty list', async () => {
    // A sleeping shell under a hypervisor's name: what counts is the name the kernel shows.
    const folder = at({});
    const program = join(folder, 'qemu-system-x86');
    writeFileSync(program, '#!/bin/sh\nsleep 60 & wait\n', { mode: 0o755 });
    const child = spawn(program, ['-name', 'guest=sleeper'], { stdio: 'ignore', detached: true });
    undo.push(() => process.kill(-child.pid!, 'SIGKILL'));
    await expect
      .poll(
        async () => (await hypervisorProcesses({ root: '/' })).some(({ pid }) => pid === child.pid),
        {
          timeout: 20_000,
        },
      )
      .toBe(true);
    expect(await hypervisorProcesses({ root: at({}) })).toEqual([]);
  });
});
