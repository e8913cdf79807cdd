// What the compatibility table says about networks on VirtualBox in software, against a real VirtualBox without its
// kernel driver and our switch: "yes" starts and carries frames; "no" is refused by the plan; what "needs" an
// authorisation is plugged into a tap. VirtualBox's own networks fail with the error that is judged so, which is why
// machines are plugged into ours. Follows the rows of the table: a cell that changes, or a new row, fails here until it
// is tried.
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toEngineId, toVmId } from '../../../shared/model/brand.ts';
import type { Vlan } from '../../../shared/model/network.ts';
import { parseProbeReport, type ProbeReport } from '../../../shared/model/probe-report.ts';
import { networkRows } from '../../compat/table/networks.ts';
import { createFabricCells, type Wish } from '../../fabric/testing/cells.ts';
import {
  authorisedRows,
  bridgeSteps,
  planOnBridge,
} from '../../networks/__fixtures__/authorised.ts';
import type { NetworkingRow } from '../../networks/plan-parts.ts';
import { guestCopy, probeMachine, type ProbeMachine } from './__fixtures__/probe-machine.ts';
import { realVirtualBox, type RealVirtualBox } from './__fixtures__/real.ts';
import { patient, realSession } from './__fixtures__/session.ts';
import { nicByModel } from './device-names.ts';
import { parseInterfaces } from './host-interfaces.ts';
import type { StartProblem } from './start-errors.ts';

let real: RealVirtualBox;
beforeAll(async () => {
  real = await realVirtualBox();
});
afterAll(() => real.dispose());

/** The same start serves every row that asks for it. */
const once = <T>(work: () => Promise<T>): (() => Promise<T>) => {
  let result: Promise<T> | undefined;
  return () => (result ??= work());
};

const forwardPort = 20_000 + (process.pid % 20_000);
const tunnelPort = forwardPort + 1;

/** Our fabric, and a session of the driver that plugs machines into it; opened after all machines below are there. */
const cells = createFabricCells();
afterAll(() => cells.end());
const session = once(() => realSession({ real }));
afterAll(async () => (await session()).session.dispose());
const networking = async (): Promise<NetworkingRow> => {
  const { capabilities } = await session();
  const row = capabilities.networking?.find(({ engine }) => engine === toEngineId('software'));
  if (!row) throw new Error('VirtualBox tells nothing about networks in software');
  return row;
};

/** A machine that starts from the network, through the driver, on a port of our switch. */
const bootsOver = async (wish: Wish, name: string, modify: readonly string[]): Promise<void> => {
  const { session: driver, definitionOf } = await session();
  const card = ['--nictype1', 'Am79C973', '--boot1', 'net'];
  const machine = await probeMachine(real, name, [...card, ...modify], null);
  const vm = toVmId(machine.id);
  await expect
    .poll(() => definitionOf(vm)?.config.nics[0]?.attachment.kind ?? 'nat', patient)
    .not.toBe('nat');
  const definition = definitionOf(vm);
  if (!definition) throw new Error('not reported');
  const { plug } = await cells.datagram(wish);
  const ctx = { signal: new AbortController().signal, progress: () => undefined };
  const plugs = new Map([['nic0', plug]]);
  await driver.start(definition, { engine: toEngineId('software'), plugs }, ctx);
  await machine.says(/^READY\r$/m);
  expect(parseProbeReport(machine.serial())?.medium).toBe('network');
  await driver.powerOff(vm);
};
/** A QEMU without devices serves on the same network. */
const overInternal = async (network: string, vlan?: Vlan): Promise<void> => {
  await cells.internal(network);
  const wish = { network, ...(vlan ? { vlan } : {}) };
  const folder = dirname(guestCopy(real, 'probe.pxe', 'in.pxe'));
  await cells.bootServer(wish, { folder, file: 'in.pxe' });
  await bootsOver(wish, network, ['--nic1', 'intnet', '--intnet1', network]);
};

