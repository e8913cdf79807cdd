// Hosts we do not have, through the whole core: VirtualBox's programs replay texts (recorded or reconstructed, their
// headers say which), a folder stands for the host. Decision, badge, fallback, proof and sentences as people get them.
import { mkdtemp, rm, symlink, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createApp } from '../../electron/app.ts';
import type { App } from '../../electron/app-types.ts';
import {
  cpuInfo,
  hostFolder,
  opened,
  type HostFolder,
} from '../../electron/compat/__fixtures__/host-folder.ts';
import type { KvmCheckResult } from '../../electron/compat/kvm/model.ts';
import {
  replayedVirtualBox,
  type ReplayedHost,
  type ReplayedVirtualBox,
} from '../../electron/drivers/virtualbox/__fixtures__/replayed.ts';
import { createVirtualBoxDriver } from '../../electron/drivers/virtualbox/index.ts';
import { noShell } from '../../electron/ipc/shell-port.ts';
import { silentLogger } from '../../electron/log/logger.ts';
import { appPaths, envBelow } from '../../electron/paths.ts';
import { formatText } from '../../shared/i18n/format.ts';
import { toVmId } from '../../shared/model/brand.ts';
import type { Decision } from '../../shared/model/compat.ts';
import { ask, vmOf } from './app-world.ts';

const stock: ReplayedHost = {
  version: '7.2.22_Debianr175245',
  hasKvmEngine: false,
  isHardened: true,
  vboxdrv: 'works',
  kvm: 'refused',
};
/** Oracle's test builds that contain the KVM engine. */
const withKvm: ReplayedHost = {
  ...stock,
  version: '7.2.97r173905',
  hasKvmEngine: true,
  kvm: 'works',
};

const healthy = async (): Promise<KvmCheckResult> => ({
  verdict: { kind: 'healthy', ratio: 0.1 },
  measurements: { device: opened, runs: [], load: { average: 0, cpus: 2 } },
  device: 'a stand-in',
  checkedAt: 0,
  durationMs: 1,
});

