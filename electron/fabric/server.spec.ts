// Who may listen: one process, whatever was left behind and however many start at once.
import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { silentLogger } from '../log/logger.ts';
import type { FabricHandlers } from './fabric.ts';
import { startControlServer, type ControlServer } from './server.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ps-'));
});
const servers: ControlServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
  rmSync(folder, { recursive: true, force: true });
});

const start = async (path = join(folder, 'sock')): Promise<ControlServer | undefined> => {
  const server = await startControlServer(
    path,
    {} as FabricHandlers,
    Promise.resolve(),
    silentLogger,
  );
  if (server) servers.push(server);
  return server;
};

it('lets exactly one of many that start at once listen', async () => {
  writeFileSync(join(folder, 'sock'), 'left behind');
  const started = await Promise.all(Array.from({ length: 8 }, () => start()));
  expect(started.filter((server) => server !== undefined).length).toBe(1);
  expect(await start()).toBeUndefined();
  expect(existsSync(join(folder, 'sock.lock'))).toBe(false);
});

it('does not wait for one that was killed while it looked', async () => {
  const lock = join(folder, 'sock.lock');
  writeFileSync(lock, '');
  const longAgo = Date.now() / 1000 - 60;
  utimesSync(lock, longAgo, longAgo);
  expect(await start()).toBeDefined();
});

it('says so when its folder is gone', async () => {
  await expect(start(join(folder, 'gone', 'sock'))).rejects.toThrow('ENOENT');
});
