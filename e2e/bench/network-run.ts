// Measures throughput of every way a guest is connected, between two Linux guests and this computer, in one run: each
// guest has one adapter per way, so that guest, processor and moment are the same for all. Runs in a network name space
// of its own (network-bench.mjs makes it), where it may make taps and a bridge.
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { passtArgs } from '../../electron/drivers/qemu/passt.ts';
import { createFabricWorld, type FabricWorld } from '../../electron/fabric/testing/world.ts';
import { silentLogger } from '../../electron/log/logger.ts';
import { lookForNetworkTools } from '../../electron/networks/host-tools.ts';
import { createExec } from '../../electron/process/exec.ts';
import { toVmId } from '../../shared/model/brand.ts';
import type { ServiceWay } from '../../shared/model/networks.ts';
import { toNetworkId } from '../../shared/model/networks.ts';
import { buildLinuxGuest } from '../harness/linux/build-linux.ts';
import { withLibraries } from '../harness/linux/host-in-guest.ts';
import { startLinuxGuest, type LinuxGuest } from '../harness/linux/linux-guest.ts';

export type Direction = 'out' | 'in' | 'between' | 'forward';
export interface Sample {
  readonly way: string;
  readonly direction: Direction;
  /** Mbit/s at the receiver. */
  readonly rate: number;
}
export interface Options {
  readonly rounds: number;
  readonly seconds: number;
  /** Only these; empty: all. */
  readonly ways: readonly string[];
  readonly say: (line: string) => void;
}

const execute = promisify(execFile);
const ip = (...args: readonly string[]): Promise<unknown> => execute('ip', [...args]);

/** Where servers of this computer are reached from NAT networks: no address of any adapter. */
const outside = { namespace: '198.18.0.1', gateway: '198.18.0.2' } as const;
const uplink = { address: '203.0.113.2', router: '203.0.113.1' } as const;

const makeHost = async (): Promise<void> => {
  await ip('link', 'set', 'lo', 'up');
  for (const address of Object.values(outside))
    await ip('addr', 'add', `${address}/32`, 'dev', 'lo');
  // passt takes the address and the router of this computer's way out.
  await ip('link', 'add', 'up0', 'type', 'veth', 'peer', 'name', 'up1');
  await ip('addr', 'add', `${uplink.address}/24`, 'dev', 'up0');
  for (const name of ['up0', 'up1']) await ip('link', 'set', name, 'up');
  await ip('route', 'add', 'default', 'via', uplink.router);
  for (const tap of ['tap0', 'tapa', 'tapb']) {
    await ip('tuntap', 'add', 'dev', tap, 'mode', 'tap', 'vnet_hdr');
  }
  await ip('addr', 'add', '10.1.0.1/24', 'dev', 'tap0');
  await ip('link', 'add', 'name', 'br0', 'type', 'bridge');
  for (const tap of ['tapa', 'tapb']) await ip('link', 'set', tap, 'master', 'br0');
  for (const name of ['tap0', 'tapa', 'tapb', 'br0']) await ip('link', 'set', name, 'up');
};

interface Adapter {
  readonly id: string;
  readonly netdev: string;
  /** With prefix length. */
  readonly address: string;
}
const mac = (guest: number, index: number): string =>
  `52:54:00:be:0${guest}:${index.toString(16).padStart(2, '0')}`;

const startGuest = (
  files: Awaited<ReturnType<typeof buildLinuxGuest>>,
  guest: number,
  adapters: readonly Adapter[],
): Promise<LinuxGuest> =>
  startLinuxGuest(files, {
    readyTimeoutMs: 180_000,
    args: adapters.flatMap(({ id, netdev }, index) => [
      ...['-netdev', `${netdev},id=${id}`],
      ...['-device', `virtio-net-pci,netdev=${id},romfile=,mac=${mac(guest, index)}`],
    ]),
  });

/** Adapters are told apart by their MAC addresses: the guest's names follow its own order. */
const setAddresses = async (
  guest: LinuxGuest,
  number: number,
  adapters: readonly Adapter[],
): Promise<void> => {
  for (const [index, { address }] of adapters.entries()) {
    const find = `$(basename $(dirname $(grep -l ${mac(number, index)} /sys/class/net/*/address)))`;
    await guest.must(`d=${find}; ip link set $d up mtu 1500; ip addr add ${address} dev $d`);
  }
};

