// A NAT network with two Linux guests on the real switch, its service end once in a namespace and once as a gateway:
// leases, names, the way out, live forwards, IPv6, network boot, and that programs which die come back.
import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildLinuxGuest, type LinuxGuestFiles } from '../harness/linux/build-linux.ts';
import { withLibraries } from '../harness/linux/host-in-guest.ts';
import { startLinuxGuest, type LinuxGuest } from '../harness/linux/linux-guest.ts';
import { toVmId } from '../../shared/model/brand.ts';
import { toNetworkId, type ServiceWay } from '../../shared/model/networks.ts';
import { silentLogger } from '../../electron/log/logger.ts';
import { lookForNetworkTools, serviceWayHere } from '../../electron/networks/host-tools.ts';
import { createExec } from '../../electron/process/exec.ts';
import { createFabricCore, type Fabric } from '../../electron/fabric/fabric.ts';
import type { FabricEvent, ServiceSpec } from '../../electron/fabric/protocol.ts';
import { eui64Address } from '../../electron/fabric/service/addresses.ts';
import { startService } from '../../electron/fabric/service/service.ts';

const network = toNetworkId('lab');
const macs = { one: '52:54:00:aa:00:01', two: '52:54:00:aa:00:02' } as const;
const prefix = 'fd12:3456:789a:1::/64';
const waitMs = 90_000;

/** Says one line to everybody who connects. */
const speaker = async (host: string, line: string): Promise<{ port: number; server: Server }> => {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.end(`${line}\n`);
  });
  await new Promise<void>((done) => server.listen(0, host, done));
  return { port: (server.address() as AddressInfo).port, server };
};
const freePort = async (): Promise<number> => {
  const { port, server } = await speaker('127.0.0.1', '');
  await new Promise((done) => server.close(done));
  return port;
};
/** What a forward answers; the error's words where it does not. */
const fetchText = (port: number): Promise<string> =>
  fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(5000) }).then(
    (response) => response.text(),
    (error: unknown) => String(error),
  );
/** Sends it all, says so, and listens to the end; what came until then where the connection breaks. */
const echoed = (port: number, bytes: Buffer): Promise<Buffer> =>
  new Promise((resolve) => {
    const pieces: Buffer[] = [];
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    socket.on('data', (piece) => pieces.push(piece));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(Buffer.concat(pieces)));
    socket.on('end', () => socket.end());
    socket.end(bytes);
  });
const freeUdpPort = async (): Promise<number> => {
  const socket = createSocket('udp4');
  await new Promise<void>((done) => socket.bind(0, '127.0.0.1', done));
  const { port } = socket.address();
  await new Promise<void>((done) => socket.close(done));
  return port;
};
/** What the name server behind a port answers by datagram; the error's words where it does not. */
const askByDatagram = (port: number): Promise<string> => {
  const resolver = new Resolver({ timeout: 1000, tries: 1 });
  resolver.setServers([`127.0.0.1:${port}`]);
  return resolver.resolve4('printer.test').then(
    (addresses) => addresses.join(),
    (error: unknown) => String(error),
  );
};
/** Processes of ours whose command line holds the text. */
const processesWith = (text: string): readonly { pid: number; command: string }[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return command.includes(text) ? [{ pid: Number(name), command }] : [];
      } catch {
        return [];
      }
    });

let files: LinuxGuestFiles;
beforeAll(async () => {
  // A server of datagrams: busybox has none.
  const extraFiles = await withLibraries('/usr/sbin/dnsmasq', 'usr/sbin/dnsmasq');
  files = await buildLinuxGuest({ extraFiles });
});
afterAll(() => files.dispose());

