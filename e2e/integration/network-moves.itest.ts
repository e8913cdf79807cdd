// A running guest moves between networks of our switch: its cable is out for a moment, it asks for an address anew, and
// neither its old address nor its old name is left behind. Also when the manager is killed in the middle of it.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { App } from '../../electron/app-types.ts';
import { silentLogger } from '../../electron/log/logger.ts';
import { lookForNetworkTools, serviceWayHere } from '../../electron/networks/host-tools.ts';
import { appPaths } from '../../electron/paths.ts';
import { createExec } from '../../electron/process/exec.ts';
import type { VmId } from '../../shared/model/brand.ts';
import type { Nic, NicAttachment } from '../../shared/model/network.ts';
import { toNetworkId, type NetworkId, type NetworkLive } from '../../shared/model/networks.ts';
import { createGuestAgent, type GuestAgent } from '../harness/linux/agent.ts';
import { buildLinuxIso, type LinuxIso } from '../harness/linux/linux-iso.ts';
import { startManager } from '../harness/manager.ts';
import { createWorld, made, newVm, vmOf, type World } from './app-world.ts';

const patiently = { timeout: 120_000, interval: 300 };
const [lab, dmz, inner] = ['lab', 'dmz', 'inner'].map(toNetworkId) as [
  NetworkId,
  NetworkId,
  NetworkId,
];
/** Of the one that moves, and of the one that stays with a card in both NAT networks. */
const macs = { mover: '52:54:00:ac:00:01', lab: '52:54:00:ac:00:02', dmz: '52:54:00:ac:00:03' };
const subnets = { [lab]: '10.20.0', [dmz]: '10.30.0' };

let cd: LinuxIso;
let world: World;
let app: App;
/** Where namespaces are denied a network has addresses and no names. */
let hasNames = false;
let mover: VmId;
let stayer: VmId;
let streams: readonly Duplex[] = [];
let moving: GuestAgent;
let staying: GuestAgent;

const value = async <T>(channel: string, args: unknown): Promise<T> => {
  const result = await app.invoke(channel, args);
  if (!result.ok) throw new Error(`${channel}: ${JSON.stringify(result.error)}`);
  return result.value as T;
};
const live = (id: NetworkId): Promise<NetworkLive> => value('network.live', { id });
const leaseOf = async (id: NetworkId, mac: string): Promise<string | undefined> =>
  (await live(id)).leases.find((lease) => lease.mac === mac)?.address;
const addresses = async (): Promise<readonly string[]> =>
  (
    await value<{ addresses: readonly { address: string }[] }>('network.addresses', { id: mover })
  ).addresses.map(({ address }) => address);
const nic = (attachment: NicAttachment, mac = macs.mover, id = 'nic0'): Nic => ({
  ...{ id, model: 'virtio-net-pci', mac, isCableConnected: true },
  attachment,
});
const to = (network: NetworkId): Nic => nic({ kind: 'natNetwork', network });
const attach = (changed: Nic): Promise<{ appliesAt: string }> =>
  value('network.attach', { id: mover, nic: changed });
const when = async (changed: Nic): Promise<string | undefined> =>
  (await value<{ appliesAt?: string }>('network.planNic', { id: mover, nic: changed })).appliesAt;
const talk = async (): Promise<void> => {
  for (const stream of streams) stream.destroy();
  streams = await Promise.all([mover, stayer].map((id) => app.commands.openConsole(id, 'serial')));
  const agents = streams.map(createGuestAgent);
  await Promise.all(agents.map((each) => each.ready(180_000)));
  [moving, staying] = agents as [GuestAgent, GuestAgent];
};
const ownAddress = async (): Promise<string> =>
  (await moving.run("ip -4 -o addr show eth0 | awk '{print $4}'")).output.trim();
const asked = (network: NetworkId): Promise<number> =>
  staying
    .run(`nslookup mover.${network}.internal ${subnets[network]}.1`)
    .then(({ exitCode }) => exitCode);
const ping = (guest: GuestAgent, address: string): Promise<number> =>
  guest.run(`ping -c 1 -W 2 ${address}`).then(({ exitCode }) => exitCode);
const plugged = async (): Promise<number> =>
  Number(await moving.must('cat /sys/class/net/eth0/carrier_changes'));

const make = async (name: string, nics: readonly Nic[]): Promise<VmId> => {
  const request = newVm({ name, family: 'linux', memoryMiB: 256, cdPath: cd.path });
  const { id, job } = await made(app, request);
  if (job.phase !== 'done') throw new Error(JSON.stringify(job.error));
  const { config } = vmOf(app, id).definition;
  await value('vm.edit', { id, config: { ...config, nics } });
  return id;
};