const rateOf = (json: string): number => {
  const start = json.indexOf('{');
  const report = JSON.parse(json.slice(start)) as {
    readonly error?: string;
    readonly end?: { readonly sum_received?: { readonly bits_per_second: number } };
  };
  const bits = report.end?.sum_received?.bits_per_second;
  if (bits === undefined || report.error !== undefined) {
    throw new Error(report.error ?? 'no result');
  }
  return bits / 1e6;
};

const fabricNetwork = async (
  fabric: Fabric,
  way: ServiceWay,
  subnet: string,
  hostPort: number,
): Promise<void> => {
  const { programs } = await lookForNetworkTools({ exec: createExec(silentLogger) });
  await fabric.call('ensureNetwork', {
    id: toNetworkId(way),
    service: {
      way,
      ipv4: {
        subnet: `${subnet}.0/24`,
        gateway: `${subnet}.1`,
        dhcp: { first: `${subnet}.100`, last: `${subnet}.120` },
      },
      reservations: [],
      dnsNames: [],
      forwards: [
        {
          id: 'f',
          protocol: 'tcp',
          hostAddress: '127.0.0.1',
          hostPort,
          to: { address: `${subnet}.50` },
          guestPort: 5201,
        },
      ],
      mayReachHost: false,
      programs: programs,
    },
  });
};
type Fabric = ReturnType<FabricWorld['manager']>;

const vms = [
  toVmId('00000001-0000-4000-8000-000000000000'),
  toVmId('00000002-0000-4000-8000-000000000000'),
] as const;

const streamPort = async (
  fabric: Fabric,
  network: string,
  guest: 0 | 1,
  folder: string,
): Promise<string> => {
  const path = join(folder, `${network}${guest}`);
  await fabric.call('ensurePort', {
    network: toNetworkId(network),
    vm: vms[guest],
    nic: network,
    mac: mac(guest, 15),
    endpoint: { kind: 'stream', path },
    isCableConnected: true,
  });
  return `stream,server=on,addr.type=unix,addr.path=${path}`;
};

const startPasst = async (path: string): Promise<ChildProcess> => {
  const args = passtArgs(
    {
      id: 'passt',
      model: 'virtio-net-pci',
      mac: mac(0, 2),
      isCableConnected: true,
      attachment: {
        kind: 'nat',
        stack: 'passt',
        ipv6: false,
        mayReachHost: true,
        forwards: [
          { id: 'f', protocol: 'tcp', hostAddress: '127.0.0.1', hostPort: 15_202, guestPort: 5201 },
        ],
      },
    },
    path,
    `${path}.pid`,
  );
  const child = spawn('passt', args, { stdio: 'ignore' });
  // Written when it listens.
  for (let i = 0; !existsSync(`${path}.pid`) && i < 500; i += 1) await sleep(20);
  return child;
};

interface Trial {
  readonly way: string;
  readonly direction: Direction;
  readonly run: () => Promise<string>;
}

