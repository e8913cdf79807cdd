// Machines of VirtualBox in software on the real fabric: they see each other in their VLAN and nobody else does, go on
// after the fabric was killed, and boot from a NAT network whose service end is a namespace.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { toEngineId, toVmId, type VmId } from '../../../../shared/model/brand.ts';
import { parseProbeReport } from '../../../../shared/model/probe-report.ts';
import type { Vlan } from '../../../../shared/model/network.ts';
import { toNetworkId } from '../../../../shared/model/networks.ts';
import type { FabricOwner } from '../../../fabric/client.ts';
import type { FabricPort } from '../../../fabric/protocol.ts';
import { createFabricWorld, type FabricWorld } from '../../../fabric/testing/world.ts';
import { lookForNetworkTools, serviceWayHere } from '../../../networks/host-tools.ts';
import { silentLogger } from '../../../log/logger.ts';
import { createExec } from '../../../process/exec.ts';
import type { NicPlug } from '../../types.ts';
import { guestCopy, probeMachine, type ProbeMachine } from '../__fixtures__/probe-machine.ts';
import { patient, realSession, type RealSession } from '../__fixtures__/session.ts';

let real: RealSession;
let world: FabricWorld;
let manager: FabricOwner;
beforeAll(async () => {
  real = await realSession();
  world = createFabricWorld();
  manager = world.manager();
  await manager.ensureRunning();
});
afterAll(async () => {
  await real?.dispose();
  await world?.end();
});

interface Plugged {
  readonly vm: VmId;
  readonly mac: string;
  readonly machine: ProbeMachine;
}
const start = async (
  name: string,
  network: string,
  kind: string,
  vlan?: Vlan,
  more: readonly string[] = [],
): Promise<Plugged> => {
  const words = ['--nic1', kind, kind === 'intnet' ? '--intnet1' : '--nat-network1', network];
  const card = ['--nictype1', 'Am79C973', '--boot1', 'net'];
  const machine = await probeMachine(real.real, name, [...card, ...words, ...more], null);
  const vm = toVmId(machine.id);
  await expect
    .poll(() => real.definitionOf(vm)?.config.nics[0]?.attachment.kind ?? 'nat', patient)
    .not.toBe('nat');
  const definition = real.definitionOf(vm);
  const mac = definition?.config.nics[0]?.mac;
  if (!definition || mac === undefined) throw new Error('not reported');
  const port = (peer: object): FabricPort => ({
    network: toNetworkId(network),
    vm,
    nic: 'nic0',
    mac,
    hostname: name,
    endpoint: { kind: 'datagram', ...peer },
    ...(vlan ? { vlan } : {}),
    isCableConnected: true,
  });
  const { switchPort = 0 } = await manager.call('ensurePort', port({}));
  const setPeer = async (peerPort: number): Promise<void> => {
    await manager.call('ensurePort', port({ switchPort, peerPort }));
  };
  const plugs = new Map<string, NicPlug>([['nic0', { kind: 'datagram', switchPort, setPeer }]]);
  const ctx = { signal: new AbortController().signal, progress: () => undefined };
  await real.session.start(definition, { engine: toEngineId('software'), plugs }, ctx);
  return { vm, mac, machine };
};

const macBytes = (mac: string): Buffer => Buffer.from(mac.replaceAll(':', ''), 'hex');

it('machines see those of their VLAN, before and after the fabric was killed', async () => {
  await manager.call('ensureNetwork', { id: toNetworkId('inner') });
  const access = (tag: number): Vlan => ({ mode: 'access', tag });
  const one = await start('one', 'inner', 'intnet', access(10));
  const two = await start('two', 'inner', 'intnet', access(10));
  const other = await start('other', 'inner', 'intnet', access(20));
  const capture = async ({ vm }: Plugged, name: string): Promise<() => Buffer> => {
    const path = join(world.folder, name);
    await manager.call('startCapture', { vm, nic: 'nic0', path });
    return () => readFileSync(path);
  };
  const atTwo = await capture(two, 'two.pcap');
  const atOther = await capture(other, 'other.pcap');
  // Their boot ROMs ask everybody for an address.
  await real.session.reset(one.vm);
  await real.session.reset(other.vm);
  await expect.poll(() => atTwo().includes(macBytes(one.mac)), patient).toBe(true);
  await expect.poll(() => atOther().includes(macBytes(other.mac)), patient).toBe(true);
  expect(atTwo().includes(macBytes(other.mac))).toBe(false);
  expect(atOther().includes(macBytes(one.mac))).toBe(false);

  const restarted = new Promise<void>((done) => manager.onRestart(done));
  await world.kill();
  await restarted;
  await manager.call('stopCapture', { vm: two.vm, nic: 'nic0' });
  const again = await capture(two, 'again.pcap');
  await real.session.reset(one.vm);
  await expect.poll(() => again().includes(macBytes(one.mac)), patient).toBe(true);
  for (const { vm } of [one, two, other]) await real.session.powerOff(vm);
});

it('boots from a NAT network, with its reserved address', async (test) => {
  const tools = await lookForNetworkTools({ exec: createExec(silentLogger) });
  const here = serviceWayHere(tools);
  if (here.way !== 'namespace') return test.skip('no user namespaces here');
  const mac = '08:00:27:00:aa:01';
  const file = guestCopy(real.real, 'probe.pxe');
  await manager.call('ensureNetwork', {
    id: toNetworkId('lab'),
    service: {
      way: 'namespace',
      ipv4: {
        subnet: '10.20.0.0/24',
        gateway: '10.20.0.1',
        dhcp: { first: '10.20.0.50', last: '10.20.0.90' },
      },
      reservations: [{ mac, address: '10.20.0.7' }],
      dnsNames: [],
      forwards: [],
      mayReachHost: false,
      networkBoot: { folder: dirname(file), file: 'probe.pxe' },
      programs: tools.programs,
    },
  });
  const reserved = ['--macaddress1', mac.replaceAll(':', '')];
  const { machine, vm } = await start('boots', 'lab', 'natnetwork', undefined, reserved);
  await machine.says(/^READY\r$/m);
  expect(parseProbeReport(machine.serial())?.medium).toBe('network');
  const leases = async (): Promise<unknown> =>
    (await manager.call('look', { network: toNetworkId('lab') })).leases;
  await expect
    .poll(leases, patient)
    .toContainEqual(expect.objectContaining({ mac, address: '10.20.0.7' }));
  await real.session.powerOff(vm);
});
