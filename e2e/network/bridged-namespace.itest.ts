// A bridged machine, as an ordinary user: in a network namespace with a veth for a network card, the program that has
// root's rights there makes the bridge, moves the card into it and makes the tap; the guest gets its address from the
// DHCP server behind the card. Host and guest are real; only the card is a veth.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { PrivilegedRequest } from '../../electron/privileged/requests.ts';
import { buildLinuxGuest, staticBusybox } from '../harness/linux/build-linux.ts';
import { startLinuxGuest, type LinuxGuest } from '../harness/linux/linux-guest.ts';
import { startNamespace, type Namespace } from '../harness/namespace.ts';
import { answered, helperFolder, helperName, nothing, sending } from './net-helper.ts';

const router = '192.168.83.1';
const own = '192.168.83.9';
const mac = '52:54:00:83:00:01';
const bridge = 'pv-br0';
const tap = 'pv-tap0';
const program = `python3 -I ${join(helperFolder, helperName)}`;

let host: Namespace;
let far: Namespace;
let folder: string;
let busybox: string;
let dhcp: ChildProcess | undefined;
let guest: LinuxGuest | undefined;

const ask = async (...requests: readonly PrivilegedRequest[]) =>
  answered(await host.must(`export PKEXEC_UID=0; ${sending(program, requests)}`));
const status = async () => answered(await host.must(`${program} status`));
const leases = (): string => readFileSync(join(folder, 'leases'), 'utf8');
const ping = (from: Namespace, address: string): Promise<string> =>
  from.must(`${busybox} ping -c 1 -W 10 ${address}`);
const reachesRouter = (): Promise<string> => ping(host, router);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pvn-'));
  busybox = await staticBusybox();
  host = await startNamespace();
  // The record of the program lies in /run, which is the host's own outside.
  await host.must('mount -t tmpfs tmpfs /run');
  far = await host.neighbour();
  await host.must(`
    ip link set lo up
    ip link add up0 type veth peer name far0 netns ${far.pid}
    ip link set up0 up
    ip address add ${own}/24 dev up0
    ip route add default via ${router}`);
  await far.must(`ip link set lo up; ip link set far0 up; ip address add ${router}/24 dev far0`);
  const [file = '', ...prefix] = far.prefix;
  dhcp = spawn(
    file,
    [
      ...[...prefix, 'dnsmasq', '--no-daemon', '--conf-file=/dev/null', '--port=0'],
      ...['--interface=far0', '--bind-interfaces', `--dhcp-leasefile=${folder}/leases`],
      '--dhcp-range=192.168.83.100,192.168.83.150,1h',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let said = '';
  dhcp.stderr?.setEncoding('utf8').on('data', (text: string) => (said += text));
  await vi.waitFor(() => expect(said).toContain('DHCP, IP range'), 90_000);
});
afterAll(async () => {
  await guest?.dispose();
  if (dhcp && dhcp.exitCode === null) {
    dhcp.kill('SIGKILL');
    await once(dhcp, 'exit');
  }
  far?.dispose();
  host?.dispose();
  rmSync(folder, { recursive: true, force: true });
});

it('reaches its router before anything is changed', async () => {
  await reachesRouter();
  expect(await status()).toEqual(nothing);
});

it('moves the card into a bridge with its address and routes, and stays connected', async () => {
  const made = await ask(
    { verb: 'bridge.create', bridge },
    { verb: 'uplink.attach', bridge, uplink: 'up0', rollbackSeconds: 300 },
    { verb: 'tap.create', tap, bridge },
  );
  expect(made).toMatchObject({
    bridges: [bridge],
    taps: [tap],
    uplinks: [{ bridge, uplink: 'up0' }],
  });
  expect(made.awaiting).toHaveLength(1);
  expect(await host.must('ip -br -4 address')).toMatch(new RegExp(`^${bridge} .*${own}/24`, 'm'));
  expect(await host.must('ip route')).toContain(`default via ${router} dev ${bridge}`);
  await reachesRouter();
  expect((await ask({ verb: 'confirm', bridge })).awaiting).toEqual([]);
});

it('gives a guest on the tap an address from behind the card', async () => {
  const files = await buildLinuxGuest();
  try {
    guest = await startLinuxGuest(files, {
      prefix: host.prefix,
      args: [
        ...['-netdev', `tap,id=n0,ifname=${tap},script=no,downscript=no`],
        ...['-device', `virtio-net-pci,netdev=n0,mac=${mac}`],
      ],
    });
  } finally {
    await files.dispose();
  }
  await guest.must('ip link set eth0 up && udhcpc -i eth0 -n -q -t 20');
  const [, address] = /inet (192\.168\.83\.1[0-5]\d)\//.exec(
    await guest.must('ip -4 addr show eth0'),
  ) ?? [undefined, 'none'];
  await expect.poll(leases).toContain(`${mac} ${address}`);
  await guest.must(`ping -c 1 -W 10 ${router}`);
  await guest.must(`ping -c 1 -W 10 ${own}`);
  await ping(host, address ?? '');
  await ping(far, address ?? '');
});

it('leaves nothing behind after undo, and the card as it was', async () => {
  await guest?.dispose();
  guest = undefined;
  expect(await ask({ verb: 'undo.all' })).toEqual(nothing);
  expect(await status()).toEqual(nothing);
  const links = await host.must('ip -br link');
  expect(links).not.toContain(bridge);
  expect(links).not.toContain(tap);
  expect(await host.must('ip -br -4 address show up0')).toContain(`${own}/24`);
  expect(await host.must('ip route')).toContain(`default via ${router} dev up0`);
  await reachesRouter();
});
