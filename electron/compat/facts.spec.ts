// The service over a fixture host: what it tells, in which order, and that it always comes to an end.
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { EngineFact, HostCheck } from '../../shared/model/compat.ts';
import { backendKey, type DriverInfo } from '../../shared/model/driver.ts';
import { emptyState, type AppState, type HostSummary } from '../../shared/state/app-state.ts';
import { silentLogger } from '../log/logger.ts';
import { cpuInfo, hostFolder, opened, tableExec } from './__fixtures__/host-folder.ts';
import { ownDriver } from './__fixtures__/probe-table.ts';
import { definition, healthy, qemu, slow } from './__fixtures__/world.ts';
import { createHostFacts, type HostFactsDeps } from './facts.ts';
import { parseOsRelease } from './host-summary.ts';
import type { KvmCheckResult, KvmVerdict } from './kvm/model.ts';

const undo: (() => void)[] = [];
afterEach(() => undo.splice(0).forEach((step) => step()));

const files = {
  '/etc/os-release': 'PRETTY_NAME="Fedora Linux 43"\nID=fedora\n',
  '/proc/cpuinfo': cpuInfo('vmx'),
  '/proc/meminfo': 'MemTotal: 8192000 kB\nMemAvailable: 4096000 kB\n',
  '/sys/module/kvm_intel/x': '',
  '/proc/sys/net/ipv4/ip_unprivileged_port_start': '80',
};
const checkResult = (verdict: KvmVerdict): KvmCheckResult => ({
  verdict,
  measurements: { device: opened, runs: [], load: { average: 0, cpus: 2 } },
  device: '/dev/kvm',
  checkedAt: 0,
  durationMs: 1,
});

const world = (more: Partial<HostFactsDeps> = {}, driver: DriverInfo = qemu) => {
  const folder = hostFolder(files);
  undo.push(folder.remove);
  let state: AppState = {
    ...emptyState,
    drivers: { qemu: { ...driver, probe: { kind: 'pending' } } },
  };
  const listeners = new Set<(now: AppState, before: AppState) => void>();
  const checks: HostCheck[] = [];
  const gone: string[] = [];
  const facts = new Map<string, EngineFact>();
  const measured: boolean[] = [];
  let host: HostSummary | undefined;
  const change = (part: Partial<AppState>): void => {
    const before = state;
    state = { ...state, ...part };
    for (const listener of listeners) listener(state, before);
  };
  let verdict: KvmVerdict = slow;
  const service = createHostFacts({
    exec: tableExec({}),
    log: silentLogger,
    paths: { config: '', data: folder.root, state: '', runtime: '', cache: '', resources: '' },
    env: {},
    now: () => 1000,
    state: () => state,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onCheck: (check) => void checks.push(check),
    onCheckGone: (id) => void gone.push(id),
    onEngineFact: (fact) => {
      facts.set(backendKey(fact), fact);
      change({ engines: { ...state.engines, [backendKey(fact)]: fact } });
    },
    onHost: (summary) => (host = summary),
    onFacts: () => undefined,
    root: folder.root,
    checkKvm: async (isFresh) => {
      measured.push(isFresh);
      return checkResult(verdict);
    },
    ...more,
  });
  undo.push(() => void service.dispose());
  return {
    service,
    root: folder.root,
    checks,
    gone,
    facts,
    measured,
    host: () => host,
    change,
    setVerdict: (next: KvmVerdict) => (verdict = next),
    answer: (probe: DriverInfo['probe'] = qemu.probe) =>
      change({ drivers: { qemu: { ...driver, probe } } }),
    last: (id: string) => checks.findLast((check) => check.id === id),
  };
};

