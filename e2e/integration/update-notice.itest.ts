// The notice of a newer release in the composed application: told, dismissed for good, switched off.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { App } from '../../electron/app-types.ts';
import { createWorld, type World } from './app-world.ts';

let world: World;
let server: Server;
let requests = 0;

beforeEach(async () => {
  world = await createWorld();
  requests = 0;
  server = createServer((_request, response) => {
    requests += 1;
    response.end(JSON.stringify({ version: '9.0.0', url: 'https://releases.example/9.0.0' }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  await world.dispose();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const open = (): App => {
  const { port } = server.address() as AddressInfo;
  return world.open({
    releases: {
      feedUrl: 'https://releases.example/latest.json',
      currentVersion: '1.0.0',
      // The product insists on https; the same request goes to the loopback server.
      fetch: (_url, init) => fetch(`http://127.0.0.1:${port}/`, init),
    },
  });
};
const notice = (app: App) => app.store.getState().notices['update'];

describe('the notice of a newer release', () => {
  it('is in the state once the host was looked at, and goes when dismissed', async () => {
    const app = open();
    await expect.poll(() => notice(app)?.url, { timeout: 60_000 }).toMatch(/9\.0\.0$/);
    await app.invoke('app.dismissNotice', { id: 'update' });
    expect(notice(app)).toBeUndefined();
    expect(requests).toBe(1);
  });

  it('is not asked for when switched off', async () => {
    const first = world.open();
    await first.loaded;
    await first.invoke('settings.update', { isUpdateNoticeOn: false });
    const app = open();
    await app.ready;
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(requests).toBe(0);
    expect(notice(app)).toBeUndefined();
  });
});
