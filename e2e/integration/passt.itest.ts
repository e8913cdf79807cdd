// passt beside a running guest: what it cannot do is refused, and its death is told.
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { mkdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorld, freely, tcg, type World } from '../../electron/drivers/qemu/testing/world.ts';
import type { DriverEvent, DriverSession, NicPlug } from '../../electron/drivers/types.ts';
import { freeLoopbackPort } from '../../electron/process/free-port.ts';
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
let forward: PortForward;

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
const told = (events: readonly DriverEvent[]): readonly string[] =>
  events.flatMap((event) =>
    event.kind === 'power' && event.power === 'running' && event.error ? [event.error.code] : [],
  );

beforeAll(async () => {
  if (own === undefined) return;
  forward = {
    ...{ id: 'f', protocol: 'tcp', hostAddress: '127.0.0.1', guestPort: 7000 },
    hostPort: await freeLoopbackPort(),
  };
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
        attachment: { kind: 'nat', stack: 'passt', ipv6: false, forwards: [forward] },
      },
    ],
  });
  const plugs = new Map<string, NicPlug>([[nic, { kind: 'passt', path: join(folder, 'p') }]]);
  await session.start(vm, { ...tcg, plugs }, freely);
  guest = createGuestAgent(await session.console!.open(vm.id, 'serial'));
  await guest.ready(180_000);
  await guest.must('ip link set eth0 up && udhcpc -i eth0 -n -q', 120_000);
  await guest.must('mkdir /w && echo seven >/w/index.html && httpd -p 7000 -h /w');
}, 400_000);
afterAll(async () => {
  await world?.end();
  await cd?.dispose();
});

// One life in parts: none can be tried again alone.
describe.runIf(own !== undefined)('passt', { timeout: 240_000, retry: 0 }, () => {
  it('keeps its forwards while the guest runs, and says so', async () => {
    expect(await fetched(forward)).toBe('seven\n');
    const other = { ...forward, id: 'other', hostPort: await freeLoopbackPort() };
    const refusal = { error: { code: 'vm/not-changeable-live' } };
    await expect(session.live!.addForward(vm.id, nic, other)).rejects.toMatchObject(refusal);
    await expect(session.live!.removeForward(vm.id, nic, forward)).rejects.toMatchObject(refusal);
    expect(await fetched(forward)).toBe('seven\n');
  });

  it('is told when it dies, also by the next manager; the machine runs on', async () => {
    process.kill(passtPid(), 'SIGKILL');
    await expect.poll(() => told(world.events), patiently).toContain('network/service-failed');
    expect(await fetched(forward)).toBe('nobody');
    await session.dispose();
    const next = await world.reopen();
    session = next.session;
    await session.adopt([vm]);
    expect(told(next.events)).toContain('network/service-failed');
    expect(next.powerOf(vm.id)).toBe('running');
    await session.powerOff(vm.id);
    await session.dispose();
  });
});