describe('the host facts service', () => {
  it('waits for the hypervisor before measuring, then tells the standing of every engine', async () => {
    const w = world();
    w.service.start();
    await vi.waitFor(() => expect(w.last('net.userns')).toBeDefined(), 10_000);
    expect(w.measured).toEqual([]);
    expect(w.facts.get('qemu/kvm')?.reason.key).toBe('decision.because.kvmNotChecked');
    w.answer();
    await w.service.enginesKnown();
    expect(w.measured).toEqual([false]);
    expect(w.facts.get('qemu/kvm')).toMatchObject({ standing: 'slow', slowdownVsSoftware: 29.7 });
    expect(w.facts.get('qemu/tcg')?.standing).toBe('usable');
    const seen = w.checks.filter(({ id }) => id === 'kvm.speed').map((check) => check.verdict);
    expect(seen).toEqual(['running', 'warn']);
    expect(w.last('kvm.speed')?.affects).toEqual([{ driver: 'qemu', engine: 'kvm' }]);
  });

  it('reads the facts that features are judged against', async () => {
    const w = world();
    w.service.start();
    w.answer();
    await w.service.enginesKnown();
    expect(w.service.facts()).toMatchObject({
      distribution: 'fedora',
      memoryMiB: { kind: 'known', value: 8000 },
      availableMemoryMiB: { kind: 'known', value: 4000 },
      lowestPort: { kind: 'known', value: 80 },
      hasIpv6: { kind: 'known', value: false },
      hasKvmSmm: { kind: 'known', value: true },
    });
    expect(w.host()).toMatchObject({ distribution: 'Fedora Linux 43', memoryMiB: 8000 });
  });

  it('knows the free memory of this second', async () => {
    const w = world();
    w.service.start();
    w.answer();
    await w.service.enginesKnown();
    writeFileSync(join(w.root, '/proc/meminfo'), 'MemTotal: 8192000 kB\nMemAvailable: 1024 kB\n');
    const later = performance.now() + 2000;
    const clock = vi.spyOn(performance, 'now').mockReturnValue(later);
    undo.push(() => clock.mockRestore());
    expect(w.service.facts().availableMemoryMiB).toEqual({ kind: 'known', value: 1 });
  });

  it('looks again on demand, measuring anew, and tells only what changed', async () => {
    const w = world();
    w.service.start();
    w.answer();
    await w.service.enginesKnown();
    w.setVerdict(healthy);
    await w.service.recheck('kvm.perm');
    expect(w.measured).toEqual([false, true]);
    expect(w.facts.get('qemu/kvm')?.standing).toBe('usable');
    await w.service.recheck();
    expect(w.last('desktop.session')?.verdict).toBe('info');
  });

  it('follows the user’s word without measuring', async () => {
    const w = world();
    w.service.start();
    w.answer();
    await w.service.enginesKnown();
    const settings = { ...emptyState.settings['settings']!, forcedEngines: ['qemu/kvm'] };
    w.change({ settings: { settings } });
    w.service.refreshEngineFacts();
    expect(w.facts.get('qemu/kvm')).toMatchObject({ standing: 'usable', isForced: true });
    expect(w.measured).toEqual([false]);
  });

  it('a check that breaks is unknown and does not keep the engines from being known', async () => {
    const w = world({
      checkKvm: async () => {
        throw new Error('no ROM');
      },
    });
    w.service.start();
    w.answer();
    await w.service.enginesKnown();
    expect(w.last('kvm.speed')).toMatchObject({ verdict: 'unknown', raw: 'no ROM' });
    expect(w.facts.get('qemu/kvm')?.standing).toBe('unknown');
  });

  it('comes to an end for a driver that knows no KVM', async () => {
    const software = { ...qemu, engines: qemu.engines.slice(1) };
    const w = world({}, software);
    w.service.start();
    w.answer();
    await w.service.enginesKnown();
    expect(w.facts.get('qemu/tcg')?.standing).toBe('usable');
  });

  it('comes to an end when the hypervisor is missing, and looks again once it appears', async () => {
    const w = world();
    w.service.start();
    w.answer({ kind: 'missing', lookedIn: [] });
    await w.service.enginesKnown();
    expect(w.last('qemu.present')?.verdict).toBe('blocked');
    expect(w.facts.get('qemu/tcg')?.remedy?.command).toBe('sudo dnf install qemu-kvm qemu-img');
    w.answer();
    await w.service.recheck('qemu.img');
    expect(w.last('qemu.present')?.verdict).toBe('good');
    expect(w.facts.get('qemu/tcg')?.remedy).toBeUndefined();
  });

  it('says nothing after it was let go', async () => {
    const w = world();
    w.service.start();
    await w.service.dispose();
    await w.service.enginesKnown();
    const { length } = w.checks;
    w.answer();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(w.checks).toHaveLength(length);
  });

  it('writes a report with summary, engines, checks, raw output and remedies', async () => {
    const w = world();
    w.service.start();
    w.answer();
    await w.service.enginesKnown();
    const report = await w.service.report();
    expect(report).toContain('qemu/kvm: slow (measured), because KVM is present here but slower');
    expect(report).toContain('[blocked] qemu.img:');
    expect(report).toContain('remedy: Install the disk image tool. (sudo dnf install qemu-img)');
  });
});