interface NatRun {
  readonly report: ProbeReport;
  readonly isForwardOpen: boolean;
}
/** Boots over NAT: the firmware asks NAT's own DHCP for an address and loads the probe guest by TFTP. */
const natRun = once(async (): Promise<NatRun> => {
  const folder = dirname(guestCopy(real, 'probe.pxe', 'nat.pxe'));
  const forward = `ssh,tcp,127.0.0.1,${forwardPort},,22`;
  const nat = [
    ...['--nic1', 'nat', '--nictype1', 'Am79C973', '--natpf1', forward, '--boot1', 'net'],
    ...['--nat-enable-tftp1', 'on', '--nat-tftp-prefix1', folder, '--nat-tftp-file1', 'nat.pxe'],
  ];
  const machine = await probeMachine(real, 'nat', nat, null);
  const report = await machine.report();
  const isForwardOpen = await new Promise<boolean>((resolve) => {
    const socket = connect(forwardPort, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
  await machine.powerOff();
  return { report, isForwardOpen };
});

/** Machines whose start fails. `UPLINK`: an interface of this computer. */
// prettier-ignore
const setups = {
  natNetwork: ['--nic1', 'natnetwork', '--nat-network1', 'natlab'],
  internal: ['--nic1', 'intnet', '--intnet1', 'lab'],
  hostOnly: ['--nic1', 'hostonly', '--hostonlyadapter1', 'vboxnet0'],
  bridged: ['--nic1', 'bridged', '--bridgeadapter1', 'UPLINK'],
  promiscuous: ['--nic1', 'bridged', '--bridgeadapter1', 'UPLINK', '--nicpromisc1', 'allow-all'],
} as const;
type Setup = keyof typeof setups;
let uplink: string;
const machines = new Map<Setup, ProbeMachine>();
// All before the first start: after a failed one VirtualBox waits twice 3 s for its dead program at the next change.
beforeAll(async () => {
  uplink = parseInterfaces(await real.manage.read(['list', 'bridgedifs']))[0] ?? 'no uplink here';
  for (const [name, setup] of Object.entries(setups)) {
    const modify = setup.map((word) => (word === 'UPLINK' ? uplink : word));
    machines.set(name as Setup, await probeMachine(real, name, modify, null));
  }
});
const problems = new Map<Setup, StartProblem>();
const problemOf = async (setup: Setup): Promise<StartProblem> => {
  const known = problems.get(setup);
  if (known) return known;
  const outcome = await machines.get(setup)?.start();
  if (outcome?.kind !== 'failed') throw new Error(`${setup} started`);
  problems.set(setup, outcome.problem);
  return outcome.problem;
};

const driverless = (network: string): object => ({
  code: 'VERR_SUP_DRIVERLESS',
  sentence: { key: 'virtualbox.start.driverlessNetwork', params: { network } },
  isAboutEngine: false,
});

/** Of rows that are decided: what shows it. */
interface Trial {
  readonly kind: 'yes' | 'no' | 'needs';
  readonly show: () => Promise<void> | void;
}
const trials: Readonly<Record<string, Trial>> = {
  'net.nat': {
    kind: 'yes',
    show: async () => {
      expect((await natRun()).report.pci.map(({ id }) => id)).toContain('1022:2000');
    },
  },
  'net.nat-forward': {
    kind: 'yes',
    show: async () => expect((await natRun()).isForwardOpen).toBe(true),
  },
  'net.pxe': {
    kind: 'yes',
    show: async () => expect((await natRun()).report.medium).toBe('network'),
  },
  'net.nat-network': {
    kind: 'yes',
    show: async () => {
      const folder = dirname(guestCopy(real, 'probe.pxe', 'nn.pxe'));
      await cells.natNetwork('nat', { folder, file: 'nn.pxe' });
      await bootsOver({ network: 'nat' }, 'nn', ['--nic1', 'natnetwork', '--nat-network1', 'nat']);
    },
  },
  'net.internal': { kind: 'yes', show: () => overInternal('inner') },
  'net.vlan-switch': {
    kind: 'yes',
    show: () => overInternal('tagged', { mode: 'access', tag: 10 }),
  },
  'net.bridged-wifi': {
    kind: 'no',
    show: async () => {
      expect(planOnBridge(await networking(), { kind: 'bridged', uplink: 'wlan0' })).toMatchObject({
        kind: 'refused',
        reason: { key: 'network.refused.wifi' },
      });
    },
  },
  ...Object.fromEntries(
    Object.entries(authorisedRows).map(([id, attachment]) => [
      id,
      {
        kind: 'needs' as const,
        show: async () => {
          const { before, after, withoutHelper } = bridgeSteps(await networking(), attachment);
          expect(before).toEqual(
            expect.arrayContaining(['bridge.create', 'tap.create', 'openTap']),
          );
          expect(after).toEqual(['openTap']);
          expect(withoutHelper).toEqual(['refused']);
        },
      },
    ]),
  ),
};
/** What takes a host we have not got. */
const notTriedHere: Readonly<Record<string, string>> = {
  'net.low-port': 'a host that allows low ports',
};

const modelOf: Readonly<Record<string, Parameters<typeof nicByModel>[0]>> = {
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
  const { kind } = row.cells['virtualbox/software'];
  return kind === 'yes' || kind === 'no' || kind === 'needs' ? [{ id: row.id, kind }] : [];
});

describe('the table says of VirtualBox in software', () => {
  const rows = decided.filter(({ id }) => id.startsWith('net.') && !(id in notTriedHere));
  it.each(rows)('$kind to $id', async (row) => {
    expect(trials[row.id]?.kind).toBe(row.kind);
    await trials[row.id]?.show();
  });

  // That those with "yes" are there is shown from inside by hardware.vtest.ts.
  it.each(decided.filter(({ id }) => id.startsWith('nic.')))('$kind to $id', async (row) => {
    const model = modelOf[row.id];
    if (model === undefined) throw new Error('no trial');
    expect(nicByModel(model) === undefined).toBe(row.kind === 'no');
    if (row.kind === 'yes') return;
    const id = await real.createMachine(row.id);
    await expect(
      real.manage.change(['modifyvm', id, '--nic1', 'nat', '--nictype1', model]),
    ).rejects.toThrow(/Invalid NIC type/);
  });
});

/** Why machines are plugged into networks of ours. */
describe('without its kernel driver VirtualBox’s own networks do not start', () => {
  it.each([
    ['natNetwork', 'natlab'],
    ['internal', 'lab'],
    ['bridged', undefined],
    ['promiscuous', undefined],
  ] as const)('%s', async (setup, network) => {
    expect(await problemOf(setup)).toMatchObject(driverless(network ?? uplink));
  });

  it('hostOnly', async () => {
    // vboxnet0 is what the kernel driver would make.
    await expect(real.manage.change(['hostonlyif', 'create'])).rejects.toThrow(/vboxnetctl/);
    expect(await problemOf('hostOnly')).toMatchObject({
      sentence: { key: 'virtualbox.start.interfaceMissing', params: { network: 'vboxnet0' } },
      isAboutEngine: false,
    });
  });
});

it('adapters without a network, a tunnel and a bandwidth limit run', async () => {
  const machine = await probeMachine(real, 'others');
  const { manage } = real;
  // prettier-ignore
  await manage.change(['bandwidthctl', machine.id, 'add', 'slow', '--type', 'network', '--limit', '1m']);
  const properties = [`sport=${tunnelPort}`, `dport=${tunnelPort + 1}`, 'dest=127.0.0.1'];
  await manage.change([
    ...['modifyvm', machine.id, '--nic1', 'null', '--nic2', 'generic'],
    ...['--nictype1', '82540EM', '--nictype2', '82540EM', '--nictype3', '82540EM'],
    ...['--nic-generic-drv2', 'UDPTunnel'],
    ...properties.flatMap((property) => ['--nic-property2', property]),
    ...['--nic3', 'nat', '--nicbandwidthgroup3', 'slow'],
  ]);
  const report = await machine.report();
  expect(report.pci.filter(({ id }) => id === '8086:100e')).toHaveLength(3);
  // "UDP tunnels work, but listen on every address of this computer."
  const bound = `00000000:${tunnelPort.toString(16).toUpperCase().padStart(4, '0')}`;
  expect(readFileSync('/proc/net/udp', 'utf8')).toContain(` ${bound} `);
  await machine.powerOff();
});
