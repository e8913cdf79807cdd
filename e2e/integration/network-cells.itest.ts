// What the compatibility table says about networks on QEMU in software, against the installed QEMU and our switch: a
// "yes" carries frames, seen by a guest that starts from the network through it; a "no" is refused by the plan; what
// "needs" an authorisation has a plan that asks for one, and for none once it was given. Follows the rows of the table:
// a cell that changes, or a new row, fails here until it is tried.
import { readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { networkRows } from '../../electron/compat/table/networks.ts';
import { createQemuDriver } from '../../electron/drivers/qemu/index.ts';
import { contextIn } from '../../electron/drivers/qemu/testing/world.ts';
import {
  createFabricCells,
  type FabricCells,
  type Wish,
} from '../../electron/fabric/testing/cells.ts';
import {
  authorisedRows,
  bridgeSteps,
  planOnBridge,
} from '../../electron/networks/__fixtures__/authorised.ts';
import { toEngineId } from '../../shared/model/brand.ts';
import type { Capabilities } from '../../shared/model/driver.ts';
import type { NicAttachment, Vlan } from '../../shared/model/network.ts';
import { nicDevices } from '../../electron/drivers/qemu/command-line-devices.ts';
import { parseProbeReport } from '../../shared/model/probe-report.ts';
import { ensureGuests, guestPaths } from '../harness/guests.ts';
import { startRawQemu, type RawQemu } from '../harness/raw-qemu.ts';

const running: RawQemu[] = [];
const start = (...args: readonly string[]): RawQemu => {
  const qemu = startRawQemu(['-accel', 'tcg', '-M', 'pc', '-m', '32', ...args]);
  running.push(qemu);
  return qemu;
};
beforeAll(async () => {
  await ensureGuests();
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((qemu) => qemu.dispose()));
});

/** Slirp with a network boot server in it: its answers show that frames go both ways. */
const nat = `user,id=nat,tftp=${dirname(guestPaths.disk)},bootfile=probe.pxe`;
const card = (netdev: string): readonly string[] => ['-device', `e1000,netdev=${netdev}`];
const bootsFromNetwork = async (qemu: RawQemu): Promise<void> => {
  await qemu.waitFor(/^READY\r\n/m, 150_000);
  expect(parseProbeReport(qemu.serial())?.medium).toBe('network');
};
const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject).listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
/** A machine of which only the network is used: what comes by `netdev` reaches its NAT. */
const hub = (netdev: string): readonly string[] => [
  ...['-netdev', nat, '-netdev', netdev],
  ...['-netdev', 'hubport,id=h1,hubid=0,netdev=nat', '-netdev', 'hubport,id=h2,hubid=0,netdev=far'],
];
const betweenMachines = async (near: string, far: string): Promise<void> => {
  start(...hub(`${far},id=far`));
  await bootsFromNetwork(start('-netdev', `${near},id=near`, ...card('near')));
};

let cells: FabricCells;
beforeAll(() => {
  cells = createFabricCells();
});
afterAll(() => cells.end());
let sockets = 0;
/** A stream plug as our driver makes it, with a port of our switch at it. */
const onSwitch = async (wish: Wish) => {
  const path = join(cells.folder, `s${(sockets += 1)}`);
  const vm = await cells.stream(wish, path);
  return { vm, netdev: `stream,server=on,addr.type=unix,addr.path=${path}` };
};
const access = (tag: number): Vlan => ({ mode: 'access', tag });
/** One machine serves, one starts from it, both on an internal network of ours. */
const overInternal = async (network: string, vlan?: Vlan): Promise<void> => {
  await cells.internal(network);
  const wish = { network, ...(vlan ? { vlan } : {}) };
  const [near, far] = [await onSwitch(wish), await onSwitch(wish)];
  await betweenMachines(near.netdev, far.netdev);
};

let networking: NonNullable<Capabilities['networking']>[number] | undefined;
beforeAll(async () => {
  const ctx = contextIn(cells.folder);
  const driver = createQemuDriver();
  const probe = await driver.probe(ctx);
  if (probe.kind !== 'found') throw new Error('no QEMU');
  const capabilities = await driver.capabilities(probe, ctx);
  networking = capabilities.networking?.find((row) => row.engine === toEngineId('tcg'));
});
/** Asks for an authorisation, and for none once all of it is there. */
const needsOnce = (attachment: NicAttachment): void => {
  if (!networking) throw new Error('QEMU tells nothing about networks');
  const { before, after, withoutHelper } = bridgeSteps(networking, attachment);
  expect(before).toEqual(expect.arrayContaining(['bridge.create', 'tap.create', 'openTap']));
  expect(after).toEqual(['openTap']);
  expect(withoutHelper).toEqual(['refused']);
};

