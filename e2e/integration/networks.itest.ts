// A NAT network through the whole core: two Linux guests of the QEMU driver on the real fabric, the manager replaced
// while they work. Once with user namespaces, once with them denied.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { Duplex } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startManager } from '../harness/manager.ts';
import { createGuestAgent, type GuestAgent } from '../harness/linux/agent.ts';
import { buildLinuxIso, type LinuxIso } from '../harness/linux/linux-iso.ts';
import type { App } from '../../electron/app-types.ts';
import { silentLogger } from '../../electron/log/logger.ts';
import {
  lookForNetworkTools,
  serviceWayHere,
  type NetworkTools,
} from '../../electron/networks/host-tools.ts';
import { createExec } from '../../electron/process/exec.ts';
import { failure } from '../../shared/contract/errors.ts';
import type { VmId } from '../../shared/model/brand.ts';
import type { Nic } from '../../shared/model/network.ts';
import { toNetworkId, type NetworkLive, type ServiceWay } from '../../shared/model/networks.ts';
import { ask, createWorld, made, newVm, vmOf, type World } from './app-world.ts';

const patiently = { timeout: 90_000, interval: 300 };
const lab = toNetworkId('lab');
const macs = ['52:54:00:ab:00:01', '52:54:00:ab:00:02'] as const;
const names = ['web one', 'web two'] as const;

const denied = (tools: NetworkTools): NetworkTools => ({
  ...tools,
  namespaces: {
    isUsable: false,
    problem: failure('network/namespace-denied', { reason: 'AppArmor forbids it.' }).error,
  },
});

const listen = async (server: Server, host: string): Promise<number> => {
  await new Promise<void>((done) => server.listen(0, host, done));
  return (server.address() as AddressInfo).port;
};
const freePort = async (): Promise<number> => {
  const server = createServer();
  const port = await listen(server, '127.0.0.1');
  await new Promise((done) => server.close(done));
  return port;
};

const chunk = Buffer.alloc(64 * 1024, 'polyvisor ');
const chunks = 96;
interface SlowServer {
  readonly server: Server;
  /** True: goes on sending, but never comes to the end; so it sends whenever a manager ends or begins. */
  isHeld: boolean;
  sent: number;
}
/** Sends six megabytes to whoever connects. */
const slowServer = (): SlowServer => {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    let ticks = 0;
    const timer = setInterval(() => {
      ticks += 1;
      if (slow.isHeld && (ticks % 100 !== 0 || slow.sent === chunks - 1)) return;
      if (slow.sent === 0)
        socket.write(`HTTP/1.0 200 OK\r\nContent-Length: ${chunk.length * chunks}\r\n\r\n`);
      socket.write(chunk);
      slow.sent += 1;
      if (slow.sent === chunks) {
        clearInterval(timer);
        socket.end();
      }
    }, 30);
    socket.on('close', () => clearInterval(timer));
  });
  const slow: SlowServer = { server, isHeld: true, sent: 0 };
  return slow;
};

/** Processes of this test: their command line or environment names its folder. */
const processesBelow = (home: string, role: string): readonly number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const isRole = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0').includes(role);
        const isHere = readFileSync(`/proc/${name}/environ`, 'utf8').includes(`HOME=${home}`);
        return isRole && isHere ? [Number(name)] : [];
      } catch {
        return [];
      }
    });

let cd: LinuxIso;
let tools: NetworkTools;
beforeAll(async () => {
  cd = await buildLinuxIso();
  tools = await lookForNetworkTools({ exec: createExec(silentLogger) });
});
afterAll(() => cd?.dispose());

const value = async <T>(app: App, channel: string, args: unknown): Promise<T> => {
  const result = await app.invoke(channel, args);
  if (!result.ok) throw new Error(`${channel}: ${JSON.stringify(result.error)}`);
  return result.value as T;
};

