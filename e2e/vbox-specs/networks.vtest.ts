// A machine of VirtualBox in software and one of QEMU share a NAT network, through the whole core: both start from it,
// the manager is killed while they run, the next one finds everything, one moves to another network, and nothing is left
// when they are off. Once with user namespaces, once with them denied.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createApp } from '../../electron/app.ts';
import type { App } from '../../electron/app-types.ts';
import {
  guestCopy,
  probeMachine,
  type ProbeMachine,
} from '../../electron/drivers/virtualbox/__fixtures__/probe-machine.ts';
import {
  realVirtualBox,
  type RealVirtualBox,
} from '../../electron/drivers/virtualbox/__fixtures__/real.ts';
import { valueOf } from '../../electron/drivers/virtualbox/parse-vminfo.ts';
import { readMachine } from '../../electron/drivers/virtualbox/read-machine.ts';
import { noShell } from '../../electron/ipc/shell-port.ts';
import { silentLogger } from '../../electron/log/logger.ts';
import { lookForNetworkTools, serviceWayHere } from '../../electron/networks/host-tools.ts';
import { appPaths, envBelow, type Env } from '../../electron/paths.ts';
import { createExec } from '../../electron/process/exec.ts';
import { toVmId, type JobId, type VmId } from '../../shared/model/brand.ts';
import type { Nic } from '../../shared/model/network.ts';
import {
  toNetworkId,
  type NetworkLive,
  type PortCounters,
  type ServiceWay,
} from '../../shared/model/networks.ts';
import { parseProbeReport } from '../../shared/model/probe-report.ts';
import type { Vm } from '../../shared/model/vm.ts';
import { startManager, type ManagerProcess } from '../harness/manager.ts';
import { newVm } from '../integration/app-world.ts';

const patiently = { timeout: 120_000, interval: 200 };
const lab = toNetworkId('lab');
const dmz = toNetworkId('dmz');
const attachment = { kind: 'natNetwork', network: lab } as const;
const macs = { box: '08:00:27:00:aa:01', qemu: '52:54:00:ab:00:02' } as const;
const reserved = '10.20.0.7';
const inRange = /^10\.20\.0\.1[012]\d$/;

/** What is asked of a manager, whichever process it is in. */
type Core = Pick<ManagerProcess, 'invoke' | 'jobEnded' | 'state'>;
const coreOf = (app: App): Core => ({
  invoke: app.invoke,
  jobEnded: app.commands.jobEnded,
  state: () => Promise.resolve(app.store.getState()),
});

let real: RealVirtualBox;
let env: Env;
let machine: ProbeMachine;
let first: ManagerProcess | undefined;
let app: App | undefined;
let core: Core;
let box: VmId;
let qemu: VmId;
let reason: string | undefined;

const value = async <T>(channel: string, args: unknown): Promise<T> => {
  const result = await core.invoke(channel, args);
  if (!result.ok) throw new Error(`${channel}: ${JSON.stringify(result.error)}`);
  return result.value as T;
};
/** Calls what is a job, and waits for its end. */
const done = async (channel: string, args: unknown): Promise<void> => {
  const { job } = await value<{ readonly job: JobId }>(channel, args);
  const { phase, error } = await core.jobEnded(job);
  if (phase !== 'done') throw new Error(`${channel}: ${phase} ${JSON.stringify(error)}`);
};
const vmOf = async (id: VmId): Promise<Vm> => {
  const vm = (await core.state()).vms[id];
  if (!vm) throw new Error(`no machine ${id}`);
  return vm;
};
const nicOf = async (id: VmId): Promise<Nic> => {
  const nic = (await vmOf(id)).definition.config.nics[0];
  if (!nic) throw new Error(`${id} has no adapter`);
  return nic;
};
const live = (): Promise<NetworkLive> => value('network.live', { id: lab });
const countersOf = async (id: VmId): Promise<PortCounters> => {
  const port = (await live()).ports.find(({ vm }) => vm === id);
  if (!port?.counters) throw new Error(`${id} has no port: ${JSON.stringify(port)}`);
  return port.counters;
};
const addressOf = async (mac: string): Promise<string | undefined> =>
  (await live()).leases.find((lease) => lease.mac === mac)?.address;
