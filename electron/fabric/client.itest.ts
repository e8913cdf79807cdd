// Managers and the fabric's own process, without machines: started, found again, killed, asked wrongly, ended.
import { createSocket, type Socket } from 'node:dgram';
import { connect, createServer, type AddressInfo } from 'node:net';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { toVmId } from '../../shared/model/brand.ts';
import { toNetworkId } from '../../shared/model/networks.ts';
import type { FabricForward, FabricPort, ServiceSpec } from './protocol.ts';
import { everybody, frameOf } from './testing/frames.ts';
import { createFabricWorld, type FabricWorld } from './testing/world.ts';

vi.setConfig({ expect: { poll: { timeout: 90_000 } } });
let world: FabricWorld;
const sockets: Socket[] = [];
beforeEach(() => {
  world = createFabricWorld();
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.close();
  await world.end();
});

const lab = toNetworkId('lab');
const vm = (n: number) => toVmId(`0000000${n}-0000-4000-8000-000000000000`);
const portOf = (n: number, peerPort?: number, switchPort?: number): FabricPort => ({
  network: lab,
  vm: vm(n),
  nic: 'nic0',
  mac: `52:54:00:00:00:0${n}`,
  isCableConnected: true,
  endpoint: {
    kind: 'datagram',
    ...(peerPort === undefined ? {} : { peerPort }),
    ...(switchPort === undefined ? {} : { switchPort }),
  },
});

/** A machine's side: a UDP socket on the loopback, and what it got. */
const station = async () => {
  const socket = createSocket('udp4');
  sockets.push(socket);
  const got: Buffer[] = [];
  socket.on('message', (frame) => got.push(frame));
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const { port } = socket.address();
  return { port, got, send: (to: number, frame: Buffer) => socket.send(frame, to, '127.0.0.1') };
};
const freeTcpPort = async (): Promise<number> => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
};
const isOpen = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
/** Process ids of the QEMUs that this process started. */
const programsOf = (parent: number): readonly number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        return stat.includes('qemu') && stat.split(') ')[1]?.split(' ')[1] === String(parent);
      } catch {
        return false;
      }
    })
    .map(Number);
const frame = (from: number, payload: string): Buffer =>
  frameOf({ to: everybody, from: `52:54:00:00:00:0${from}`, payload });
const textsOf = (got: readonly Buffer[]): readonly string[] =>
  got.map((one) => one.subarray(14).toString());

it('is started once for two managers, told apart from nobody, and ends when idle', async () => {
  const [one, two] = [world.manager(), world.manager()];
  expect(await one.findRunning()).toBe(false);
  await expect(one.call('list', {})).rejects.toMatchObject({
    error: { code: 'network/fabric-lost' },
  });
  await Promise.all([one.ensureRunning(), two.ensureRunning()]);
  const [a, b] = await Promise.all([one.call('hello', {}), two.call('hello', {})]);
  expect(a).toEqual(b);
  expect(a.version).toBe(1);
  const socket = statSync(join(world.paths.runtime, 'fabric.sock'));
  expect(socket.mode & 0o077).toBe(0);
  await one.call('ensureNetwork', { id: lab });
  expect(await two.endIfIdle()).toBe(false);
  await two.call('removeNetwork', { id: lab });
  expect(await two.endIfIdle()).toBe(true);
  // It is really gone, with its files; the other manager wanted it and starts it again.
  await expect.poll(async () => (await one.call('hello', {})).pid).not.toBe(a.pid);
  expect((await one.call('list', {})).networks).toEqual([]);
});

it('refuses what it does not understand and stays', async () => {
  const one = world.manager();
  await one.ensureRunning();
  const odd = one.call as (name: string, args: unknown) => Promise<unknown>;
  const code = (wanted: string) => ({ error: { code: wanted } });
  const bad = { ...portOf(1), vlan: { mode: 'access', tag: 4095 } };
  await expect(odd('ensurePort', bad)).rejects.toMatchObject(code('ipc/rejected'));
  await expect(odd('toString', {})).rejects.toMatchObject(code('ipc/rejected'));
  await expect(one.call('ensurePort', portOf(1))).rejects.toMatchObject(code('network/not-found'));
  await expect(one.call('look', { network: lab })).rejects.toMatchObject(code('network/not-found'));
  for (const words of ['nonsense\n', '{"id":"x"}\n', `"${'x'.repeat(5 * 1024 * 1024)}`]) {
    const raw = connect(join(world.paths.runtime, 'fabric.sock'));
    raw.on('error', () => undefined);
    await new Promise((resolve) => {
      raw.on('close', resolve);
      raw.write(words);
    });
  }
  expect((await one.call('hello', {})).version).toBe(1);
});

it('carries datagrams between known ports and drops those from elsewhere', async () => {
  const one = world.manager();
  await one.ensureRunning();
  await one.call('ensureNetwork', { id: lab });
  const [a, b, stranger] = [await station(), await station(), await station()];
  const { switchPort: toA = 0 } = await one.call('ensurePort', portOf(1));
  const { switchPort: toB = 0 } = await one.call('ensurePort', portOf(2, b.port));
  // Not known yet: nothing passes.
  a.send(toA, frame(1, 'early'));
  b.send(toB, frame(2, 'to nobody'));
  const lookAt = async () => (await one.call('look', { network: lab })).ports;
  await expect.poll(async () => (await lookAt())[0]?.counters.dropped).toBe(2);
  expect(await one.call('ensurePort', portOf(1, a.port))).toEqual({ switchPort: toA });
  stranger.send(toA, frame(1, 'forged'));
  await expect.poll(async () => (await lookAt())[0]?.counters.dropped).toBe(3);
  a.send(toA, frame(1, 'hello'));
  await expect.poll(() => textsOf(b.got)).toEqual(['hello']);
  b.send(toB, frame(2, 'hello back'));
  await expect.poll(() => textsOf(a.got)).toEqual(['hello back']);
  expect(stranger.got).toEqual([]);
  expect((await lookAt()).map(({ isConnected }) => isConnected)).toEqual([true, true]);
});

