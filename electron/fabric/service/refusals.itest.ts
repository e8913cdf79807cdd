// A service end that cannot start says why and leaves nothing: a program that is missing, user namespaces that are really
// denied, a port that is taken; and one whose fabric died without a word is cleared away by the next.
import { spawn, type ChildProcess } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { toNetworkId } from '../../../shared/model/networks.ts';
import { silentLogger } from '../../log/logger.ts';
import { lookForNetworkTools, serviceWayHere } from '../../networks/host-tools.ts';
import { createExec } from '../../process/exec.ts';
import type { FabricForward, ServicePort, ServiceSpec } from '../protocol.ts';
import { servicePort } from '../service-port.ts';
import { createSwitch } from '../switch/switch.ts';
import { endLeftBehind } from './children.ts';
import { startService } from './service.ts';

const network = toNetworkId('lab');
const exec = createExec(silentLogger);
let folder: string;
let attached: readonly string[];
const { attach } = servicePort(createSwitch());
const port: ServicePort = {
  attach: (path, sieve) => {
    attached = [...attached, path];
    return attach(path, sieve);
  },
};
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sr-'));
  attached = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Every look for a user namespace through it is refused by the kernel itself. */
const deniedUnshare = (): string => {
  const path = join(folder, 'bin', 'unshare');
  mkdirSync(join(folder, 'bin'));
  const denied = 'echo 0 >/proc/sys/user/max_user_namespaces; exec unshare "$@"';
  writeFileSync(path, `#!/bin/sh\nexec unshare -Ur sh -c '${denied}' denied "$@"\n`);
  chmodSync(path, 0o755);
  return path;
};
const specWith = async (changes: Partial<ServiceSpec>): Promise<ServiceSpec> => ({
  way: 'namespace',
  ipv4: {
    subnet: '10.20.0.0/24',
    gateway: '10.20.0.1',
    dhcp: { first: '10.20.0.100', last: '10.20.0.110' },
  },
  reservations: [],
  dnsNames: [],
  forwards: [],
  mayReachHost: false,
  programs: (await lookForNetworkTools({ exec })).programs,
  ...changes,
});
const start = (spec: ServiceSpec) =>
  startService(spec, network, port, {
    runtimeDir: join(folder, 'run'),
    log: silentLogger,
    onEnded: () => undefined,
    onLease: () => undefined,
  });
const left = (): readonly string[] => {
  const files = readdirSync(join(folder, 'run'), { recursive: true, withFileTypes: true });
  const programs = readdirSync('/proc').filter((name) => {
    try {
      return readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(`${folder}/run`);
    } catch {
      return false;
    }
  });
  return [...files.filter((entry) => !entry.isDirectory()).map(({ name }) => name), ...programs];
};
const endOf = (child: ChildProcess): Promise<string> =>
  new Promise((resolve) => child.on('exit', (code, signal) => resolve(String(code ?? signal))));

it('names the program that is missing', async () => {
  const { dnsmasq: _none, ...programs } = (await specWith({})).programs;
  await expect(start(await specWith({ programs }))).rejects.toMatchObject({
    error: { code: 'network/service-missing', params: { program: 'dnsmasq' } },
  });
  await expect.poll(left).toEqual([]);
});

it('says that namespaces are denied, where the kernel denies them; the gateway still works', async () => {
  const { programs } = await specWith({});
  const denied = { ...programs, unshare: deniedUnshare() };
  await expect(start(await specWith({ programs: denied }))).rejects.toMatchObject({
    error: { code: 'network/namespace-denied' },
  });
  await expect.poll(left).toEqual([]);
  expect(attached).toEqual([]);
  const tools = await lookForNetworkTools({
    exec,
    folders: [join(folder, 'bin'), ...(process.env['PATH'] ?? '').split(':'), '/usr/sbin'],
  });
  expect(serviceWayHere(tools)).toMatchObject({
    way: 'gateway',
    because: { code: 'network/namespace-denied' },
  });
  const service = await start(await specWith({ way: 'gateway', programs: tools.programs }));
  expect(attached).toHaveLength(1);
  await service.dispose();
  await expect.poll(left).toEqual([]);
});

it('is not started half when a port it shall forward is taken', async () => {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port: hostPort } = server.address() as AddressInfo;
  const forward: FabricForward = {
    ...{ id: 'web', protocol: 'tcp', hostAddress: '127.0.0.1', hostPort, guestPort: 80 },
    to: { address: '10.20.0.9' },
  };
  try {
    const spec = await specWith({ way: 'gateway', forwards: [forward] });
    await expect(start(spec)).rejects.toMatchObject({
      error: { code: 'network/port-taken', params: { port: hostPort } },
    });
    await expect.poll(left).toEqual([]);
  } finally {
    server.close();
  }
});

it('says what QEMU said when it does not take its arguments', async () => {
  const networkBoot = { folder: join(folder, 'none'), file: 'x'.repeat(200) };
  const spec = await specWith({ way: 'gateway', networkBoot });
  await expect(start(spec)).rejects.toMatchObject({
    error: { code: 'network/service-failed', params: { name: network } },
  });
  await expect.poll(left).toEqual([]);
});

it('ends what the last fabric left running, and nothing else', async () => {
  const [ours, other] = [spawn('sleep', ['60']), spawn('sleep', ['60'])];
  const ended = endOf(ours);
  const stat = readFileSync(`/proc/${ours.pid}/stat`, 'utf8');
  const startTime = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  const record = [
    { pid: ours.pid, start: startTime },
    // Another process has got the id since.
    { pid: other.pid, start: '1' },
  ];
  writeFileSync(join(folder, 'pids'), JSON.stringify(record));
  endLeftBehind(folder);
  expect(await ended).toBe('SIGKILL');
  expect(other.exitCode).toBeNull();
  const otherEnded = endOf(other);
  other.kill('SIGTERM');
  // It was alive until now: SIGKILL would have come first.
  expect(await otherEnded).toBe('SIGTERM');
  expect(readdirSync(folder)).toEqual([]);
});
