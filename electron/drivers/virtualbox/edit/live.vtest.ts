// Changes of a machine that runs, on a real VirtualBox in software: what is said to be done is done.
import { createSocket } from 'node:dgram';
import { existsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { toMiB } from '../../../../shared/model/brand.ts';
import type { Nic, PortForward } from '../../../../shared/model/network.ts';
import type { VmConfig } from '../../../../shared/model/vm-config.ts';
import type { VmDefinition } from '../../../../shared/model/vm.ts';
import { freeLoopbackPort } from '../../../process/free-port.ts';
import type { LiveChangeFacet } from '../../types.ts';
import { realVirtualBox, type RealVirtualBox } from '../__fixtures__/real.ts';
import {
  definitionWith,
  launchInSoftware,
  noProgress,
  powerOff,
  realMachines,
  type RealMachines,
} from './__fixtures__/machine.ts';
import { isPortTaken } from './host-port.ts';
import { createInventory } from './inventory.ts';
import { createLive } from './live.ts';

let real: RealVirtualBox;
let machines: RealMachines;
let live: LiveChangeFacet;
const nic: Nic = {
  id: 'nic0',
  model: 'e1000',
  mac: '52:54:00:00:00:01',
  isCableConnected: true,
  attachment: { kind: 'nat', ipv6: false, forwards: [] },
};
const definition = definitionWith({
  nics: [nic, { ...nic, id: 'nic1', mac: '52:54:00:00:00:02', attachment: { kind: 'none' } }],
  cdDrives: [{ id: 'cd0' }],
  floppy: {},
});
const { id } = definition;

beforeAll(async () => {
  real = await realVirtualBox();
  machines = realMachines(real);
  live = createLive(machines);
  await createInventory(machines).create(definition, machines.folder(id), noProgress);
  expect(await launchInSoftware(real, id)).toMatchObject({ kind: 'running' });
  await machines.refresh(id);
});
afterAll(() => real?.dispose());

const now = (): Promise<VmDefinition> => machines.read(id);
const forwardsNow = async (): Promise<readonly PortForward[]> => {
  const { attachment } = (await now()).config.nics[0] ?? nic;
  return attachment.kind === 'nat' ? attachment.forwards : [];
};
const code = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'done',
    (error: { error?: { code?: string } }) => error.error?.code ?? error,
  );

const forwardAt = async (more: Partial<PortForward> = {}): Promise<PortForward> => ({
  id: 'a rule',
  protocol: 'tcp',
  hostAddress: '127.0.0.1',
  hostPort: await freeLoopbackPort(),
  guestPort: 22,
  ...more,
});

it.each(['tcp', 'udp'] as const)(
  'opens and closes a %s port while the machine runs',
  async (protocol) => {
    const forward = await forwardAt({ id: `über <${protocol}>`, protocol });
    await live.addForward(id, 'nic0', forward);
    expect(await forwardsNow()).toEqual([forward]);
    expect(await isPortTaken(forward)).toBe(true);
    expect(await code(live.addForward(id, 'nic0', forward))).toBe('network/forward-exists');
    await live.removeForward(id, 'nic0', forward);
    await live.removeForward(id, 'nic0', forward);
    expect(await forwardsNow()).toEqual([]);
    await expect.poll(() => isPortTaken(forward), { timeout: 120_000 }).toBe(false);
  },
);

it('refuses a port that somebody has, which VirtualBox would take in silence', async () => {
  const tcp = await forwardAt();
  const server = createServer().listen(tcp.hostPort, '127.0.0.1');
  await expect.poll(() => isPortTaken(tcp)).toBe(true);
  expect(await code(live.addForward(id, 'nic0', tcp))).toBe('network/port-taken');
  server.close();
  const udp = await forwardAt({ protocol: 'udp' });
  const socket = createSocket('udp4');
  socket.bind(udp.hostPort, '127.0.0.1');
  await expect.poll(() => isPortTaken(udp)).toBe(true);
  expect(await code(live.addForward(id, 'nic0', udp))).toBe('network/port-taken');
  socket.close();
  const elsewhere = await forwardAt({ hostAddress: '192.0.2.1' });
  expect(await code(live.addForward(id, 'nic0', elsewhere))).toBe('network/bad-forward');
  expect(await code(live.addForward(id, 'nic1', tcp))).toBe('vm/not-changeable-live');
  expect(await code(live.addForward(id, 'nic7', tcp))).toBe('vm/not-changeable-live');
  expect(await forwardsNow()).toEqual([]);
});

it('pulls the cable and puts it back', async () => {
  const cables = async (): Promise<readonly boolean[]> =>
    (await now()).config.nics.map((row) => row.isCableConnected);
  await live.setCable(id, 'nic0', false);
  await live.setCable(id, 'nic0', false);
  expect(await cables()).toEqual([false, true]);
  await live.setCable(id, 'nic0', true);
  expect(await cables()).toEqual([true, true]);
});

it('changes discs and floppies', async () => {
  const disc = join(real.home, 'a "disc" ü.iso');
  const floppy = join(real.home, 'f.img');
  writeFileSync(disc, Buffer.alloc(64 * 1024));
  writeFileSync(floppy, Buffer.alloc(1_474_560));
  const [drive] = (await now()).config.cdDrives;
  await live.changeMedium(id, drive?.id ?? '', disc);
  await live.changeMedium(id, 'floppy', floppy);
  const { config } = await now();
  expect(config.cdDrives[0]?.path).toBe(disc);
  expect(config.floppy?.path).toBe(floppy);
  const missing = join(real.home, 'none.iso');
  expect(await code(live.changeMedium(id, drive?.id ?? '', missing))).toBe('medium/missing');
  expect(await code(live.changeMedium(id, 'cd9', disc))).toBe('vm/not-changeable-live');
  expect((await now()).config.cdDrives[0]?.path).toBe(disc);
  await live.changeMedium(id, drive?.id ?? '', undefined);
  await live.changeMedium(id, 'floppy', undefined);
  const after = (await now()).config;
  expect(after.cdDrives[0]).not.toHaveProperty('path');
  expect(after.floppy).not.toHaveProperty('path');
  expect(existsSync(disc)).toBe(true);
});

it('edits what can be edited while it runs, and refuses the rest whole', async () => {
  const before = await now();
  const forward = await forwardAt({ id: 'edited' });
  const edit = (config: Partial<VmConfig>): Promise<void> =>
    createInventory(machines).edit(before, { ...before, config: { ...before.config, ...config } });
  const nics = before.config.nics.map((row) =>
    row.id === 'nic0'
      ? {
          ...row,
          isCableConnected: false,
          attachment: { kind: 'nat', ipv6: false, forwards: [forward] } as const,
        }
      : row,
  );
  await expect(edit({ nics, memory: toMiB(128) })).rejects.toMatchObject({
    error: { code: 'vm/not-changeable-live', params: { setting: 'Memory' } },
  });
  expect(await now()).toEqual(before);
  await edit({ nics });
  expect((await now()).config.nics).toEqual(nics);
});

it('keeps what was changed when it is off, and changes it then too', async () => {
  await powerOff(real, id);
  await machines.refresh(id);
  const [kept] = await forwardsNow();
  expect(kept?.id).toBe('edited');
  if (kept) await live.removeForward(id, 'nic0', kept);
  const forward = await forwardAt({ id: 'while off' });
  await live.addForward(id, 'nic0', forward);
  await live.setCable(id, 'nic0', true);
  expect(await forwardsNow()).toEqual([forward]);
  expect((await now()).config.nics[0]?.isCableConnected).toBe(true);
});
