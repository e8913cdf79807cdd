// The web service on a real VirtualBox: no key stays behind, events come, a dead server is noticed, a taken port is
// survived.
import { createServer } from 'node:net';
import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { silentLogger } from '../../log/logger.ts';
import { realVirtualBox, type RealVirtualBox } from './__fixtures__/real.ts';
import { createVBoxApi, type ApiEvent } from './vbox-api.ts';
import { startWebService, type WebService, type WebServiceOptions } from './web-service.ts';

let real: RealVirtualBox;
let service: WebService;
let options: WebServiceOptions;
beforeAll(async () => {
  real = await realVirtualBox();
  const path = real.probe.paths['webService'] ?? '';
  options = { manage: real.manage, path, env: real.env, log: silentLogger };
  service = await startWebService(options);
});
afterAll(async () => {
  await service?.stop();
  await real?.dispose();
});

it('leaves neither key nor setting behind, and lets nobody else in', async () => {
  expect(await real.manage.read(['getextradata', 'global', 'enumerate'])).not.toContain(
    'polyvisor',
  );
  const settings = readFileSync(join(real.home, 'c', 'VirtualBox.xml'), 'utf8');
  expect(settings).not.toMatch(/webServiceAuthLibrary="VBoxAuthSimple"/);
  const logon = service.call('IWebsessionManager_logon', { username: '', password: '' });
  await expect(logon).rejects.toMatchObject({ error: { code: 'virtualbox/refused' } });
});

it('knows which engines this build has', async () => {
  const api = createVBoxApi(service);
  expect(await api.isEngineSupported('NativeApi')).toBe(false);
  expect(await api.isEngineSupported('Interpreter')).toBe(true);
});

it('reports a machine made and changed by somebody else', async () => {
  const api = createVBoxApi(service);
  const events: ApiEvent[] = [];
  const stop = new AbortController();
  const listening = api.listen((event) => events.push(event), stop.signal);
  // Nothing tells when it is listened to.
  await new Promise((done) => setTimeout(done, 3000));
  const id = await real.createMachine('made outside');
  await expect.poll(() => events).toContainEqual({ kind: 'registered', id, isRegistered: true });
  await expect.poll(() => events).toContainEqual({ kind: 'changed', id });
  expect(await api.machines()).toMatchObject([{ id, isAccessible: true, state: 'PoweredOff' }]);
  expect(await api.state(id)).toBe('PoweredOff');
  stop.abort();
  await listening;
});

it('finds another port when one is taken', async () => {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  const taken = typeof address === 'object' && address ? address.port : 0;
  const tried: number[] = [];
  const ports = async (): Promise<number> => {
    tried.push(tried.length === 0 ? taken : taken + tried.length);
    return tried.at(-1) ?? 0;
  };
  const other = await startWebService({ ...options, ports });
  expect(other.port).not.toBe(taken);
  expect(tried.length).toBeGreaterThan(1);
  await other.stop();
  server.close();
});

it('notices at once when VirtualBox’s server dies, and a new service works', async () => {
  const api = createVBoxApi(service);
  const listening = api.listen(() => undefined, new AbortController().signal);
  // Nothing tells when it is listened to.
  await new Promise((done) => setTimeout(done, 3000));
  const [server] = real.processes('VBoxSVC');
  expect(server).toBeDefined();
  process.kill(server ?? 0, 'SIGKILL');
  await expect(listening).rejects.toMatchObject({ error: { code: 'virtualbox/web-service' } });
  await service.stop();
  service = await startWebService(options);
  expect(await createVBoxApi(service).machines()).toHaveLength(1);
});
