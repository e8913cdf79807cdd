// passt beside a running guest: forwards change live, a passt that dies comes back by itself, and the next manager brings
// back one that died while none was there.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { mkdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorld, freely, tcg, type World } from '../../electron/drivers/qemu/testing/world.ts';
import type { DriverSession, NicPlug } from '../../electron/drivers/types.ts';
import { toMiB } from '../../shared/model/brand.ts';
import type { PortForward } from '../../shared/model/network.ts';
import type { VmDefinition } from '../../shared/model/vm.ts';
import { createGuestAgent, type GuestAgent } from '../harness/linux/agent.ts';
import { buildLinuxIso, type LinuxIso } from '../harness/linux/linux-iso.ts';

const patiently = { timeout: 90_000, interval: 200 };
const nic = 'nic1';

/** passt gives the guest an address of this computer, so it needs one. */
const own = Object.values(networkInterfaces())
  .flat()
  .find((row) => row !== undefined && !row.internal && row.family === 'IPv4')?.address;

let world: World;
let session: DriverSession;
let cd: LinuxIso;
let vm: VmDefinition;
let guest: GuestAgent;

const freePort = async (): Promise<number> => {
  const probe = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => probe.once('listening', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
};
const forward = async (guestPort: number): Promise<PortForward> => ({
  ...{ id: `f${guestPort}`, protocol: 'tcp', hostAddress: '127.0.0.1', guestPort },
  hostPort: await freePort(),
});
const fetched = ({ hostPort }: PortForward): Promise<string> =>
  fetch(`http://127.0.0.1:${hostPort}/index.html`, { signal: AbortSignal.timeout(5000) }).then(
    (response) => response.text(),
    () => 'nobody',
  );
/** 0 while there is none. */
const passtPid = (): number => {
  try {
    const file = join(world.ctx.paths.state, 'vms', vm.id, `passt-${nic}.pid`);
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return 0;
  }
};
const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};
const carrierChanges = (): Promise<string> => guest.must('cat /sys/class/net/eth0/carrier_changes');

beforeAll(async () => {
  if (own === undefined) return;
  cd = await buildLinuxIso();
  world = await createWorld();
  session = world.session;
  const folder = join(world.root, 'n');
  mkdirSync(folder);
  vm = world.define({
    memory: toMiB(256),
    chipset: 'q35',
    machineType: 'q35',
    disks: [],
    cdDrives: [{ id: 'cd1', path: cd.path }],
    bootOrder: ['cd'],
    nics: [
      {
        ...{ id: nic, model: 'virtio-net-pci', mac: '52:54:00:00:07:01', isCableConnected: true },
        attachment: { kind: 'nat', stack: 'passt', ipv6: false, forwards: [] },
      },
    ],
  });
  const plugs = new Map<string, NicPlug>([[nic, { kind: 'passt', path: join(folder, 'p') }]]);
  await session.start(vm, { ...tcg, plugs }, freely);
  guest = createGuestAgent(await session.console!.open(vm.id, 'serial'));
  await guest.ready(180_000);
  await guest.must('ip link set eth0 up && udhcpc -i eth0 -n -q', 120_000);
  for (const [port, word] of [
    [7000, 'seven'],
    [8000, 'eight'],
  ] as const) {
    await guest.must(`mkdir -p /w${port} && echo ${word} >/w${port}/index.html`);
    await guest.must(`httpd -p ${port} -h /w${port}`);
  }
}, 400_000);
afterAll(async () => {
  await world?.end();
  await cd?.dispose();
});

// One life in parts: none can be tried again alone.
describe.runIf(own !== undefined)('passt', { timeout: 240_000, retry: 0 }, () => {
  let first: PortForward;
  let second: PortForward;

  it('takes forwards while the guest runs, and lets go of them', async () => {
    first = await forward(7000);
    second = await forward(8000);
    const before = await carrierChanges();
    expect(await fetched(first)).toBe('nobody');
    await session.live!.addForward(vm.id, nic, first);
    await expect.poll(() => fetched(first), patiently).toBe('seven\n');
    await session.live!.addForward(vm.id, nic, second);
    await expect.poll(() => fetched(second), patiently).toBe('eight\n');
    expect(await fetched(first)).toBe('seven\n');
    await session.live!.removeForward(vm.id, nic, first);
    await expect.poll(() => fetched(second), patiently).toBe('eight\n');
    expect(await fetched(first)).toBe('nobody');
    // Its address and its cable stayed.
    expect(await guest.must('ip -4 addr show eth0')).toContain(`${own}/`);
    expect(await carrierChanges()).toBe(before);
  });

  it('refuses a forward that is there, and keeps the others where a port is taken', async () => {
    await expect(
      session.live!.addForward(vm.id, nic, { ...second, id: 'x' }),
    ).rejects.toMatchObject({
      error: { code: expect.stringMatching(/^network\/(forward-exists|port-taken)$/) as string },
    });
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port: hostPort } = server.address() as AddressInfo;
    await expect(
      session.live!.addForward(vm.id, nic, { ...first, hostPort }),
    ).rejects.toMatchObject({ error: { code: 'network/port-taken' } });
    server.close();
    expect(await fetched(second)).toBe('eight\n');
  });

  it('comes back by itself when it dies', async () => {
    for (let times = 0; times < 2; times += 1) {
      const dead = passtPid();
      process.kill(dead, 'SIGKILL');
      await expect.poll(() => [0, dead].includes(passtPid()), patiently).toBe(false);
      await expect.poll(() => fetched(second), patiently).toBe('eight\n');
    }
    // And is then left alone.
    const pid = passtPid();
    await new Promise((wake) => setTimeout(wake, 3000));
    expect(passtPid()).toBe(pid);
    expect(await fetched(second)).toBe('eight\n');
  });

  it('is brought back by the next manager when it died without one, with its forwards', async () => {
    await session.dispose();
    process.kill(passtPid(), 'SIGKILL');
    await expect.poll(() => fetched(second), patiently).toBe('nobody');
    const other = await world.reopen();
    session = other.session;
    await session.adopt([vm]);
    expect(other.powerOf(vm.id)).toBe('running');
    await expect.poll(() => fetched(second), patiently).toBe('eight\n');
    await session.live!.addForward(vm.id, nic, first);
    await expect.poll(() => fetched(first), patiently).toBe('seven\n');
  });

  it('can be captured, and ends with the machine', async () => {
    const capture = join(world.root, 'passt.pcap');
    await session.capture!.start(vm.id, nic, capture);
    expect(await fetched(first)).toBe('seven\n');
    await session.capture!.stop(vm.id, nic);
    expect(readFileSync(capture).includes('seven')).toBe(true);
    const pid = passtPid();
    await session.powerOff(vm.id);
    await expect.poll(() => isAlive(pid), patiently).toBe(false);
    await session.dispose();
  });
});
