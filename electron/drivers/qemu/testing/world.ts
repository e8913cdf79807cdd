// A QEMU session in folders of its own, on software emulation, with the probe guest: for integration tests.
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import {
  toDriverId,
  toEngineId,
  toEpochMs,
  toMiB,
  toVmId,
  type VmId,
} from '../../../../shared/model/brand.ts';
import { testConfig } from '../../../../shared/testing/definition.ts';
import type { PowerState } from '../../../../shared/model/power.ts';
import type { VmConfig } from '../../../../shared/model/vm-config.ts';
import type { VmDefinition } from '../../../../shared/model/vm.ts';
import { silentLogger } from '../../../log/logger.ts';
import { createExec } from '../../../process/exec.ts';
import type {
  AppPaths,
  DriverContext,
  DriverEvent,
  DriverSession,
  LifecycleContext,
} from '../../types.ts';
import { createQemuDriver } from '../index.ts';
import { defaultQmpTimes, type QmpTimes } from '../qmp.ts';

const projectRoot = resolve(import.meta.dirname, '..', '..', '..', '..');

/** The probe guest's files; built when they are not there yet. */
export const probeGuest = async (): Promise<{
  readonly disk: string;
  readonly iso: string;
  readonly floppy: string;
  /** A floppy that never leaves real mode. */
  readonly realMode: string;
}> => {
  const folder = join(projectRoot, 'out', 'guests');
  const guest = {
    disk: join(folder, 'probe.img'),
    iso: join(folder, 'probe.iso'),
    floppy: join(folder, 'probe-floppy.img'),
    realMode: join(folder, 'real16.ima'),
  };
  if (!Object.values(guest).every((path) => existsSync(path))) {
    const script = join(projectRoot, 'build', 'guests', 'build-guests.mjs');
    await createExec(silentLogger)(process.execPath, [script], {
      timeoutMs: 60_000,
      env: process.env,
    });
  }
  return guest;
};

export const tcg = { engine: toEngineId('tcg') };
export const freely: LifecycleContext = {
  signal: new AbortController().signal,
  progress: () => undefined,
};

export const pathsIn = (root: string): AppPaths => ({
  config: join(root, 'c'),
  data: join(root, 'd'),
  state: join(root, 's'),
  runtime: join(root, 'r'),
  cache: join(root, 'x'),
  resources: join(root, 'q'),
});

export const contextIn = (root: string, env = process.env): DriverContext => ({
  exec: createExec(silentLogger),
  log: silentLogger,
  paths: pathsIn(root),
  now: Date.now,
  env,
});

type PowerEvent = Extract<DriverEvent, { kind: 'power' }>;

export interface Opened {
  readonly session: DriverSession;
  readonly events: DriverEvent[];
  readonly powerOf: (vm: VmId) => PowerState | undefined;
  /** Resolves with the power event once the VM's last reported power is `power`. */
  readonly until: (vm: VmId, power: PowerState, timeoutMs?: number) => Promise<PowerEvent>;
}

const lastPower = (events: readonly DriverEvent[], vm: VmId): PowerEvent | undefined =>
  events.findLast((event): event is PowerEvent => event.kind === 'power' && event.vm === vm);

/** A session as a fresh manager would open it. */
export const openSession = async (
  ctx: DriverContext,
  times: QmpTimes = defaultQmpTimes,
): Promise<Opened> => {
  const driver = createQemuDriver(times);
  const probe = await driver.probe(ctx);
  if (probe.kind !== 'found') throw new Error(`QEMU: ${JSON.stringify(probe)}`);
  const events: DriverEvent[] = [];
  const watchers = new Set<() => void>();
  const capabilities = await driver.capabilities(probe, ctx);
  const session = await driver.connect(probe, capabilities, ctx, (event) => {
    events.push(event);
    for (const watcher of [...watchers]) watcher();
  });
  return {
    session,
    events,
    powerOf: (vm) => lastPower(events, vm)?.power,
    until: (vm, power, timeoutMs = 120_000) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const event = lastPower(events, vm);
          if (event?.power !== power) return;
          clearTimeout(timer);
          watchers.delete(look);
          resolve(event);
        };
        const timer = setTimeout(() => {
          watchers.delete(look);
          reject(new Error(`${power} not reached: ${JSON.stringify(events.slice(-8))}`));
        }, timeoutMs);
        watchers.add(look);
        look();
      }),
  };
};

export interface World extends Opened {
  readonly root: string;
  readonly ctx: DriverContext;
  /** A definition that boots the probe guest from its own disk. */
  readonly define: (change?: Partial<VmConfig>, name?: string) => VmDefinition;
  /** Another manager on the same folders. */
  readonly reopen: (times?: QmpTimes) => Promise<Opened>;
  /** Ends every VM of this world and removes its folders. */
  readonly end: () => Promise<void>;
}

export const probeConfig = (disk: string): VmConfig =>
  testConfig({
    memory: toMiB(32),
    machineType: 'pc',
    disks: [{ id: 'disk1', path: disk, format: 'raw', bus: 'ide', isOwned: true }],
  });

export const createWorld = async (times?: QmpTimes, env = process.env): Promise<World> => {
  const guests = await probeGuest();
  // Short: unix socket paths hold 107 bytes.
  const root = mkdtempSync(join(tmpdir(), 'pv-'));
  const ctx = contextIn(root, env);
  const opened = await openSession(ctx, times);
  const definitions: VmDefinition[] = [];
  const define: World['define'] = (change = {}, name = `Probe ${definitions.length + 1}`) => {
    const id = toVmId(randomUUID());
    const folder = join(ctx.paths.data, 'vms', id);
    mkdirSync(folder, { recursive: true });
    const disk = join(folder, 'disk1.img');
    copyFileSync(guests.disk, disk);
    const definition: VmDefinition = {
      version: 1,
      id,
      name,
      driver: toDriverId('qemu'),
      family: 'demo',
      createdAt: toEpochMs(0),
      config: opened.session.complete({ ...probeConfig(disk), ...change }),
    };
    definitions.push(definition);
    return definition;
  };
  return {
    ...opened,
    root,
    ctx,
    define,
    reopen: async (again) => openSession(ctx, again),
    end: async () => {
      await opened.session.dispose();
      const last = await openSession(ctx);
      await last.session.adopt(definitions);
      for (const definition of definitions) await last.session.powerOff(definition.id);
      await last.session.dispose();
      rmSync(root, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
    },
  };
};

/** Waits until the serial port has said `pattern` (history included). */
export const serialSays = async (
  session: DriverSession,
  vm: VmId,
  pattern: RegExp,
  timeoutMs = 120_000,
): Promise<string> => {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const text = Buffer.from((await session.console?.serialHistory(vm)) ?? []).toString('latin1');
    if (pattern.test(text)) return text;
    if (Date.now() > deadline) throw new Error(`${pattern} not seen in:\n${text.slice(-2000)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};