export const measure = async ({
  rounds,
  seconds,
  ways,
  say,
}: Options): Promise<readonly Sample[]> => {
  await makeHost();
  const world = createFabricWorld();
  const fabric = world.manager();
  const children: ChildProcess[] = [];
  const guests: LinuxGuest[] = [];
  const files = await buildLinuxGuest({
    extraFiles: await withLibraries('/usr/bin/iperf3', 'usr/bin/iperf3'),
  });
  try {
    const folder = join(world.folder, 'b');
    mkdirSync(folder);
    await fabric.ensureRunning();
    await fabric.call('ensureNetwork', { id: toNetworkId('streams') });
    const services = { namespace: ['10.8.0', 15_208], gateway: ['10.9.0', 15_209] } as const;
    const natNetworks: Adapter[] = [];
    for (const way of ['namespace', 'gateway'] as const) {
      const [subnet, hostPort] = services[way];
      try {
        await fabricNetwork(fabric, way, subnet, hostPort);
      } catch (error) {
        say(`${way} is left out: ${String(error)}`);
        continue;
      }
      const netdev = await streamPort(fabric, way, 0, folder);
      natNetworks.push({ id: way, netdev, address: `${subnet}.50/24` });
    }
    const direct = join(folder, 'direct');
    const passt = join(folder, 'passt');
    children.push(await startPasst(passt));
    const shared = async (guest: 0 | 1): Promise<readonly Adapter[]> => {
      const host = guest + 1;
      const tap = ['tapa', 'tapb'][guest] ?? '';
      return [
        {
          id: 'direct',
          netdev: `stream,server=${guest === 0 ? 'on' : 'off'},addr.type=unix,addr.path=${direct}`,
          address: `10.4.0.${host}/24`,
        },
        {
          id: 'switch',
          netdev: await streamPort(fabric, 'streams', guest, folder),
          address: `10.5.0.${host}/24`,
        },
        {
          id: 'bridge',
          netdev: `tap,ifname=${tap},script=no,downscript=no`,
          address: `10.7.0.${host}/24`,
        },
      ];
    };
    const first: readonly Adapter[] = [
      { id: 'tap', netdev: 'tap,ifname=tap0,script=no,downscript=no', address: '10.1.0.2/24' },
      {
        id: 'slirp',
        netdev: 'user,net=10.2.0.0/24,host=10.2.0.2,hostfwd=tcp:127.0.0.1:15201-10.2.0.15:5201',
        address: '10.2.0.15/24',
      },
      {
        id: 'passt',
        netdev: `stream,server=off,addr.type=unix,addr.path=${passt}`,
        address: `${uplink.address}/24`,
      },
      ...(await shared(0)),
      ...natNetworks,
    ];
    const a = await startGuest(files, 0, first);
    guests.push(a);
    const second = await shared(1);
    const b = await startGuest(files, 1, second);
    guests.push(b);
    await setAddresses(a, 0, first);
    await setAddresses(b, 1, second);
    // The way to this computer's servers; forwards need none.
    if (natNetworks.some(({ id }) => id === 'namespace')) {
      await a.must('ip route add default via 10.8.0.1');
    }
    if (natNetworks.some(({ id }) => id === 'gateway')) {
      await a.must(`ip route add ${outside.gateway}/32 via 10.9.0.1`);
    }
    for (const guest of guests) await guest.must('iperf3 -s -D >/dev/null 2>&1');
    children.push(spawn('iperf3', ['-s'], { stdio: 'ignore' }));

    const limitMs = (seconds + 60) * 1000;
    const common = ['-t', `${seconds}`, '-O', '1', '-J'] as const;
    const inGuest = async (...args: readonly string[]): Promise<string> => {
      const command = `timeout ${seconds + 30} iperf3 ${[...args, ...common].join(' ')}`;
      return (await a.run(command, limitMs)).output;
    };
    const onHost = async (address: string, port = 5201): Promise<string> => {
      const args = ['-c', address, '-p', `${port}`, ...common];
      // It says what went wrong on stdout.
      return execute('iperf3', args, { timeout: limitMs, maxBuffer: 1 << 24 }).then(
        ({ stdout }) => stdout,
        (error: { readonly stdout?: string }) => error.stdout ?? '',
      );
    };
    const toHost: Readonly<Record<string, string>> = {
      tap: '10.1.0.1',
      slirp: '10.2.0.2',
      passt: uplink.router,
      namespace: outside.namespace,
      gateway: outside.gateway,
    };
    const toGuest: Readonly<Record<string, string>> = {
      bridge: '10.7.0.2',
      direct: '10.4.0.2',
      switch: '10.5.0.2',
    };
    const forwards: Readonly<Record<string, number>> = {
      slirp: 15_201,
      passt: 15_202,
      namespace: 15_208,
      gateway: 15_209,
    };
    const trials: readonly Trial[] = [
      ...Object.entries(toHost).flatMap(([way, address]): readonly Trial[] => [
        { way, direction: 'out', run: () => inGuest('-c', address) },
        { way, direction: 'in', run: () => inGuest('-c', address, '-R') },
      ]),
      ...Object.entries(toGuest).map(([way, address]): Trial => ({
        ...{ way, direction: 'between' },
        run: () => inGuest('-c', address),
      })),
      ...Object.entries(forwards).map(([way, port]): Trial => ({
        ...{ way, direction: 'forward' },
        run: () => onHost('127.0.0.1', port),
      })),
      { way: 'tap', direction: 'forward', run: () => onHost('10.1.0.2') },
    ];
    const samples: Sample[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      for (const { way, direction, run } of trials) {
        if (ways.length > 0 && !ways.includes(way)) continue;
        try {
          const rate = rateOf(await run());
          samples.push({ way, direction, rate });
          say(`${round}/${rounds} ${way} ${direction}: ${rate.toFixed(0)} Mbit/s`);
        } catch (error) {
          say(`${round}/${rounds} ${way} ${direction}: failed: ${String(error).slice(0, 300)}`);
        }
      }
    }
    return samples;
  } finally {
    for (const guest of guests) await guest.dispose();
    for (const child of children) child.kill('SIGKILL');
    for (const id of ['streams', 'namespace', 'gateway']) {
      await fabric.call('removeNetwork', { id: toNetworkId(id) }).catch(() => undefined);
    }
    await world.end();
    await files.dispose();
  }
};