/** What its program has been told, not what everybody is shown. */
const printed = async (...keys: readonly string[]): Promise<readonly unknown[]> => {
  const { pairs } = await readMachine(real.manage, machine.id);
  return keys.map((key) => valueOf(pairs, key));
};

const fabrics = (): readonly number[] =>
  real.processes().filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes('fabric');
    } catch {
      return false; // Gone since.
    }
  });
const statusOf = (): string | undefined => app?.store.getState().networks[lab]?.status.state;
const running = (names: readonly string[]): readonly string[] =>
  names.filter((name) => real.processes(name).length > 0);

/** In this process and all it starts from now on, the system says no as some distributions do. */
const denyNamespaces = (folder: string): void => {
  mkdirSync(folder);
  const said = 'unshare: unshare failed: Operation not permitted';
  writeFileSync(join(folder, 'unshare'), `#!/bin/sh\necho '${said}' >&2\nexit 1\n`, {
    mode: 0o755,
  });
  vi.stubEnv('PATH', `${folder}${delimiter}${process.env['PATH'] ?? ''}`);
};

/** What runs besides our own processes; QEMU is in the gateway's way twice. */
const programs: Readonly<Record<ServiceWay, readonly string[]>> = {
  namespace: ['VirtualBoxVM', 'qemu-system-x86_64', 'dnsmasq', 'slirp4netns'],
  gateway: ['VirtualBoxVM', 'qemu-system-x86_64'],
};