describe('while it runs', () => {
  const quick = { settleMs: 10, restMs: 10 };

  it('looks again when a device appears, changes or goes, and the engines follow', async () => {
    const folder = hostFolder({});
    undo.push(folder.remove);
    const kvmDevice = join(folder.root, 'kvm');
    const w = world({ ...quick, kvmDevice });
    w.service.start();
    w.answer();
    await w.service.enginesKnown();
    await w.service.report();
    const raw = () => w.last('kvm.dev')?.raw;
    expect(w.last('kvm.dev')?.verdict).toBe('blocked');
    w.setVerdict(healthy);
    // What stands in for the device is a link to one everybody may open.
    symlinkSync('/dev/null', kvmDevice);
    await expect.poll(raw, { timeout: 20_000 }).toMatch(/^mode /);
    await expect.poll(() => w.facts.get('qemu/kvm')?.standing, { timeout: 20_000 }).toBe('usable');
    w.setVerdict({ kind: 'absent' });
    rmSync(kvmDevice);
    await expect
      .poll(() => w.facts.get('qemu/kvm')?.standing, { timeout: 20_000 })
      .toBe('unusable');
    expect(w.last('kvm.dev')?.verdict).toBe('blocked');
  });

  it('asks the hypervisors again when a program was installed', async () => {
    let reprobed = 0;
    const w = world({ ...quick, env: { PATH: '/usr/bin' }, reprobe: async () => void reprobed++ });
    mkdirSync(join(w.root, 'usr/bin'), { recursive: true });
    w.service.start();
    w.answer();
    await w.service.enginesKnown();
    await w.service.report();
    writeFileSync(join(w.root, 'usr/bin/something-else'), '');
    writeFileSync(join(w.root, 'usr/bin/swtpm'), '');
    await expect.poll(() => reprobed, { timeout: 20_000 }).toBe(1);
  });

  it('notices a module on request, and nothing when nothing changed', async () => {
    let reprobed = 0;
    const w = world({ ...quick, reprobe: async () => void reprobed++ });
    w.service.start();
    w.answer();
    await w.service.enginesKnown();
    await w.service.report();
    w.service.noticeChange();
    mkdirSync(join(w.root, 'proc'), { recursive: true });
    writeFileSync(
      join(w.root, 'proc/modules'),
      'vboxdrv 700416 0 - Live 0x0000000000000000 (OE)\n',
    );
    w.service.noticeChange();
    await expect.poll(() => reprobed, { timeout: 20_000 }).toBe(1);
  });
});

it('when a machine comes up, who holds the processor’s virtualization is looked at again', async () => {
  const w = world({ settleMs: 10, restMs: 10 });
  const vm = (power: 'off' | 'running'): AppState['vms'] => ({
    [definition.id]: { definition, power, missingFiles: [], hasPendingChanges: false },
  });
  w.change({ vms: vm('off') });
  w.service.start();
  w.answer();
  w.change({ drivers: { qemu, virtualbox: ownDriver } });
  await w.service.enginesKnown();
  await w.service.report();
  expect(w.last('hv.kvmvm')?.verdict).toBe('good');
  expect(w.service.facts().vboxdrv).toMatchObject({ kind: 'known', value: { verdict: 'good' } });
  const process = join(w.root, 'proc/21');
  mkdirSync(process, { recursive: true });
  writeFileSync(join(process, 'comm'), 'qemu-system-x86\n');
  writeFileSync(join(process, 'cmdline'), 'qemu\0-name\0a\0-accel\0kvm\0');
  w.change({ vms: vm('running') });
  await expect.poll(() => w.last('hv.kvmvm')?.verdict, { timeout: 20_000 }).toBe('info');
  expect(w.service.facts().vboxdrv).toMatchObject({
    value: { row: 'avl.7', verdict: 'exclusive' },
  });
});

it('when this computer was changed for a network, its bridges are looked at again', async () => {
  const w = world();
  const net = join(w.root, 'sys/class/net');
  mkdirSync(join(net, 'eth0/device'), { recursive: true });
  w.service.start();
  await w.service.report();
  expect(w.last('net.bridge')?.verdict).toBe('info');
  mkdirSync(join(net, 'pvb-lan/bridge'), { recursive: true });
  mkdirSync(join(net, 'pvb-lan/brif/eth0'), { recursive: true });
  w.change({ hostChanges: {} });
  await w.service.report();
  expect(w.last('net.bridge')?.verdict).toBe('good');
});

it('a dispose waits for the look that runs, and nothing is written after it', async () => {
  let isWriting = false;
  const w = world({
    checkKvm: async () => {
      isWriting = true;
      await new Promise((resolve) => setTimeout(resolve, 50));
      isWriting = false;
      return undefined;
    },
  });
  w.service.start();
  w.answer();
  await expect.poll(() => isWriting, { timeout: 20_000 }).toBe(true);
  await w.service.dispose();
  expect(isWriting).toBe(false);
});

it('muted checks stay in the report, marked', async () => {
  const w = world();
  const settings = { ...emptyState.settings['settings']!, mutedChecks: ['net.ipv6'] };
  w.change({ settings: { settings } });
  w.service.start();
  w.answer();
  await w.service.enginesKnown();
  const report = await w.service.report();
  expect(report).toContain('[info] net.ipv6 (muted):');
  expect(report).not.toContain('mem.avail (muted)');
});

it.each([
  [
    'ID=debian\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"',
    'debian',
    'Debian GNU/Linux 12 (bookworm)',
  ],
  ['ID=linuxmint\nID_LIKE="ubuntu debian"', 'debian', 'linuxmint'],
  ['ID="rocky"\nID_LIKE="rhel centos fedora"', 'fedora', 'rocky'],
  ["ID=arch\nPRETTY_NAME='Arch Linux'", 'arch', 'Arch Linux'],
  ['ID="opensuse-tumbleweed"\nID_LIKE="opensuse suse"', 'suse', 'opensuse-tumbleweed'],
  ['ID=nixos', 'other', 'nixos'],
])('os-release %#: family %s', (content, family, name) => {
  expect(parseOsRelease(content)).toEqual({ family, name });
});
