// A fabric in the test's own process, with networks that machines boot from: what shows that a hypervisor's frames cross
// our switch.
import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toVmId, type VmId } from '../../../shared/model/brand.ts';
import type { Vlan } from '../../../shared/model/network.ts';
import { toNetworkId } from '../../../shared/model/networks.ts';
import type { NicPlug } from '../../drivers/types.ts';
import { silentLogger } from '../../log/logger.ts';
import { createFabricCore } from '../fabric.ts';
import type { Endpoint, FabricPort } from '../protocol.ts';
import { startService } from '../service/service.ts';

const findQemu = (): string => {
  const path = (process.env['PATH'] ?? '')
    .split(':')
    .map((folder) => join(folder, 'qemu-system-x86_64'))
    .find((file) => existsSync(file));
  if (path === undefined) throw new Error('no QEMU here');
  return path;
};

let nextMac = 0;
const ownMac = (): string => `52:54:00:cc:00:${(nextMac += 1).toString(16).padStart(2, '0')}`;

export interface Wish {
  readonly network: string;
  readonly vlan?: Vlan;
}

export interface FabricCells {
  /** Short. */
  readonly folder: string;
  /** A NAT network (a QEMU without devices at its service end) that machines boot `file` of `folder` from. */
  readonly natNetwork: (id: string, boot: { folder: string; file: string }) => Promise<void>;
  readonly internal: (id: string) => Promise<void>;
  /** A port at a machine's unix socket. */
  readonly stream: (wish: Wish, path: string) => Promise<VmId>;
  readonly datagram: (wish: Wish) => Promise<{ readonly vm: VmId; readonly plug: NicPlug }>;
  /** A QEMU without devices that gives addresses, and `file` of `folder` to start from, to a network by one port. */
  readonly bootServer: (wish: Wish, boot: { folder: string; file: string }) => Promise<void>;
  /** Frames that came from the machine, and that went to it. */
  readonly frames: (network: string, vm: VmId) => Promise<{ from: number; to: number }>;
  readonly end: () => Promise<void>;
}

export const createFabricCells = (): FabricCells => {
  const folder = mkdtempSync(join(tmpdir(), 'pc-'));
  const { handlers, dispose } = createFabricCore({
    runtimeDir: folder,
    log: silentLogger,
    startService,
    emit: () => undefined,
    onEnd: () => undefined,
    now: Date.now,
  });
  const ensurePort = async ({ network, vlan }: Wish, endpoint: Endpoint, id: VmId) => {
    const port: FabricPort = {
      network: toNetworkId(network),
      vm: id,
      nic: 'nic0',
      mac: ownMac(),
      endpoint,
      ...(vlan ? { vlan } : {}),
      isCableConnected: true,
    };
    return handlers.ensurePort(port);
  };
  const servers: ChildProcess[] = [];
  const stream = async (wish: Wish, path: string): Promise<VmId> => {
    const vm = toVmId(randomUUID());
    await ensurePort(wish, { kind: 'stream', path }, vm);
    return vm;
  };
  return {
    folder,
    bootServer: async (wish, boot) => {
      const path = join(folder, `b${servers.length}`);
      const args = [
        ...['-nodefaults', '-display', 'none', '-M', 'none'],
        ...['-netdev', `user,id=u,tftp=${boot.folder},bootfile=${boot.file}`],
        ...['-netdev', 'hubport,id=h1,hubid=0,netdev=u'],
        ...['-netdev', `stream,id=s,server=on,addr.type=unix,addr.path=${path}`],
        ...['-netdev', 'hubport,id=h2,hubid=0,netdev=s'],
      ];
      servers.push(spawn(findQemu(), args, { stdio: 'inherit' }));
      await stream(wish, path);
    },
    natNetwork: async (id, networkBoot) => {
      await handlers.ensureNetwork({
        id: toNetworkId(id),
        service: {
          way: 'gateway',
          ipv4: {
            subnet: '10.77.0.0/24',
            gateway: '10.77.0.1',
            dhcp: { first: '10.77.0.50', last: '10.77.0.99' },
          },
          reservations: [],
          dnsNames: [],
          forwards: [],
          mayReachHost: false,
          networkBoot,
          programs: { qemu: findQemu() },
        },
      });
    },
    internal: async (id) => {
      await handlers.ensureNetwork({ id: toNetworkId(id) });
    },
    stream,
    datagram: async (wish) => {
      const vm = toVmId(randomUUID());
      const { switchPort = 0 } = await ensurePort(wish, { kind: 'datagram' }, vm);
      const setPeer = async (peerPort: number): Promise<void> => {
        await ensurePort(wish, { kind: 'datagram', switchPort, peerPort }, vm);
      };
      return { vm, plug: { kind: 'datagram', switchPort, setPeer } };
    },
    frames: async (network, vm) => {
      const { ports } = await handlers.look({ network: toNetworkId(network) });
      const counters = ports.find((port) => port.vm === vm)?.counters;
      return { from: counters?.rxFrames ?? 0, to: counters?.txFrames ?? 0 };
    },
    end: async () => {
      await dispose();
      for (const server of servers) {
        const ended = once(server, 'exit');
        server.kill('SIGKILL');
        await ended;
      }
      rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
    },
  };
};
