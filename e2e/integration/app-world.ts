// The composed application without a window, in folders of its own, for integration tests.
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NewVm } from '../../shared/contract/contract.ts';
import type { AppErrorCode } from '../../shared/contract/errors.ts';
import type { VmId } from '../../shared/model/brand.ts';
import type { Job } from '../../shared/model/job.ts';
import type { Vm } from '../../shared/model/vm.ts';
import { createApp, type AppDeps } from '../../electron/app.ts';
import type { App } from '../../electron/app-types.ts';
import { noShell } from '../../electron/ipc/shell-port.ts';
import { silentLogger } from '../../electron/log/logger.ts';
import { appPaths, envBelow, type Env } from '../../electron/paths.ts';

export interface World {
  readonly home: string;
  /** A new manager on the same folders; the former one is let go without disturbing its VMs. */
  readonly open: (options?: {
    readonly env?: Record<string, string>;
    readonly now?: () => number;
    readonly releases?: AppDeps['releases'];
    readonly host?: AppDeps['host'];
  }) => App;
  /** Of every application of this world. */
  readonly env: Env;
  readonly dispose: () => Promise<void>;
}

const resources = resolve(import.meta.dirname, '../../out');

export const createWorld = async (): Promise<World> => {
  const home = await mkdtemp(join(tmpdir(), 'pv-'));
  const apps: App[] = [];
  const base = envBelow(home, process.env);
  return {
    home,
    env: base,
    open: (options = {}) => {
      const env = { ...base, ...options.env };
      const app = createApp({
        paths: appPaths(env, resources),
        log: silentLogger,
        shell: noShell,
        env,
        ...(options.now ? { now: options.now } : {}),
        ...(options.releases ? { releases: options.releases } : {}),
        ...(options.host ? { host: options.host } : {}),
      });
      apps.push(app);
      return app;
    },
    dispose: async () => {
      const last = apps.at(-1);
      if (last) {
        await last.ready;
        for (const vm of Object.values(last.store.getState().vms)) await off(last, vm);
        await fabricEnds(appPaths(base, resources).runtime);
      }
      for (const app of apps) await app.dispose();
      await rm(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
    },
  };
};

/** The manager ends it when the last port is gone; were the manager disposed of first, nobody would. */
const fabricEnds = async (runtimeDir: string): Promise<void> => {
  const deadline = Date.now() + 20_000;
  while (existsSync(join(runtimeDir, 'fabric.sock')) && Date.now() < deadline) await sleep(100);
};

const off = async (app: App, vm: Vm): Promise<void> => {
  if (!['running', 'paused', 'starting', 'restoring', 'stopping'].includes(vm.power)) return;
  await app.commands.jobEnded(app.commands.power(vm.definition.id, 'powerOff'));
};

export const vmOf = (app: App, id: VmId): Vm => {
  const vm = app.store.getState().vms[id];
  if (!vm) throw new Error(`no VM ${id}`);
  return vm;
};

/** The VM is in `power` and no job holds it. */
export const isSettled = (app: App, id: VmId, power: Vm['power']): boolean => {
  const vm = app.store.getState().vms[id];
  return vm?.power === power && vm.pending === undefined;
};

/** Resolves when `isTrue` holds; rejects with the last state after `timeoutMs`. */
export const until = (app: App, isTrue: () => boolean, timeoutMs = 120_000): Promise<void> =>
  new Promise((resolve, reject) => {
    const finish = (settle: () => void): void => {
      clearTimeout(timer);
      stop();
      settle();
    };
    const look = (): void => {
      if (isTrue()) finish(resolve);
    };
    const timer = setTimeout(
      () =>
        finish(() => reject(new Error(`not reached: ${JSON.stringify(app.store.getState().vms)}`))),
      timeoutMs,
    );
    const stop = app.store.subscribe(look);
    look();
  });

export const newVm = (change: Partial<NewVm> = {}): NewVm => ({
  name: 'machine',
  family: 'other',
  vcpus: 1,
  memoryMiB: 64,
  firmware: 'bios',
  disk: { kind: 'none' },
  startNow: false,
  ...change,
});

/** Calls through the router, as the window does; gives the value or the error's code. */
export const ask = async (
  app: App,
  channel: string,
  args: unknown,
): Promise<{ readonly value?: unknown; readonly code?: AppErrorCode }> => {
  const result = await app.invoke(channel, args);
  return result.ok ? { value: result.value } : { code: result.error.code };
};

/** Creates a VM and waits for the end of the job. */
export const made = async (app: App, request: NewVm): Promise<{ id: VmId; job: Job }> => {
  const { id, job } = await app.commands.create(request);
  return { id, job: await app.commands.jobEnded(job) };
};

/** The serial output so far as text. */
export const serialOf = async (app: App, id: VmId): Promise<string> =>
  Buffer.from(await app.commands.serialHistory(id)).toString('latin1');

export const untilSerial = async (app: App, id: VmId, wanted: string): Promise<string> => {
  for (let tries = 0; tries < 2400; tries += 1) {
    const text = await serialOf(app, id);
    if (text.includes(wanted)) return text;
    await new Promise((wake) => setTimeout(wake, 50));
  }
  throw new Error(`no ${wanted} in: ${await serialOf(app, id)}`);
};