beforeAll(async () => {
  const here = serviceWayHere(await lookForNetworkTools({ exec: createExec(silentLogger) }));
  hasNames = here.way === 'namespace';
  cd = await buildLinuxIso();
  world = await createWorld();
  app = world.open();
  await app.ready;
  await app.enginesKnown;
  const common = { isEnabled: true, reservations: [], dnsNames: [], forwards: [], vlans: [] };
  for (const id of [lab, dmz]) {
    const net = subnets[id];
    await value('network.create', {
      id,
      network: {
        ...common,
        ...{ name: id, kind: 'natNetwork', mayReachHost: false },
        ipv4: {
          subnet: `${net}.0/24`,
          gateway: `${net}.1`,
          dhcp: { first: `${net}.100`, last: `${net}.120` },
        },
      },
    });
  }
  await value('network.create', {
    id: inner,
    network: { ...common, name: 'inner', kind: 'internal', mayReachHost: false },
  });
  mover = await make('mover', [to(lab)]);
  stayer = await make('stayer', [
    nic({ kind: 'natNetwork', network: lab }, macs.lab),
    nic({ kind: 'natNetwork', network: dmz }, macs.dmz, 'nic1'),
  ]);
  for (const id of [mover, stayer]) {
    const job = app.commands.power(id, 'start', { hasConsent: true });
    const { phase, error } = await app.commands.jobEnded(job);
    if (phase !== 'done') throw new Error(JSON.stringify(error));
  }
  await talk();
  for (const card of ['eth0', 'eth1']) {
    await staying.must(`ip link set ${card} up && udhcpc -i ${card} -n -q`, 120_000);
  }
  // As every system does: a cable that came back is reason to ask for an address.
  await moving.must(
    `cat >/ask <<'END'
at=/sys/class/net/eth0
seen=0
while sleep 0.2; do
  now=$(cat $at/carrier_changes)
  [ "$now" = "$seen" ] || [ "$(cat $at/carrier)" != 1 ] && continue
  seen=$now
  ip addr flush dev eth0
  udhcpc -i eth0 -n -q
done
END
ip link set eth0 up; sh /ask >/dev/null 2>&1 &`,
  );
}, 400_000);
afterAll(async () => {
  for (const stream of streams) stream.destroy();
  await world?.dispose();
  await cd?.dispose();
}, 120_000);

// One life in parts: none can be tried again alone.
describe('a running guest', { timeout: 300_000, retry: 0 }, () => {
  it('is said to move at once within the switch, and else at the next start', async () => {
    await expect.poll(ownAddress, patiently).toMatch(/^10\.20\.0\./);
    expect(await when(to(dmz))).toBe('now');
    expect(await when(nic({ kind: 'internal', network: inner }))).toBe('now');
    const vlan = { mode: 'access', tag: 10 } as const;
    expect(await when(nic({ kind: 'natNetwork', network: lab, vlan }))).toBe('now');
    expect(await when({ ...to(lab), bandwidthKbps: 1000 })).toBe('now');
    expect(await when(nic({ kind: 'nat', ipv6: false, forwards: [] }))).toBe('nextStart');
    expect(await when({ ...to(dmz), mac: '52:54:00:ac:00:09' })).toBe('nextStart');
  });

  it('moves to another NAT network and is gone from the first', async () => {
    const former = (await leaseOf(lab, macs.mover)) ?? '';
    expect(await addresses()).toEqual([former]);
    if (hasNames) {
      expect(await asked(lab)).toBe(0);
      expect(await asked(dmz)).not.toBe(0);
    }
    expect(await ping(staying, former)).toBe(0);
    const before = await plugged();

    expect(await attach(to(dmz))).toEqual({ appliesAt: 'now' });
    await expect.poll(ownAddress, patiently).toMatch(/^10\.30\.0\./);
    // Out and in again.
    expect(await plugged()).toBe(before + 2);
    const address = (await leaseOf(dmz, macs.mover)) ?? '';
    expect(await ownAddress()).toBe(`${address}/24`);
    expect(await ping(staying, address)).toBe(0);
    expect(await ping(staying, former)).not.toBe(0);
    expect(await ping(moving, (await leaseOf(lab, macs.lab)) ?? '')).not.toBe(0);
    expect(await ping(moving, (await leaseOf(dmz, macs.dmz)) ?? '')).toBe(0);

    expect(await addresses()).toEqual([address]);
    expect(await leaseOf(lab, macs.mover)).toBeUndefined();
    expect((await live(lab)).ports.map(({ vm }) => vm)).toEqual([stayer]);
    expect((await live(dmz)).ports.filter(({ isConnected }) => isConnected)).toHaveLength(2);
    if (hasNames) {
      expect(await asked(lab)).not.toBe(0);
      expect(await asked(dmz)).toBe(0);
    }
    expect(vmOf(app, mover).hasPendingChanges).toBe(false);
  });

  it('moves to an internal network, where nobody gives addresses', async () => {
    const before = await plugged();
    const internal = nic({ kind: 'internal', network: inner });
    expect(await attach(internal)).toEqual({ appliesAt: 'now' });
    await expect.poll(plugged, patiently).toBe(before + 2);
    await expect.poll(ownAddress, patiently).toBe('');
    expect(await addresses()).toEqual([]);
    expect(await leaseOf(dmz, macs.mover)).toBeUndefined();
    expect(app.store.getState().networks[inner]?.status.state).toBe('up');
    // A limit disturbs nobody.
    expect(await attach({ ...internal, bandwidthKbps: 5000 })).toEqual({ appliesAt: 'now' });
    expect(await plugged()).toBe(before + 2);
    expect(await attach(internal)).toEqual({ appliesAt: 'now' });
  });

  it('arrives also when the manager is killed while its cable is out', async () => {
    for (const stream of streams) stream.destroy();
    await app.dispose();
    const manager = await startManager(world.home, world.env);
    void manager.invoke('network.attach', { id: mover, nic: to(lab) }).catch(() => undefined);
    const file = join(appPaths(world.env, '').state, 'moves.json');
    const begun = (): boolean => existsSync(file) && readFileSync(file, 'utf8').includes(mover);
    await expect.poll(begun, { ...patiently, interval: 20 }).toBe(true);
    await manager.kill();
    expect(begun()).toBe(true);

    app = world.open();
    await app.ready;
    await talk();
    await expect.poll(begun, patiently).toBe(false);
    await expect.poll(ownAddress, patiently).toMatch(/^10\.20\.0\./);
    const address = (await leaseOf(lab, macs.mover)) ?? '';
    expect(await ping(staying, address)).toBe(0);
    expect(await addresses()).toEqual([address]);
    expect(app.store.getState().networks[inner]?.status.state).toBe('idle');
  });
});