describe.each<ServiceWay>(['namespace', 'gateway'])('a NAT network by %s', (way) => {
  const isNamespace = way === 'namespace';
  let world: World;
  let app: App;
  let vms: readonly VmId[];
  let streams: readonly Duplex[];
  let guests: readonly GuestAgent[];
  let reason: string | undefined;
  let outside: { readonly host: string; readonly port: number; readonly slow: SlowServer };
  let webPort: number;

  const open = (): App =>
    world.open({
      host: { networkTools: () => Promise.resolve(isNamespace ? tools : denied(tools)) },
    });
  const live = (): Promise<NetworkLive> => value(app, 'network.live', { id: lab });
  const nicOf = (index: number): Nic => ({
    id: 'nic0',
    model: 'virtio-net-pci',
    mac: macs[index] ?? macs[0],
    isCableConnected: true,
    attachment: { kind: 'natNetwork', network: lab },
  });
  const talk = async (): Promise<void> => {
    streams = await Promise.all(vms.map((id) => app.commands.openConsole(id, 'serial')));
    guests = streams.map(createGuestAgent);
    await Promise.all(guests.map((each) => each.ready(180_000)));
  };
  const fetchWeb = (): Promise<string> =>
    fetch(`http://127.0.0.1:${webPort}/`, { signal: AbortSignal.timeout(5000) }).then(
      (response) => response.text(),
      (error: unknown) => String(error),
    );

  beforeAll(async () => {
    const here = serviceWayHere(tools);
    if (isNamespace && here.way !== 'namespace') {
      reason = `no namespace here: ${JSON.stringify(here.because)}`;
      return;
    }
    const host = Object.values(networkInterfaces())
      .flat()
      .find((row) => row?.family === 'IPv4' && !row.internal)?.address;
    if (host === undefined) throw new Error('this host has no address but its loopback');
    const slow = slowServer();
    outside = { host, port: await listen(slow.server, host), slow };
    webPort = await freePort();
    world = await createWorld();
    app = open();
    await app.ready;
    await app.enginesKnown;
    await value(app, 'network.create', {
      id: lab,
      network: {
        name: 'Lab',
        kind: 'natNetwork',
        isEnabled: true,
        ipv4: {
          subnet: '10.20.0.0/24',
          gateway: '10.20.0.1',
          dhcp: { first: '10.20.0.100', last: '10.20.0.120' },
        },
        reservations: isNamespace ? [{ mac: macs[0], address: '10.20.0.50' }] : [],
        dnsNames: [],
        forwards: [],
        vlans: [],
        mayReachHost: false,
      },
    });
    const ids: VmId[] = [];
    for (const [index, name] of names.entries()) {
      const request = newVm({ name, family: 'linux', memoryMiB: 256, cdPath: cd.path });
      const { id, job } = await made(app, request);
      if (job.phase !== 'done') throw new Error(JSON.stringify(job.error));
      const { config } = vmOf(app, id).definition;
      await value(app, 'vm.edit', { id, config: { ...config, nics: [nicOf(index)] } });
      ids.push(id);
    }
    vms = ids;
    const jobs = ids.map((id) => app.commands.power(id, 'start', { hasConsent: true }));
    for (const job of jobs) {
      const { phase, error } = await app.commands.jobEnded(job);
      if (phase !== 'done') throw new Error(JSON.stringify(error));
    }
    await talk();
  }, 300_000);
  afterAll(async () => {
    if (reason !== undefined) return;
    outside?.slow.server.close();
    await world?.dispose();
  }, 120_000);

  const guest = (index: number): GuestAgent => {
    const found = guests[index];
    if (!found) throw new Error('no guest');
    return found;
  };

  it('gives the guests their addresses, and the window is told', async ({ skip }) => {
    skip(reason !== undefined, reason);
    for (const each of guests)
      await each.must('ip link set eth0 up && udhcpc -i eth0 -n -q -t 20', 120_000);
    await expect
      .poll(async () => (await live()).leases.map(({ mac }) => mac).sort(), patiently)
      .toEqual([...macs]);
    const { leases, ports } = await live();
    if (isNamespace) {
      expect(leases.find(({ mac }) => mac === macs[0])?.address).toBe('10.20.0.50');
    }
    expect(ports.every(({ isConnected, counters }) => isConnected && counters!.rxFrames > 0)).toBe(
      true,
    );
    const [first] = vms;
    const told = async (): Promise<unknown> =>
      (await value<{ addresses: unknown }>(app, 'network.addresses', { id: first })).addresses;
    await expect.poll(told, patiently).toContainEqual({
      nic: 'nic0',
      address: leases.find(({ mac }) => mac === macs[0])?.address,
      source: 'lease',
    });
    await expect
      .poll(() => app.store.getState().networks[lab]?.status, patiently)
      .toMatchObject({ state: 'up', way });
    const used = await ask(app, 'network.remove', { id: lab });
    expect(used.code).toBe('network/in-use');
  });

  it('the guests reach each other, by name where there are names', async ({ skip }) => {
    skip(reason !== undefined, reason);
    const { leases } = await live();
    const address = leases.find(({ mac }) => mac === macs[1])?.address ?? '';
    await guest(0).must(`ping -c 3 -W 20 ${address}`);
    if (isNamespace) await guest(0).must('ping -c 3 -W 20 web-two');
  });

  it('a forward that is added now leads to the guest, and a second one to its port is refused', async ({
    skip,
  }) => {
    skip(reason !== undefined, reason);
    await guest(1).must('mkdir -p /w && echo FROM-TWO >/w/index.html && httpd -p 80 -h /w');
    const forward = {
      id: 'web',
      protocol: 'tcp',
      hostAddress: '127.0.0.1',
      hostPort: webPort,
      to: { kind: 'nic', vm: vms[1], nic: 'nic0' },
      guestPort: 80,
    };
    await value(app, 'network.addForward', { id: lab, forward });
    await expect.poll(fetchWeb, patiently).toContain('FROM-TWO');
    const twice = await ask(app, 'network.addForward', {
      id: lab,
      forward: { ...forward, id: 'again' },
    });
    expect(twice.code).toBe('network/forward-exists');
    const holder = await value<{ by?: string; free?: number }>(app, 'network.portHolder', {
      protocol: 'tcp',
      hostAddress: '127.0.0.1',
      hostPort: webPort,
    });
    expect(holder.by).toBe('Lab');
    expect(holder.free).not.toBe(webPort);
  });

  it('a transfer goes on while managers end, also by SIGKILL, and the new one knows everything', async ({
    skip,
  }) => {
    skip(reason !== undefined, reason);
    const url = `http://${outside.host}:${outside.port}/`;
    await guest(0).must(`(wget -qO- ${url} | md5sum >/sum; echo done >>/sum) >/dev/null 2>&1 &`);
    await expect
      .poll(
        async () => (await live()).ports.find(({ vm }) => vm === vms[0])?.counters?.txBytes,
        patiently,
      )
      .toBeGreaterThan(100_000);
    for (const stream of streams) stream.destroy();
    const { slow } = outside;
    await app.dispose();
    if (isNamespace) {
      const manager = await startManager(world.home, world.env);
      const before = slow.sent;
      const look = async (): Promise<NetworkLive> => {
        const result = await manager.invoke('network.live', { id: lab });
        if (!result.ok) throw new Error(JSON.stringify(result.error));
        return result.value as NetworkLive;
      };
      await expect
        .poll(async () => (await look()).ports.map(({ isConnected }) => isConnected), patiently)
        .toEqual([true, true]);
      await expect.poll(() => slow.sent, patiently).toBeGreaterThan(before);
      await manager.kill();
    }
    app = open();
    await app.ready;
    await talk();
    expect(slow.sent).toBeLessThan(chunks);
    slow.isHeld = false;
    await expect
      .poll(async () => (await guest(0).run('cat /sum')).output, patiently)
      .toContain('done');
    const sum = createHash('md5');
    for (let index = 0; index < chunks; index += 1) sum.update(chunk);
    expect((await guest(0).run('cat /sum')).output).toContain(sum.digest('hex'));
    await expect.poll(() => app.store.getState().networks[lab]?.status.state, patiently).toBe('up');
    await expect
      .poll(async () => (await live()).ports.map(({ isConnected }) => isConnected), patiently)
      .toEqual([true, true]);
    await expect.poll(fetchWeb, patiently).toContain('FROM-TWO');
    await value(app, 'network.removeForward', { id: lab, forward: 'web' });
    await expect.poll(fetchWeb, patiently).not.toContain('FROM-TWO');
  });

  it('a VLAN is given to a running guest and taken away', async ({ skip }) => {
    skip(reason !== undefined, reason);
    const { leases } = await live();
    const address = leases.find(({ mac }) => mac === macs[1])?.address ?? '';
    const ping = `ping -c 1 -W 2 ${address}`;
    const nic = nicOf(0);
    const vlan = { mode: 'access', tag: 10 };
    const attach = (changed: unknown): Promise<unknown> =>
      value(app, 'network.attach', { id: vms[0], nic: changed });
    expect(await attach({ ...nic, attachment: { ...nic.attachment, vlan } })).toEqual({
      appliesAt: 'now',
    });
    expect((await guest(0).run(ping)).exitCode).not.toBe(0);
    expect(await attach(nic)).toEqual({ appliesAt: 'now' });
    await expect.poll(async () => (await guest(0).run(ping)).exitCode, patiently).toBe(0);
  });

  it('is stopped with its last machine, and the fabric with its last network', async ({ skip }) => {
    skip(reason !== undefined, reason);
    expect(processesBelow(world.home, 'fabric')).toHaveLength(1);
    for (const id of vms) await app.commands.jobEnded(app.commands.power(id, 'powerOff'));
    await expect
      .poll(() => app.store.getState().networks[lab]?.status.state, patiently)
      .toBe('idle');
    await expect.poll(() => processesBelow(world.home, 'fabric'), patiently).toEqual([]);
  });
});