interface Trial {
  readonly kind: 'yes' | 'no' | 'needs';
  readonly show: () => Promise<void> | void;
}
/** IPv6, protocol ICMPv6, type router advertisement, in a frame of a packet capture. */
const advertisement = /\x86\xdd[^]{6}\x3a\xff[^]{32}\x86/;
/** One start for every row it serves. Resolves to the frames of the guest's adapter. */
const bootOverNat = ((): (() => Promise<string>) => {
  let frames: string | undefined;
  return async () => {
    if (frames !== undefined) return frames;
    const qemu = startRawQemu((folder) => [
      ...['-accel', 'tcg', '-M', 'pc', '-m', '32', ...card('nat')],
      ...['-netdev', `${nat},ipv4=on,ipv6=on`],
      ...['-object', `filter-dump,id=dump,netdev=nat,file=${join(folder, 'frames')}`],
    ]);
    running.push(qemu);
    await bootsFromNetwork(qemu);
    frames = readFileSync(join(qemu.folder, 'frames'), 'latin1');
    return frames;
  };
})();

const trials: Readonly<Record<string, Trial>> = {
  'net.nat': { kind: 'yes', show: async () => expect(await bootOverNat()).not.toBe('') },
  'net.pxe': { kind: 'yes', show: async () => expect(await bootOverNat()).toContain('probe.pxe') },
  'net.nat-forward': {
    kind: 'yes',
    show: async () => {
      const port = await freePort();
      const qemu = start('-netdev', `${nat},hostfwd=tcp:127.0.0.1:${port}-:22`, ...card('nat'));
      await qemu.qmp('query-status');
      const socket = connect(port, '127.0.0.1');
      await new Promise((resolve, reject) => {
        socket.once('connect', resolve).once('error', reject);
      });
      socket.destroy();
    },
  },
  'net.nat-network': {
    kind: 'yes',
    show: async () => {
      const boot = { folder: dirname(guestPaths.disk), file: 'probe.pxe' };
      await cells.natNetwork('nat', boot);
      const { netdev } = await onSwitch({ network: 'nat' });
      await bootsFromNetwork(start('-netdev', `${netdev},id=near`, ...card('near')));
    },
  },
  'net.internal': { kind: 'yes', show: () => overInternal('lab') },
  'net.vlan-switch': {
    kind: 'yes',
    show: async () => {
      await overInternal('tagged', access(10));
      // Another VLAN of the same network: the machine asks, and nobody hears it.
      const apart = await onSwitch({ network: 'tagged', vlan: access(20) });
      const near = await onSwitch({ network: 'tagged', vlan: access(10) });
      start('-netdev', `${near.netdev},id=near`, '-device', 'e1000,netdev=near,romfile=');
      start('-netdev', `${apart.netdev},id=far`, ...card('far'));
      await expect
        .poll(async () => (await cells.frames('tagged', apart.vm)).from, { timeout: 60_000 })
        .toBeGreaterThan(0);
      expect(await cells.frames('tagged', near.vm)).toEqual({ from: 0, to: 0 });
    },
  },
  'net.bridged-wifi': {
    kind: 'no',
    show: () => {
      if (!networking) throw new Error('QEMU tells nothing about networks');
      expect(planOnBridge(networking, { kind: 'bridged', uplink: 'wlan0' })).toMatchObject({
        kind: 'refused',
        reason: { key: 'network.refused.wifi' },
      });
    },
  },
  ...Object.fromEntries(
    Object.entries(authorisedRows).map(([id, attachment]) => [
      id,
      { kind: 'needs' as const, show: () => needsOnce(attachment) },
    ]),
  ),
  'net.tunnel': {
    kind: 'yes',
    show: async () => {
      const [a, b] = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`];
      await betweenMachines(`socket,udp=${a},localaddr=${b}`, `socket,udp=${b},localaddr=${a}`);
    },
  },
  'net.nat-ipv6': {
    kind: 'yes',
    show: async () => expect(await bootOverNat()).toMatch(advertisement),
  },
};
/** What takes a host we have not got. */
const notTriedHere: Readonly<Record<string, string>> = {
  'net.low-port': 'a host that allows low ports; the refusal is in faults.itest.ts',
};
const modelOf: Readonly<Record<string, (typeof nicDevices)[number]>> = {
  'nic.pcnet': 'pcnet',
  'nic.e1000': 'e1000',
  'nic.virtio': 'virtio-net-pci',
  'nic.e1000e': 'e1000e',
  'nic.rtl8139': 'rtl8139',
  'nic.vmxnet3': 'vmxnet3',
  'nic.82543gc': 'e1000-82543gc',
  'nic.ne2000': 'ne2k_isa',
  'nic.ne2k-pci': 'ne2k_pci',
  'nic.tulip': 'tulip',
};

const decided = networkRows.flatMap((row) => {
  const { kind } = row.cells['qemu/tcg'];
  return kind === 'yes' || kind === 'no' || kind === 'needs' ? [{ id: row.id, kind }] : [];
});

describe('the table says of QEMU in software', () => {
  const rows = decided.filter(({ id }) => id.startsWith('net.') && !(id in notTriedHere));
  it.each(rows)('$kind to $id', async (row) => {
    expect(trials[row.id]?.kind).toBe(row.kind);
    await trials[row.id]?.show();
  });

  // That those with "yes" are there is shown from inside by hardware.itest.ts.
  it.each(decided.filter(({ id }) => id.startsWith('nic.')))('$kind to $id', (row) => {
    const model = modelOf[row.id];
    if (model === undefined) throw new Error('no trial');
    expect(nicDevices.includes(model)).toBe(row.kind === 'yes');
  });
});