describe.each<ServiceWay>(['namespace', 'gateway'])('the way %s', (way) => {
  const isNamespace = way === 'namespace';
  const events: FabricEvent[] = [];
  let folder: string;
  let fabric: Fabric;
  let guests: Readonly<Record<keyof typeof macs, LinuxGuest>> | undefined;
  let spec: ServiceSpec;
  let reason: string | undefined;
  let outside: { readonly address: string; readonly port: number; readonly server: Server };
  let loopback: { readonly port: number; readonly server: Server };

  beforeAll(async () => {
    const tools = await lookForNetworkTools({ exec: createExec(silentLogger) });
    const here = serviceWayHere(tools);
    if (isNamespace && here.way !== 'namespace') {
      reason = `no namespace here: ${JSON.stringify(here.because)}`;
      return;
    }
    folder = mkdtempSync(join(tmpdir(), 'sv-'));
    writeFileSync(join(folder, 'probe.txt'), 'loaded by TFTP\n', { mode: 0o644 });
    fabric = createFabricCore({
      runtimeDir: folder,
      log: silentLogger,
      startService,
      emit: (event) => events.push(event),
      onEnd: () => undefined,
      now: Date.now,
    });
    const address = Object.values(networkInterfaces())
      .flat()
      .find((row) => row?.family === 'IPv4' && !row.internal)?.address;
    if (address === undefined) throw new Error('this host has no address but its loopback');
    outside = { address, ...(await speaker(address, 'HELLO-FROM-OUTSIDE')) };
    loopback = await speaker('127.0.0.1', 'HELLO-FROM-LOOPBACK');
    spec = {
      way,
      ipv4: {
        subnet: '10.20.0.0/24',
        gateway: '10.20.0.1',
        dhcp: { first: '10.20.0.100', last: '10.20.0.110' },
      },
      ipv6: { prefix },
      reservations: isNamespace ? [{ mac: macs.one, address: '10.20.0.50' }] : [],
      dnsNames: isNamespace ? [{ name: 'printer.lab', address: '10.20.0.77' }] : [],
      forwards: [],
      mayReachHost: false,
      networkBoot: { folder, file: 'probe.txt' },
      programs: tools.programs,
    };
    const { handlers } = fabric;
    await handlers.ensureNetwork({ id: network, service: spec });
    const start = async (name: keyof typeof macs, digit: number): Promise<LinuxGuest> => {
      const path = join(folder, name);
      await handlers.ensurePort({
        network,
        vm: toVmId(`0000000${digit}-0000-4000-8000-000000000000`),
        nic: 'nic0',
        mac: macs[name],
        hostname: `vm-${name}`,
        endpoint: { kind: 'stream', path },
        isCableConnected: true,
      });
      const stream = `stream,id=n0,server=on,addr.type=unix,addr.path=${path}`;
      const device = `virtio-net-pci,netdev=n0,mac=${macs[name]}`;
      return startLinuxGuest(files, { args: ['-netdev', stream, '-device', device] });
    };
    const [one, two] = await Promise.all([start('one', 1), start('two', 2)]);
    guests = { one, two };
  });
  afterAll(async () => {
    await Promise.all(Object.values(guests ?? {}).map((guest) => guest.dispose()));
    if (reason !== undefined) return;
    outside.server.close();
    loopback.server.close();
    await fabric.dispose();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach((context) => {
    if (reason !== undefined) context.skip(reason);
  });

  const guest = (name: keyof typeof macs): LinuxGuest => {
    if (!guests) throw new Error('the guests were not started');
    return guests[name];
  };
  const addressOf = async (name: keyof typeof macs): Promise<string> => {
    const { leases } = await fabric.handlers.look({ network });
    return leases.find(({ mac }) => mac === macs[name])?.address ?? 'none';
  };
  const getLease = (name: keyof typeof macs): Promise<string> =>
    guest(name).must('ip link set eth0 up; udhcpc -i eth0 -n -q -t 20 2>&1', waitMs);
  /** What a server says to the guest, or nc's words where it cannot be reached. */
  const heard = async (name: keyof typeof macs, to: string): Promise<string> =>
    (await guest(name).run(`nc -w 3 ${to} </dev/null`, waitMs)).output;

  it('gives out addresses, the reserved one among them', async () => {
    await getLease('one');
    await getLease('two');
    await expect.poll(() => addressOf('one'), { timeout: waitMs }).not.toBe('none');
    await expect.poll(() => addressOf('two'), { timeout: waitMs }).toMatch(/^10\.20\.0\.1[01]\d$/);
    if (isNamespace) expect(await addressOf('one')).toBe('10.20.0.50');
    else expect(await addressOf('one')).toMatch(/^10\.20\.0\.1[01]\d$/);
    await expect.poll(() => events, { timeout: waitMs }).toContainEqual({ kind: 'lease', network });
    const seen = await guest('one').must('ip -4 addr show eth0');
    expect(seen).toContain(`${await addressOf('one')}/24`);
  });

  it('lets machines reach each other, by name where there are names', async () => {
    const target = isNamespace ? 'vm-two' : await addressOf('two');
    expect(await guest('one').must(`ping -4 -c 2 -w 20 ${target}`, waitMs)).toContain(
      '0% packet loss',
    );
    if (!isNamespace) return;
    expect(await guest('two').must('nslookup vm-one 10.20.0.1')).toContain('10.20.0.50');
    expect(await guest('two').must('nslookup vm-one.lab.internal 10.20.0.1')).toContain('.50');
    expect(await guest('two').must('nslookup printer.lab 10.20.0.1')).toContain('10.20.0.77');
  });

  it('leads out to this computer’s address, but not to its loopback', async () => {
    const { address, port } = outside;
    await expect
      .poll(() => heard('one', `${address} ${port}`), { timeout: waitMs })
      .toContain('HELLO-FROM-OUTSIDE');
    for (const other of ['10.20.0.1', '10.20.0.3', '198.18.127.2', '198.18.127.3'])
      expect(await heard('one', `${other} ${loopback.port}`), other).not.toContain('HELLO');
    expect((await guest('one').run(`ping -c 1 -w 10 10.20.0.1`, waitMs)).exitCode).toBe(0);
  });

  it('configures IPv6 without being asked', async () => {
    // Their DHCP client removed every address, also the one that routers are looked for with.
    const again = 'cd /proc/sys/net/ipv6/conf/eth0; echo 1 >disable_ipv6; echo 0 >disable_ipv6';
    await guest('one').must(again);
    await guest('two').must(again);
    const look = (name: keyof typeof macs): Promise<string> =>
      guest(name).must('ip -6 addr show eth0 scope global | grep -v tentative; true');
    for (const name of ['one', 'two'] as const)
      await expect
        .poll(() => look(name), { timeout: waitMs })
        .toContain(eui64Address(prefix, macs[name]));
    const ping = `ping6 -c 3 -w 30 ${eui64Address(prefix, macs.two)}`;
    await expect
      .poll(async () => (await guest('one').run(ping, waitMs)).exitCode, { timeout: waitMs })
      .toBe(0);
  });

  it('serves files for starting from the network', async () => {
    const load = 'tftp -g -r probe.txt -l /tmp/loaded 10.20.0.1 && cat /tmp/loaded';
    expect(await guest('one').must(load, waitMs)).toContain('loaded by TFTP');
  });

  it('leads a port to a machine as soon as it is asked to, and no longer', async () => {
    await guest('two').must('echo HELLO-FROM-TWO >/tmp/index.html; httpd -p 8080 -h /tmp');
    const hostPort = await freePort();
    const forward = {
      id: 'web',
      protocol: 'tcp',
      hostAddress: '127.0.0.1',
      hostPort,
      to: { mac: macs.two },
      guestPort: 8080,
    } as const;
    await fabric.handlers.addForward({ network, forward });
    await expect.poll(() => fetchText(hostPort), { timeout: waitMs }).toBe('HELLO-FROM-TWO\n');
    const again = { ...forward, id: 'other' };
    await expect(fabric.handlers.addForward({ network, forward: again })).rejects.toMatchObject({
      error: { code: 'network/port-taken' },
    });
    await fabric.handlers.removeForward({ network, id: 'web' });
    await expect.poll(() => fetchText(hostPort), { timeout: waitMs }).toContain('fetch failed');
  });

  it('brings back everything that is sent through a forward, also after its sender ended', async () => {
    await guest('two').must('nc -ll -p 8055 -e cat </dev/null >/dev/null 2>&1 &');
    const hostPort = await freePort();
    const forward = {
      id: 'echo',
      protocol: 'tcp',
      hostAddress: '127.0.0.1',
      hostPort,
      to: { mac: macs.two },
      guestPort: 8055,
    } as const;
    await fabric.handlers.addForward({ network, forward });
    const sent = randomBytes(3_000_000);
    await expect
      .poll(async () => (await echoed(hostPort, sent)).equals(sent), { timeout: waitMs })
      .toBe(true);
    // One that leads to a port where nobody listens ends, and others go on.
    const nobody = { ...forward, id: 'nobody', hostPort: await freePort(), guestPort: 8056 };
    await fabric.handlers.addForward({ network, forward: nobody });
    expect(await echoed(nobody.hostPort, Buffer.from('hello'))).toEqual(Buffer.alloc(0));
    expect((await echoed(hostPort, sent)).equals(sent)).toBe(true);
    for (const id of ['echo', 'nobody']) await fabric.handlers.removeForward({ network, id });
  });

  it('leads datagrams to a machine and its answers back', async () => {
    const hostPort = await freeUdpPort();
    const options = '-p 8053 --no-daemon --user=root --conf-file=/dev/null';
    const name = '--address=/printer.test/10.1.2.3';
    await guest('two').must(`dnsmasq ${options} ${name} </dev/null >/dev/null 2>&1 &`);
    const forward = {
      id: 'datagrams',
      protocol: 'udp',
      hostAddress: '127.0.0.1',
      hostPort,
      to: { mac: macs.two },
      guestPort: 8053,
    } as const;
    await fabric.handlers.addForward({ network, forward });
    await expect.poll(() => askByDatagram(hostPort), { timeout: waitMs }).toBe('10.1.2.3');
    const again = { ...forward, id: 'other' };
    await expect(fabric.handlers.addForward({ network, forward: again })).rejects.toMatchObject({
      error: { code: 'network/port-taken' },
    });
    await fabric.handlers.removeForward({ network, id: 'datagrams' });
    await expect.poll(() => askByDatagram(hostPort), { timeout: waitMs }).toContain('Error');
  });

  it.runIf(isNamespace)('starts dnsmasq again when it dies, and nobody notices', async () => {
    const find = (): readonly { pid: number }[] =>
      processesWith(folder).filter(({ command }) => /dnsmasq/.test(command));
    const [before] = find();
    process.kill(before?.pid ?? -1, 'SIGKILL');
    await expect
      .poll(() => find().filter(({ pid }) => pid !== before?.pid).length, { timeout: waitMs })
      .toBe(1);
    await getLease('two');
    expect(await guest('two').must('ping -4 -c 1 -w 20 vm-one', waitMs)).toContain(
      '0% packet loss',
    );
    expect(events.filter(({ kind }) => kind === 'service')).toEqual([]);
  });

  const stands = isNamespace ? [/slirp4netns/, /inside\.py/] : [/-M none/];
  it.each(stands)('comes back with its leases and forwards when %s dies', async (program) => {
    const hostPort = await freePort();
    const forward = {
      id: 'web',
      protocol: 'tcp',
      hostAddress: '',
      hostPort,
      to: { mac: macs.two },
      guestPort: 8080,
    } as const;
    await fabric.handlers.addForward({ network, forward });
    events.length = 0;
    const found = processesWith(folder).find(({ command }) => program.test(command));
    process.kill(found?.pid ?? -1, 'SIGKILL');
    const states = (): readonly unknown[] =>
      events.flatMap((event) => (event.kind === 'service' ? [event.state] : []));
    await expect.poll(states, { timeout: waitMs }).toEqual(['restarting', 'up']);
    await expect.poll(() => fetchText(hostPort), { timeout: waitMs }).toBe('HELLO-FROM-TWO\n');
    await expect
      .poll(() => heard('one', `${outside.address} ${outside.port}`), { timeout: waitMs })
      .toContain('OUTSIDE');
    await fabric.handlers.removeForward({ network, id: 'web' });
  });

  it('leads to this computer’s loopback where its owner allows it', async () => {
    const { service } = (await fabric.handlers.list({})).networks[0] ?? {};
    if (!service) throw new Error('no service');
    await fabric.handlers.ensureNetwork({
      id: network,
      service: { ...service, mayReachHost: true },
    });
    const listen = (): Promise<string> => heard('one', `10.20.0.1 ${loopback.port}`);
    await expect.poll(listen, { timeout: waitMs }).toContain('HELLO-FROM-LOOPBACK');
  });

  it('leaves nothing behind', async () => {
    await fabric.handlers.removeNetwork({ id: network });
    const isService = ({ command }: { command: string }): boolean =>
      /dnsmasq|slirp4netns|inside\.py|-M none/.test(command);
    await expect
      .poll(() => processesWith(folder).filter(isService), { timeout: waitMs })
      .toEqual([]);
    const left = readdirSync(folder, { recursive: true }).map(String);
    expect(left.filter((name) => name.includes('/'))).toEqual([]);
  });
});
