// Every check against fixture folders: what each says about good, bad and unreadable hosts.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { formatText } from '../../../shared/i18n/format.ts';
import { cpuInfo, hostFolder, opened, probeHost, tableExec } from '../__fixtures__/host-folder.ts';
import { healthy, qemu, slow } from '../__fixtures__/world.ts';
import type { DeviceLook, KvmCheckResult, KvmVerdict } from '../kvm/model.ts';
import { allProbes } from './all.ts';
import { absentKvmRemedy } from './kvm-dev.ts';
import { isParavirtualKvm } from './kvm-mod.ts';
import { parseMemInfo } from './mem-avail.ts';
import { ipv6Fact } from './net-ipv6.ts';
import { lowestPortFact } from './net-ports.ts';
import type { ProbeHost, ProbeResult } from './probe.ts';

const undo: (() => void)[] = [];
afterEach(() => undo.splice(0).forEach((step) => step()));

const at = (files: Readonly<Record<string, string>>): string => {
  const folder = hostFolder(files);
  undo.push(folder.remove);
  return folder.root;
};
const look = (
  id: string,
  files: Readonly<Record<string, string>>,
  more: Partial<ProbeHost> = {},
): Promise<ProbeResult> =>
  allProbes.find((probe) => probe.id === id)!.run(probeHost(at(files), more));
const result = (verdict: KvmVerdict): KvmCheckResult => ({
  verdict,
  measurements: {
    device: opened,
    runs: [
      {
        engine: 'kvm',
        cpuModel: 'host',
        reached: { real: 400, long: 1400 },
        totalMs: 1450,
        end: { kind: 'passed' },
        stderr: 'a warning',
        argv: ['qemu', '-accel', 'kvm'],
      },
    ],
    load: { average: 0.5, cpus: 2 },
  },
  device: '/dev/kvm',
  checkedAt: 0,
  durationMs: 5000,
});

const denied: DeviceLook = { kind: 'denied', mode: '600', uid: 0, gid: 0, detail: 'EACCES' };
const absent: DeviceLook = { kind: 'absent', detail: 'ENOENT' };
const device = (kvm: DeviceLook): Partial<ProbeHost> => ({ lookAtKvmDevice: async () => kvm });
const driverWith = (probe: typeof qemu.probe): Partial<ProbeHost> => ({
  drivers: () => [{ ...qemu, probe }],
});
const firmware = (features: readonly string[], file = '/fw/code.fd') =>
  JSON.stringify({
    description: 'UEFI for x86_64',
    'interface-types': ['uefi'],
    mapping: { executable: { filename: file } },
    targets: [{ architecture: 'x86_64' }],
    features,
  });
const firmwarePath = '/usr/share/qemu/firmware/60-x.json';
const mem = (available: number) =>
  `MemTotal:       16000000 kB\nMemFree: 1 kB\nMemAvailable:   ${available} kB\n`;
const ports = '/proc/sys/net/ipv4/ip_unprivileged_port_start';
const inet6 = '/proc/net/if_inet6';