interface World {
  readonly app: App;
  readonly replayed: ReplayedVirtualBox;
  readonly id: ReturnType<typeof toVmId>;
  readonly host: HostFolder;
  readonly home: string;
}
const worlds: World[] = [];
afterEach(async () => {
  for (const { app, replayed, host, home } of worlds.splice(0)) {
    await app.dispose();
    await replayed.dispose();
    host.remove();
    await rm(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
});

const open = async (what: ReplayedHost, hasModule: boolean): Promise<World> => {
  const replayed = replayedVirtualBox(what);
  const [, version = '', revision = ''] = /^([\d.]+)\D*r(\d+)$/.exec(what.version) ?? [];
  const host = hostFolder({
    '/proc/sys/kernel/osrelease': '6.11.0-test\n',
    '/proc/cpuinfo': cpuInfo('fpu vmx xsave ept'),
    '/proc/meminfo': 'MemTotal: 16384000 kB\nMemAvailable: 12288000 kB\n',
    '/proc/sys/net/ipv4/ip_unprivileged_port_start': '1024\n',
    '/sys/module/kvm/uevent': '',
    '/sys/module/kvm_intel/uevent': '',
    ...(hasModule
      ? { '/sys/module/vboxdrv/version': `${version} r${revision} (0x00390002)\n` }
      : {}),
  });
  await mkdir(join(host.root, 'dev'), { recursive: true });
  if (hasModule) await symlink('/dev/null', join(host.root, 'dev/vboxdrv'));
  const home = await mkdtemp(join(tmpdir(), 'pr-'));
  const env = envBelow(home, replayed.env);
  const times = { pollMs: 200, firstPauseMs: 200, longestPauseMs: 200 };
  const app = createApp({
    paths: appPaths(env, resolve(import.meta.dirname, '../../out')),
    log: silentLogger,
    shell: noShell,
    env,
    drivers: [createVirtualBoxDriver({ times })],
    host: { root: host.root, checkKvm: healthy },
  });
  const world = { app, replayed, id: toVmId(replayed.machine), host, home };
  worlds.push(world);
  await app.ready;
  await app.enginesKnown;
  await expect.poll(() => app.store.getState().vms[world.id]?.engine, patient).toBeDefined();
  return world;
};
const patient = { timeout: 60_000 };

/** For this family VirtualBox's own engine comes before KVM. */
const makeWindowsXp = async ({ app, id }: World): Promise<void> => {
  expect(await ask(app, 'vm.edit', { id, family: 'windows-xp' })).toHaveProperty('value');
};
const decided = async ({ app, id }: World): Promise<Decision> =>
  (await ask(app, 'vm.decide', { id })).value as Decision;
const started = async ({ app, id }: World, more: object = {}): Promise<unknown> => {
  const { value, code } = await ask(app, 'vm.start', { id, ...more });
  if (code !== undefined) return code;
  const job = await app.commands.jobEnded(
    (value as { job: Parameters<App['commands']['jobEnded']>[0] }).job,
  );
  return job.phase === 'failed' ? job.error : job.phase;
};
const engineOf = (decision: Decision): unknown =>
  decision.outcome.kind === 'none'
    ? 'none'
    : [decision.outcome.kind, decision.outcome.backend.engine];

describe('a host we do not have', () => {
  it('with the kernel driver: decides for it, runs on it, proves it', async () => {
    const world = await open(stock, true);
    const decision = await decided(world);
    expect(engineOf(decision)).toEqual(['use', 'vboxdrv']);
    const kvm = decision.candidates.find(({ backend }) => backend.engine === 'kvm');
    expect(kvm?.standing).toBe('refused');
    expect(kvm?.reasons.map(formatText).join()).toMatch(/built without KVM/);
    expect(await started(world)).toBe('done');
    await expect.poll(() => vmOf(world.app, world.id).engine?.standing, patient).toBe('proved');
    const vm = vmOf(world.app, world.id);
    expect(vm.engine?.backend.engine).toBe('vboxdrv');
    expect(vm.proof?.witness).toMatch(/HMR3Init: VT-x/);
    expect(vm.fallback).toBeUndefined();
  });

  it('with a build for both, whose driver meets KVM: falls back to KVM once, and tells it', async () => {
    const world = await open({ ...withKvm, vboxdrv: 'inUse' }, true);
    await makeWindowsXp(world);
    expect(engineOf(await decided(world))).toEqual(['use', 'vboxdrv']);
    await expect
      .poll(() => vmOf(world.app, world.id).engine, patient)
      .toMatchObject({ backend: { engine: 'vboxdrv' }, standing: 'expected' });
    expect(await started(world)).toBe('done');
    await expect.poll(() => vmOf(world.app, world.id).engine?.standing, patient).toBe('proved');
    const vm = vmOf(world.app, world.id);
    expect(vm.power).toBe('running');
    expect(vm.engine?.backend.engine).toBe('kvm');
    expect(vm.proof?.witness).toMatch(/Turtle execution mode is active/);
    expect(vm.fallback).toMatchObject({ from: { engine: 'vboxdrv' }, to: { engine: 'kvm' } });
    expect(formatText(vm.fallback!.reason)).toMatch(/Another hypervisor, most likely KVM/);
    // Chosen for this start only: nothing stays in the machine.
    expect(world.replayed.extraData()).toBe('');
  });

  it('with a build for both and no module: KVM, with the reason', async () => {
    const world = await open({ ...withKvm, vboxdrv: 'missing' }, false);
    await makeWindowsXp(world);
    const decision = await decided(world);
    expect(engineOf(decision)).toEqual(['use', 'kvm']);
    expect(formatText(decision.because)).toMatch(/driver/);
    expect(await started(world)).toBe('done');
    await expect.poll(() => vmOf(world.app, world.id).proof?.backend.engine, patient).toBe('kvm');
    expect(vmOf(world.app, world.id).fallback).toBeUndefined();
  });

  it('with a stock build and no module: asks before software, naming why and the loss', async () => {
    const world = await open({ ...stock, vboxdrv: 'missing' }, false);
    const decision = await decided(world);
    expect(engineOf(decision)).toEqual(['ask', 'software']);
    expect(decision.lost.map(formatText).join()).toMatch(/software, many times slower/);
    const reasons = decision.candidates.flatMap((row) => row.reasons.map(formatText)).join('; ');
    expect(reasons).toMatch(/built without KVM/);
    expect(reasons).toMatch(/driver/);
    expect(await started(world)).toBe('engine/needs-consent');
    expect(world.replayed.calls()).not.toMatch(/^setextradata/m);
  });
});
