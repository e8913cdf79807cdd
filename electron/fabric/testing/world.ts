// A fabric of a test's own: folders below one short temporary folder, the real role in plain Node, ended with the test.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { appPaths, envBelow, type Env } from '../../paths.ts';
import type { AppPaths } from '../../drivers/types.ts';
import { silentLogger } from '../../log/logger.ts';
import { argvOf, pids } from '../../process/processes.ts';
import { createFabric, type FabricOwner } from '../client.ts';

const root = resolve(import.meta.dirname, '../../..');
/** Built by `node build/setup/build-app.mjs`. */
export const roleFile = join(root, 'out/core/role.mjs');

export interface FabricWorld {
  readonly folder: string;
  readonly paths: AppPaths;
  readonly env: Env;
  /** Another manager. It is let go of at the end. */
  readonly manager: (command?: readonly string[]) => FabricOwner;
  /** Process id of the fabric that runs. */
  readonly pid: () => Promise<number>;
  readonly kill: () => Promise<number>;
  /** What the role wrote to its log. */
  readonly log: () => string;
  readonly end: () => Promise<void>;
}

const isAlive = (pid: number): boolean => {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};
const gone = async (pid: number): Promise<void> => {
  for (let i = 0; isAlive(pid); i += 1) {
    if (i > 1000) throw new Error(`process ${pid} does not end`);
    await sleep(20);
  }
};

/** Fabrics with this in their environment. */
const fabricsWith = (text: string): readonly number[] =>
  pids().filter((pid) => {
    try {
      const isFabric = argvOf(pid).at(-1) === 'fabric';
      return isFabric && readFileSync(`/proc/${pid}/environ`, 'utf8').includes(text);
    } catch {
      return false; // Another user's, or gone.
    }
  });

export const createFabricWorld = (): FabricWorld => {
  const folder = mkdtempSync(join(tmpdir(), 'pf-'));
  const env = envBelow(folder, process.env);
  const paths = appPaths(env, join(root, 'out'));
  const managers: FabricOwner[] = [];
  const manager: FabricWorld['manager'] = (command) => {
    const made = createFabric({
      paths,
      env,
      log: silentLogger,
      command: command ?? [process.execPath, roleFile, 'fabric'],
    });
    managers.push(made);
    return made;
  };
  const pid = async (): Promise<number> => {
    const asking = manager();
    if (!(await asking.findRunning())) throw new Error('no fabric runs');
    const { pid: found } = await asking.call('hello', {});
    await asking.dispose();
    return found;
  };
  const logFile = join(paths.state, 'role-fabric.log');
  return {
    folder,
    paths,
    env,
    manager,
    pid,
    log: () => (existsSync(logFile) ? readFileSync(logFile, 'utf8') : ''),
    kill: async () => {
      const found = await pid();
      process.kill(found, 'SIGKILL');
      await gone(found);
      return found;
    },
    end: async () => {
      await Promise.all(managers.map((one) => one.dispose()));
      // One that a manager started again just now does not answer yet, so they are not asked.
      for (const found of fabricsWith(`XDG_RUNTIME_DIR=${folder}\0`)) {
        process.kill(found, 'SIGTERM');
        await gone(found);
      }
      rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
    },
  };
};