describe('host checks', () => {
  // prettier-ignore
  it.each<[string, string, Readonly<Record<string, string>>, Partial<ProbeHost>, string, string]>([
    ['cpu.virt', 'Intel', { '/proc/cpuinfo': cpuInfo('vmx') }, {}, 'good', 'cpuVirtYes'],
    ['cpu.virt', 'AMD', { '/proc/cpuinfo': cpuInfo('svm') }, {}, 'good', 'cpuVirtYes'],
    ['cpu.virt', 'switched off', { '/proc/cpuinfo': cpuInfo('') }, {}, 'warn', 'cpuVirtNo'],
    ['cpu.virt', 'a guest', { '/proc/cpuinfo': cpuInfo('hypervisor') }, {}, 'warn', 'cpuVirtGuest'],
    ['cpu.virt', 'no cpuinfo', {}, {}, 'unknown', 'couldNotLook'],
    ['cpu.invm', 'real', { '/proc/cpuinfo': cpuInfo('vmx') }, {}, 'good', 'cpuRealHost'],
    ['cpu.invm', 'nested', { '/proc/cpuinfo': cpuInfo('svm hypervisor') }, {}, 'info', 'cpuNested'],
    ['cpu.invm', 'closed', { '/proc/cpuinfo': cpuInfo('hypervisor') }, {}, 'warn', 'cpuNotNested'],
    ['kvm.mod', 'amd', { '/sys/module/kvm_amd/x': '', '/sys/module/kvm/x': '' }, {}, 'good', 'kvmModYes'],
    ['kvm.mod', 'paravirtual', { '/sys/module/kvm_pvm/x': '', '/sys/module/kvm/x': '' }, {}, 'info', 'kvmModOther'],
    ['kvm.mod', 'built in', { '/sys/module/loop/x': '', '/dev/kvm': '' }, {}, 'info', 'kvmModBuiltIn'],
    ['kvm.mod', 'not loaded', { '/sys/module/loop/x': '', '/proc/cpuinfo': cpuInfo('vmx') }, {}, 'blocked', 'kvmModNo'],
    ['kvm.mod', 'nothing to load', { '/sys/module/loop/x': '', '/proc/cpuinfo': cpuInfo('') }, {}, 'warn', 'kvmModNo'],
    ['kvm.mod', 'no sysfs', {}, {}, 'unknown', 'couldNotLook'],
    ['kvm.dev', 'there', {}, {}, 'good', 'kvmDevYes'],
    ['kvm.dev', 'absent', {}, device(absent), 'blocked', 'kvmDevNo'],
    ['kvm.dev', 'not readable is still there', {}, device(denied), 'good', 'kvmDevYes'],
    ['kvm.dev', 'failed look', {}, device({ kind: 'failed', detail: 'EIO' }), 'unknown', 'couldNotLook'],
    ['kvm.perm', 'allowed', {}, {}, 'good', 'kvmPermYes'],
    ['kvm.perm', 'denied', {}, device(denied), 'blocked', 'kvmPermNo'],
    ['kvm.perm', 'absent', {}, device(absent), 'info', 'kvmPermNothing'],
    ['kvm.perm', 'held', {}, device({ kind: 'busy', detail: 'EBUSY' }), 'warn', 'kvmDevBusy'],
    ['kvm.speed', 'healthy', {}, { checkKvm: async () => result(healthy) }, 'good', 'kvmHealthy'],
    ['kvm.speed', 'slow', {}, { checkKvm: async () => result(slow) }, 'warn', 'kvmSlow'],
    ['kvm.speed', 'slow and stopping', {}, { checkKvm: async () => result({ kind: 'slowerThanSoftware', ratio: 13, isLowerBound: false, stopsAfter: 'long' }) }, 'warn', 'kvmSlowAndStops'],
    ['kvm.speed', 'undecided', {}, { checkKvm: async () => result({ kind: 'undecided', reason: 'loaded', detail: 'busy' }) }, 'unknown', 'kvmUndecided'],
    ['kvm.speed', 'crashing', {}, { checkKvm: async () => result({ kind: 'crashes', how: 'x' }) }, 'blocked', 'kvmCrashes'],
    ['kvm.speed', 'not allowed', {}, { checkKvm: async () => result({ kind: 'noPermission', mode: '600', uid: 0, gid: 0 }) }, 'unknown', 'kvmSpeedNotAllowed'],
    ['kvm.speed', 'no QEMU', {}, {}, 'unknown', 'couldNotLook'],
    ['qemu.present', 'found', {}, driverWith(qemu.probe), 'good', 'qemuYes'],
    ['qemu.present', 'missing', {}, driverWith({ kind: 'missing', lookedIn: ['/usr/bin'] }), 'blocked', 'qemuNo'],
    ['qemu.present', 'broken', {}, driverWith({ kind: 'broken', command: ['qemu'], exitCode: 127, stderrTail: 'libpixman' }), 'blocked', 'qemuBroken'],
    ['qemu.present', 'pending', {}, driverWith({ kind: 'pending' }), 'unknown', 'couldNotLook'],
    ['qemu.img', 'there', {}, { exec: tableExec({ 'qemu-img': { stdout: 'qemu-img version 7.2.22 (Debian)' } }) }, 'good', 'qemuImgYes'],
    ['qemu.img', 'missing', {}, {}, 'blocked', 'qemuImgNo'],
    ['qemu.img', 'failing', {}, { exec: tableExec({ 'qemu-img': 'failing' }) }, 'unknown', 'couldNotLook'],
    ['qemu.firmware', 'secure', { [firmwarePath]: firmware(['secure-boot']), '/fw/code.fd': '' }, {}, 'good', 'uefiSecure'],
    ['qemu.firmware', 'plain', { [firmwarePath]: firmware([]), '/fw/code.fd': '' }, {}, 'good', 'uefiYes'],
    ['qemu.firmware', 'described but gone', { [firmwarePath]: firmware([]) }, {}, 'warn', 'uefiNo'],
    ['qemu.firmware', 'damaged descriptor', { [firmwarePath]: '{' }, {}, 'warn', 'uefiNo'],
    ['qemu.firmware', 'none', {}, {}, 'warn', 'uefiNo'],
    ['mem.avail', 'enough', { '/proc/meminfo': mem(8_000_000) }, {}, 'good', 'memoryYes'],
    ['mem.avail', 'little', { '/proc/meminfo': mem(400_000) }, {}, 'warn', 'memoryLittle'],
    ['mem.avail', 'unreadable', {}, {}, 'unknown', 'couldNotLook'],
    ['mem.avail', 'nonsense', { '/proc/meminfo': 'x' }, {}, 'unknown', 'couldNotLook'],
    ['net.ports', 'usual', { [ports]: '1024\n' }, {}, 'info', 'ports'],
    ['net.ports', 'opened', { [ports]: '0\n' }, {}, 'good', 'ports'],
    ['net.ports', 'nonsense', { [ports]: 'x' }, {}, 'unknown', 'couldNotLook'],
    ['net.ipv6', 'with address', { [inet6]: 'fe80 02 40 20 80 eth0\n' }, {}, 'good', 'ipv6Yes'],
    ['net.ipv6', 'loopback only', { [inet6]: '01 01 80 10 80 lo\n' }, {}, 'info', 'ipv6No'],
    ['net.userns', 'free', { '/proc/sys/user/max_user_namespaces': '9000' }, {}, 'good', 'usernsYes'],
    ['net.userns', 'AppArmor', { '/proc/sys/kernel/apparmor_restrict_unprivileged_userns': '1' }, {}, 'warn', 'usernsNo'],
    ['net.userns', 'Debian switch', { '/proc/sys/kernel/unprivileged_userns_clone': '0' }, {}, 'warn', 'usernsNo'],
    ['desktop.session', 'running', {}, { exec: tableExec({ systemctl: { stdout: 'degraded\n' } }) }, 'good', 'sessionYes'],
    ['desktop.session', 'offline', {}, { exec: tableExec({ systemctl: { stdout: 'offline\n', exitCode: 1 } }) }, 'info', 'sessionNo'],
    ['desktop.session', 'no systemd', {}, {}, 'info', 'sessionNo'],
    ['desktop.session', 'failing', {}, { exec: tableExec({ systemctl: 'failing' }) }, 'unknown', 'couldNotLook'],
    ['desktop.tray', 'there', {}, { exec: tableExec({ busctl: { stdout: 'b true\n' } }) }, 'good', 'trayYes'],
    ['desktop.tray', 'not there', {}, { exec: tableExec({ busctl: { stdout: 'b false\n' } }) }, 'info', 'trayNo'],
    ['desktop.tray', 'no bus tool', {}, {}, 'unknown', 'couldNotLook'],
    ['desktop.tray', 'no session', {}, { env: {} }, 'info', 'noBus'],
  ])('%s, %s', async (id, _, files, more, verdict, sentence) => {
    const found = await look(id, files, more);
    expect([found.verdict, found.sentence.key]).toEqual([verdict, `host.sentence.${sentence}`]);
    expect(formatText(found.sentence)).not.toMatch(/[{}]|^host\./);
    expect(found.raw).not.toBe('');
  });

  it('show the raw times the verdict was drawn from', async () => {
    const { raw, sentence } = await look('kvm.speed', {}, { checkKvm: async () => result(slow) });
    expect(raw).toContain('kvm (host): real 400 ms, long 1400 ms, total 1450 ms, passed');
    expect(raw).toContain('command: qemu -accel kvm');
    expect(formatText(sentence)).toContain('about 30 times as long');
  });

  it('offer the group and the quick way when permission is missing', async () => {
    const { remedies } = await look('kvm.perm', {}, device(denied));
    expect(remedies.map(({ command }) => command)).toEqual([
      'sudo usermod -aG kvm "$USER"',
      'sudo setfacl -m "u:$USER:rw" /dev/kvm',
    ]);
  });

  it('offer the module of this processor', async () => {
    const files = { '/sys/module/loop/x': '', '/proc/cpuinfo': cpuInfo('svm') };
    const { remedies } = await look('kvm.mod', files);
    expect(remedies[0]?.command).toBe('sudo modprobe kvm_amd');
  });

  it('measure the disk of the nearest folder that exists', async () => {
    const root = at({});
    const dataDir = join(root, 'not', 'made', 'yet');
    const found = await allProbes
      .find(({ id }) => id === 'disk.free')!
      .run(probeHost(root, { dataDir }));
    expect(found.raw).toMatch(/: \d+ bytes free$/);
  });

  it('a folder in place of a file is unknown, not a no', async () => {
    const root = at({});
    mkdirSync(join(root, ports), { recursive: true });
    expect((await lowestPortFact({ root })).kind).toBe('unknown');
    mkdirSync(join(root, inet6), { recursive: true });
    expect((await ipv6Fact({ root })).kind).toBe('unknown');
  });
});

