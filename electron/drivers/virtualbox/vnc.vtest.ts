// VirtualBox's VNC server, for real: on loopback with a password set through the API, and nothing on port 5900.
import { readFileSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { silentLogger } from '../../log/logger.ts';
import { realVirtualBox, type RealVirtualBox } from './__fixtures__/real.ts';
import { createEngineKeys } from './engine-keys.ts';
import { launchDriverless } from './launch.ts';
import { createLifecycle } from './lifecycle.ts';
import { hasVncPack } from './parse-list.ts';
import { createVBoxApi } from './vbox-api.ts';
import { extraVncPort, holdExtraVncPort, vncPassword } from './vnc.ts';
import { startWebService, type WebService } from './web-service.ts';

let real: RealVirtualBox;
let service: WebService;
beforeAll(async () => {
  real = await realVirtualBox();
  const { manage, env } = real;
  const path = real.probe.paths['webService'] ?? '';
  service = await startWebService({ manage, env, path, log: silentLogger });
});
afterAll(async () => {
  await service?.stop();
  await real?.dispose();
});

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });

/** Listening sockets of a port, as "address" in the kernel's hexadecimal. */
const listeners = (port: number): readonly string[] =>
  ['tcp', 'tcp6'].flatMap((table) =>
    readFileSync(`/proc/net/${table}`, 'utf8')
      .split('\n')
      .map((line) => /^\s*\d+: ([0-9A-F]+):([0-9A-F]{4}) \S+ 0A /.exec(line))
      .flatMap((row) => (row && Number.parseInt(row[2] ?? '', 16) === port ? [row[1] ?? ''] : [])),
  );

const greetingOf = (port: number): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = createConnection(port, '127.0.0.1');
    socket.once('error', reject);
    socket.once('data', (data) => {
      socket.destroy();
      resolve(data.toString('latin1'));
    });
  });

it('listens on loopback alone, and not on the port it would open to everybody', async () => {
  const { manage } = real;
  expect(hasVncPack(await manage.read(['list', 'extpacks']))).toBe(true);
  const machine = await real.createMachine('screen');
  const port = await freePort();
  await manage.change(['setproperty', 'vrdeextpack', 'VNC']);
  // prettier-ignore
  await manage.change(['modifyvm', machine, '--vrde', 'on', '--vrde-address', '127.0.0.1', '--vrde-port', String(port)]);
  await createVBoxApi(service).setVrdeProperty(machine, 'VNCPassword', vncPassword());
  const held = await holdExtraVncPort();
  expect(held.isHeld).toBe(true);
  const putBack = await createEngineKeys(manage, join(real.home, 'k')).apply(machine, 'software');
  const outcome = await launchDriverless({
    manage,
    program: real.probe.paths['machine'] ?? '',
    machine,
    runtime: join(real.home, 'run', 'm'),
    logFolder: join(real.home, 'log'),
    env: real.env,
    signal: new AbortController().signal,
  });
  await putBack();
  expect(outcome.kind).toBe('running');
  await expect.poll(() => listeners(port)).toEqual(['0100007F']);
  await held.release();
  expect(listeners(extraVncPort)).toEqual([]);
  expect(await greetingOf(port)).toBe('RFB 003.008\n');
  await createLifecycle(manage).powerOff(machine);
  expect(listeners(port)).toEqual([]);
});