// One life in three parts: none can be tried again alone.
const options = { timeout: 400_000, retry: 0 };
describe.each<ServiceWay>(['namespace', 'gateway'])('VirtualBox and QEMU by %s', options, (way) => {
  const isNamespace = way === 'namespace';
  const runners = programs[way];
  /** Where VirtualBox's machine is in the end. */
  const last = isNamespace ? dmz : lab;

  beforeAll(async () => {
    reason = undefined;
    const here = serviceWayHere(await lookForNetworkTools({ exec: createExec(silentLogger) }));
    if (isNamespace && here.way !== 'namespace') {
      reason = `no namespace here: ${JSON.stringify(here.because)}`;
      return;
    }
    real = await realVirtualBox();
    if (!isNamespace) denyNamespaces(join(real.home, 'denied'));
    const { VBOX_USER_HOME, VBOX_IPC_SOCKETID } = real.env;
    env = { ...envBelow(real.home, process.env), VBOX_USER_HOME, VBOX_IPC_SOCKETID };
    const card = ['--nictype1', 'Am79C973', '--macaddress1', macs.box.replaceAll(':', '')];
    machine = await probeMachine(real, 'box', [...card, '--boot1', 'net'], null);
    box = toVmId(machine.id);
    mkdirSync(join(real.home, 'app'));
    first = await startManager(join(real.home, 'app'), env);
    core = first;
  }, 300_000);
  afterAll(async () => {
    if (reason !== undefined) return;
    await first?.kill();
    await app?.dispose();
    app = undefined;
    vi.unstubAllEnvs();
    await real?.dispose();
  }, 120_000);

  it('start from the same NAT network', async ({ skip }) => {
    skip(reason !== undefined, reason);
    const file = guestCopy(real, 'probe.pxe');
    await value('network.create', {
      id: lab,
      network: {
        name: 'Lab',
        kind: 'natNetwork',
        isEnabled: true,
        ipv4: {
          subnet: '10.20.0.0/24',
          gateway: '10.20.0.1',
          dhcp: { first: '10.20.0.100', last: '10.20.0.120' },
        },
        reservations: isNamespace ? [{ mac: macs.box, address: reserved }] : [],
        dnsNames: [],
        forwards: [],
        vlans: [],
        mayReachHost: false,
        networkBoot: { folder: dirname(file), file: 'probe.pxe' },
      },
    });
    await expect.poll(async () => (await core.state()).vms[box]?.power, patiently).toBe('off');
    await value('network.attach', { id: box, nic: { ...(await nicOf(box)), attachment } });
    expect(await printed('nic1', 'nat-network1')).toEqual(['natnetwork', lab]);

    const made = await value<{ id: VmId; job: JobId }>('vm.create', newVm({ name: 'quick' }));
    expect(await core.jobEnded(made.job)).toMatchObject({ phase: 'done' });
    qemu = made.id;
    const { config } = (await vmOf(qemu)).definition;
    const nic: Nic = {
      ...{ id: 'nic0', model: 'e1000', mac: macs.qemu, isCableConnected: true },
      attachment,
    };
    await value('vm.edit', {
      id: qemu,
      config: { ...config, nics: [nic], bootOrder: ['network'] },
    });

    await done('vm.start', { id: box, hasConsent: true });
    await expect
      .poll(async () => (await vmOf(box)).proof?.backend.engine, patiently)
      .toBe('software');
    expect(await printed('nic1', 'generic1')).toEqual(['Generic', 'HostInterface']);
    expect((await nicOf(box)).attachment).toEqual(attachment);
    await done('vm.start', { id: qemu, hasConsent: true });

    await machine.says(/^READY\r$/m);
    expect(parseProbeReport(machine.serial())?.medium).toBe('network');
    const due: unknown = isNamespace ? reserved : expect.stringMatching(inRange);
    await expect.poll(() => addressOf(macs.box), patiently).toEqual(due);
    const address = await addressOf(macs.box);
    await expect.poll(() => addressOf(macs.qemu), patiently).toMatch(inRange);
    for (const id of [box, qemu]) {
      const fewest = async (): Promise<number> => {
        const { rxFrames, txFrames } = await countersOf(id);
        return Math.min(rxFrames, txFrames);
      };
      // The guest alone comes in more than 8 blocks of TFTP. The second one may still be loading it.
      await expect.poll(fewest, patiently).toBeGreaterThan(8);
    }
    await expect
      .poll(async () => (await live()).ports.map(({ isConnected }) => isConnected), patiently)
      .toEqual([true, true]);
    const told = async (): Promise<unknown> =>
      (await value<{ addresses: unknown }>('network.addresses', { id: box })).addresses;
    await expect.poll(told, patiently).toContainEqual({ nic: 'nic0', address, source: 'lease' });
    const { code } = await core
      .invoke('network.remove', { id: lab })
      .then((result) => (result.ok ? { code: undefined } : result.error));
    expect(code).toBe('network/in-use');
  });

  it('go on when the manager is killed, and the next one knows everything', async ({ skip }) => {
    skip(reason !== undefined, reason);
    const before = { box: await countersOf(box), fabric: fabrics() };
    expect(before.fabric).toHaveLength(1);
    await first?.kill();
    app = createApp({
      paths: appPaths(env, resolve(import.meta.dirname, '../../out')),
      log: silentLogger,
      shell: noShell,
      env,
    });
    core = coreOf(app);
    await app.ready;
    for (const id of [box, qemu]) {
      await expect.poll(async () => (await vmOf(id)).power, patiently).toBe('running');
      expect((await nicOf(id)).attachment).toEqual(attachment);
    }
    expect(fabrics()).toEqual(before.fabric);
    await expect.poll(statusOf, patiently).toBe('up');
    expect(app.store.getState().networks[lab]?.status).toMatchObject({ way });
    await expect
      .poll(async () => (await live()).leases.map(({ mac }) => mac).sort(), patiently)
      .toEqual([macs.box, macs.qemu].sort());
    await expect
      .poll(
        async () => (await live()).ports.map(({ vm, isConnected }) => [vm, isConnected]).sort(),
        patiently,
      )
      .toEqual([box, qemu].map((vm) => [vm, true]).sort());
    const serial = async (): Promise<string> =>
      Buffer.from((await app?.commands.serialHistory(qemu)) ?? []).toString('latin1');
    // It may still have been loading its guest; a reset before would leave one report of the two.
    await expect.poll(serial, patiently).toMatch(/READY/);
    // What the other asks everybody when it starts anew goes to this one too.
    await done('vm.reset', { id: qemu });
    await expect
      .poll(async () => (await countersOf(box)).txFrames, patiently)
      .toBeGreaterThan(before.box.txFrames);
    await expect.poll(serial, patiently).toMatch(/READY[^]*READY/);
    expect(parseProbeReport(await serial())?.medium).toBe('network');
    // And its boot ROM is heard again.
    const { rxFrames } = await countersOf(box);
    await done('vm.reset', { id: box });
    await expect
      .poll(async () => (await countersOf(box)).rxFrames, patiently)
      .toBeGreaterThan(rxFrames);
    expect(running(programs.namespace)).toEqual(runners);
  });

  // How a machine moves does not depend on the service end.
  if (isNamespace)
    it('part when the one of VirtualBox moves to another network while it runs', async ({
      skip,
    }) => {
      skip(reason !== undefined, reason);
      const file = guestCopy(real, 'probe.pxe');
      await value('network.create', {
        id: dmz,
        network: {
          ...{ name: 'DMZ', kind: 'natNetwork', isEnabled: true, mayReachHost: false },
          ipv4: {
            subnet: '10.30.0.0/24',
            gateway: '10.30.0.1',
            dhcp: { first: '10.30.0.100', last: '10.30.0.120' },
          },
          ...{ reservations: [], dnsNames: [], forwards: [], vlans: [] },
          networkBoot: { folder: dirname(file), file: 'probe.pxe' },
        },
      });
      const before = await nicOf(box);
      const bridged = { ...before, attachment: { kind: 'bridged', uplink: 'eth9' } };
      const moved = { ...before, attachment: { kind: 'natNetwork', network: dmz } };
      const planOf = (nic: unknown): Promise<unknown> => value('network.planNic', { id: box, nic });
      expect(await planOf(moved)).toMatchObject({ appliesAt: 'now' });
      expect(await planOf(bridged)).toMatchObject({ appliesAt: 'off' });
      const refused = await core.invoke('network.attach', { id: box, nic: bridged });
      expect(refused).toMatchObject({ ok: false, error: { code: 'vm/not-changeable-live' } });

      expect(await value('network.attach', { id: box, nic: moved })).toEqual({ appliesAt: 'now' });
      // VirtualBox had no part in it, and everybody is shown where the adapter is.
      expect(await printed('nic1', 'generic1')).toEqual(['Generic', 'HostInterface']);
      expect(await nicOf(box)).toMatchObject({ ...moved, isCableConnected: true });
      expect(await addressOf(macs.box)).toBeUndefined();
      const inDmz = (): Promise<NetworkLive> => value('network.live', { id: dmz });
      expect((await inDmz()).ports.map(({ vm }) => vm)).toEqual([box]);
      expect((await live()).ports.map(({ vm }) => vm)).toEqual([qemu]);
      await done('vm.reset', { id: box });
      const leased = async (): Promise<string | undefined> =>
        (await inDmz()).leases.find(({ mac }) => mac === macs.box)?.address;
      await expect.poll(leased, patiently).toMatch(/^10\.30\.0\.1[012]\d$/);
      // Its boot ROM loads the guest from there: more than a dozen blocks.
      await expect
        .poll(async () => (await inDmz()).ports[0]?.counters?.txFrames, patiently)
        .toBeGreaterThan(16);
    });

  it('leave nothing when they are off', async ({ skip }) => {
    skip(reason !== undefined, reason);
    await done('vm.powerOff', { id: box });
    await expect
      .poll(() => printed('nic1', 'nat-network1'), patiently)
      .toEqual(['natnetwork', last]);
    const records = join(appPaths(env, '').state, 'virtualbox', 'nics');
    await expect.poll(() => readdirSync(records), patiently).toEqual([]);
    const data = await real.manage.read(['getextradata', machine.id, 'enumerate']);
    expect(data).not.toContain('FileHandle');
    // One is still plugged in.
    await expect
      .poll(async () => (await live()).ports, patiently)
      .toContainEqual(expect.objectContaining({ vm: qemu, isConnected: true }));
    expect(statusOf()).toBe('up');
    await done('vm.powerOff', { id: qemu });
    await expect.poll(statusOf, patiently).toBe('idle');
    await expect.poll(() => [...running(programs.namespace), ...fabrics()], patiently).toEqual([]);
    expect((await nicOf(box)).attachment).toEqual({ ...attachment, network: last });
  });
});