describe('hints', () => {
  it('a KVM is called paravirtual only without a module of the processor', async () => {
    expect(await isParavirtualKvm({ root: at({ '/sys/module/kvm_pvm/x': '' }) })).toBe(true);
    const both = { '/sys/module/kvm_pvm/x': '', '/sys/module/kvm_intel/x': '' };
    expect(await isParavirtualKvm({ root: at(both) })).toBe(false);
    expect(await isParavirtualKvm({ root: at({}) })).toBe(false);
  });

  it.each([
    ['vmx', 'loadKvmIntel'],
    ['svm hypervisor', 'loadKvmAmd'],
    ['hypervisor', 'outerHost'],
    ['', 'firmwareVirtualization'],
  ])('an absent KVM on a processor with "%s" is cured by %s', async (flags, key) => {
    expect(await absentKvmRemedy({ root: at({ '/proc/cpuinfo': cpuInfo(flags) }) })).toBe(key);
  });

  it('memory is read in MiB, rounded down', () => {
    expect(parseMemInfo(mem(2047))).toEqual({ totalMiB: 15_625, availableMiB: 1 });
  });
});

it('every check has an id of its own, and a title', () => {
  expect(new Set(allProbes.map(({ id }) => id)).size).toBe(allProbes.length);
  for (const { title } of allProbes) expect(formatText({ key: title })).not.toMatch(/^host\./);
});