it('comes back after kill -9 with networks, ports and captures, and both managers are told', async () => {
  const [one, two] = [world.manager(), world.manager()];
  await Promise.all([one.ensureRunning(), two.ensureRunning()]);
  await one.call('ensureNetwork', { id: lab });
  const [a, b] = [await station(), await station()];
  const { switchPort: toA = 0 } = await one.call('ensurePort', portOf(1, a.port));
  await one.call('ensurePort', { ...portOf(2, b.port), vlan: { mode: 'access', tag: 10 } });
  await one.call('ensurePort', { ...portOf(2, b.port), hostname: 'second' });
  const capture = join(world.folder, 'a.pcap');
  await one.call('startCapture', { vm: vm(1), nic: 'nic0', path: capture });
  a.send(toA, frame(1, 'before'));
  await expect.poll(() => textsOf(b.got)).toEqual(['before']);
  const before = await one.call('list', {});
  let restarts = 0;
  one.onRestart(() => (restarts += 1));
  two.onRestart(() => (restarts += 1));
  await expect.poll(() => statSync(capture).size).toBeGreaterThan(24);
  const size = statSync(capture).size;
  const dead = await world.kill();
  await expect.poll(() => restarts).toBe(2);
  expect((await two.call('hello', {})).pid).not.toBe(dead);
  expect(await two.call('list', {})).toEqual(before);
  a.send(toA, frame(1, 'after'));
  await expect.poll(() => textsOf(b.got)).toEqual(['before', 'after']);
  await one.call('stopCapture', { vm: vm(1), nic: 'nic0' });
  expect(statSync(capture).size).toBe(size + 16 + frame(1, 'after').length);
});

it('tells when a capture ends by itself, and refuses one that cannot begin', async () => {
  const one = world.manager();
  await one.ensureRunning();
  await one.call('ensureNetwork', { id: lab });
  const a = await station();
  const { switchPort: toA = 0 } = await one.call('ensurePort', portOf(1, a.port));
  const ref = { vm: vm(1), nic: 'nic0' };
  const failed = { error: { code: 'network/capture-failed' } };
  const impossible = { ...ref, path: join(world.folder, 'no', 'such') };
  await expect(one.call('startCapture', impossible)).rejects.toMatchObject(failed);
  if (!existsSync('/dev/full')) return;
  const ended = new Promise((resolve) => {
    one.onEvent((event) => {
      if (event.kind === 'captureEnded') resolve(event);
    });
  });
  // A disk without room.
  await one.call('startCapture', { ...ref, path: '/dev/full' });
  a.send(toA, frame(1, 'x'));
  expect(await ended).toMatchObject({ ...ref, problem: { code: 'network/capture-failed' } });
  expect((await one.call('list', {})).captures).toEqual([]);
});

it('says why it does not start', async () => {
  const one = world.manager([process.execPath, '-e', 'console.error("no way"); process.exit(3)']);
  const error: unknown = await one.ensureRunning().catch((why: unknown) => why);
  expect(String(error)).toMatch(/network\/fabric-lost.*exit code 3.*no way/s);
});

it('brings the service end of a NAT network back, with what it was told', async () => {
  const one = world.manager();
  await one.ensureRunning();
  const states: string[] = [];
  one.onEvent((event) => {
    if (event.kind === 'service') states.push(event.state);
  });
  const service: ServiceSpec = {
    way: 'gateway',
    ipv4: {
      ...{ subnet: '10.77.0.0/24', gateway: '10.77.0.1' },
      dhcp: { first: '10.77.0.100', last: '10.77.0.110' },
    },
    ...{ reservations: [], dnsNames: [], forwards: [], mayReachHost: false },
    programs: { qemu: '/usr/bin/qemu-system-x86_64' },
  };
  await one.call('ensureNetwork', { id: lab, service });
  const forward: FabricForward = {
    ...{ id: 'web', protocol: 'tcp', hostAddress: '127.0.0.1', hostPort: 0, guestPort: 80 },
    to: { address: '10.77.0.100' },
  };
  const hostPort = await freeTcpPort();
  await one.call('addForward', { network: lab, forward: { ...forward, hostPort } });
  expect(await isOpen(hostPort)).toBe(true);
  // Its own program dies.
  const programs = programsOf(await world.pid());
  expect(programs.length).toBeGreaterThan(0);
  for (const pid of programs) process.kill(pid, 'SIGKILL');
  await expect.poll(() => states).toEqual(['restarting', 'up']);
  await expect.poll(() => isOpen(hostPort)).toBe(true);
  // The fabric dies, and its programs with it: the port is free for the next one.
  await world.kill();
  await expect.poll(() => states).toEqual(['restarting', 'up', 'up']);
  await expect.poll(() => isOpen(hostPort)).toBe(true);
  const { networks } = await one.call('list', {});
  expect(networks).toEqual([
    { id: lab, service: { ...service, forwards: [{ ...forward, hostPort }] } },
  ]);
  await one.call('removeNetwork', { id: lab });
  await expect.poll(() => isOpen(hostPort)).toBe(false);
  await expect.poll(async () => programsOf(await world.pid())).toEqual([]);
});
