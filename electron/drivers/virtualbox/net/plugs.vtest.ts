// A machine on VirtualBox without its kernel driver, plugged into a network of ours: frames go both ways, everybody is
// shown what its owner chose, and whatever ends the run, that is put back.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { toEngineId, toVmId, type VmId } from '../../../../shared/model/brand.ts';
import type { NicAttachment } from '../../../../shared/model/network.ts';
import { parseProbeReport } from '../../../../shared/model/probe-report.ts';
import { gateway, type Gateway } from '../__fixtures__/gateway.ts';
import { guestCopy, probeMachine, type ProbeMachine } from '../__fixtures__/probe-machine.ts';
import { patient, realSession, type RealSession } from '../__fixtures__/session.ts';
import { parseExtraData } from '../parse-list.ts';
import { valueOf } from '../parse-vminfo.ts';
import { readMachine } from '../read-machine.ts';

let real: RealSession;
const ends: Gateway[] = [];
beforeAll(async () => {
  real = await realSession();
});
afterAll(async () => {
  for (const end of ends) await end.end();
  await real?.dispose();
});

interface Booting {
  readonly vm: VmId;
  readonly machine: ProbeMachine;
}
/** Boots from the network with its first card; `modify` attaches it. */
const make = async (name: string, modify: readonly string[]): Promise<Booting> => {
  const card = ['--nictype1', 'Am79C973', '--boot1', 'net'];
  const machine = await probeMachine(real.real, name, [...card, ...modify], null);
  const vm = toVmId(machine.id);
  // A new machine is on NAT until it has been told otherwise, and unknown before.
  await expect.poll(() => shown(vm).at(-1)?.kind ?? 'nat', patient).not.toBe('nat');
  return { vm, machine };
};
const service = async (): Promise<Gateway> => {
  const file = guestCopy(real.real, 'probe.pxe');
  const end = await gateway(dirname(file), 'probe.pxe');
  ends.push(end);
  return end;
};
const start = async (vm: VmId, ...plugs: readonly Gateway[]): Promise<void> => {
  const definition = real.definitionOf(vm);
  if (!definition) throw new Error('not reported');
  const ctx = { signal: new AbortController().signal, progress: () => undefined };
  const rows = plugs.map(({ plug }, index) => [`nic${index}`, plug] as const);
  await real.session.start(
    definition,
    { engine: toEngineId('software'), plugs: new Map(rows) },
    ctx,
  );
};
/** Every attachment of the first card that was reported. */
const shown = (vm: VmId): readonly (NicAttachment | undefined)[] =>
  real.events.flatMap((event) =>
    event.kind === 'definitionChanged' && event.definition.id === vm
      ? [event.definition.config.nics[0]?.attachment]
      : [],
  );
const records = (): readonly string[] =>
  readdirSync(join(real.context.paths.state, 'virtualbox', 'nics'));
const printed = async (vm: VmId, ...keys: readonly string[]): Promise<readonly unknown[]> => {
  const { pairs } = await readMachine(real.real.manage, vm);
  return keys.map((key) => valueOf(pairs, key));
};
const descriptors = async (vm: VmId): Promise<readonly string[]> => {
  const data = await real.real.manage.read(['getextradata', vm, 'enumerate']);
  return Object.keys(parseExtraData(data)).filter((key) => key.endsWith('/FileHandle'));
};
const expectPutBack = async (vm: VmId, ...attachment: readonly string[]): Promise<void> => {
  await expect.poll(() => printed(vm, 'nic1'), patient).toEqual([attachment[0]]);
  await expect.poll(records, patient).toEqual([]);
  expect(await descriptors(vm)).toEqual([]);
};

it('boots from a server on our network, is shown as its owner wrote it, and is put back', async () => {
  const { vm, machine } = await make('nn', ['--nic1', 'natnetwork', '--nat-network1', 'lab']);
  const end = await service();
  await start(vm, end);
  expect(await printed(vm, 'nic1', 'generic1')).toEqual(['Generic', 'HostInterface']);
  await machine.says(/^READY\r$/m);
  expect(parseProbeReport(machine.serial())?.medium).toBe('network');
  await real.session.live?.setCable(vm, 'nic0', false);
  await real.session.live?.setCable(vm, 'nic0', true);
  await real.session.powerOff(vm);
  await expectPutBack(vm, 'natnetwork');
  expect(await printed(vm, 'nat-network1')).toEqual(['lab']);
  const reported = shown(vm).filter((row) => row?.kind !== 'nat');
  for (const row of reported) expect(row).toEqual({ kind: 'natNetwork', network: 'lab' });
});

it('keeps what its owner had told a generic driver that is not in use', async () => {
  const { manage } = real.real;
  const { vm } = await make('gen', [
    ...['--nic1', 'generic', '--nic-generic-drv1', 'UDPTunnel'],
    ...['--nic-property1', 'dest=127.0.0.1', '--nic-property1', 'sport=4711'],
  ]);
  await manage.change(['modifyvm', vm, '--nic1', 'intnet', '--intnet1', 'inner']);
  await expect
    .poll(() => real.definitionOf(vm)?.config.nics[0]?.attachment, patient)
    .toEqual({
      kind: 'internal',
      network: 'inner',
    });
  await start(vm, await service());
  // The program that runs it is gone without a word.
  for (const pid of real.real.processes('VirtualBoxVM')) process.kill(pid, 'SIGKILL');
  await expect.poll(() => real.powerOf(vm), patient).toBe('crashed');
  await expectPutBack(vm, 'intnet');
  await manage.change(['modifyvm', vm, '--nic1', 'generic']);
  expect(await printed(vm, 'generic1')).toEqual(['UDPTunnel']);
  const { settingsFile } = await readMachine(manage, vm);
  expect(readFileSync(settingsFile, 'utf8')).toMatch(/name="sport" value="4711"/);
  expect(shown(vm)).not.toContainEqual({ kind: 'other', name: 'HostInterface' });
});

it('a manager that comes back shows the same, and puts back what ended without it', async () => {
  const { vm } = await make('mgr', ['--nic1', 'hostonly', '--hostonlyadapter1', 'vboxnet0']);
  await start(vm, await service());
  await real.session.dispose();
  real = await realSession({ real: real.real });
  await expect.poll(() => real.powerOf(vm), patient).toBe('running');
  const wanted = { kind: 'hostOnly', network: 'vboxnet0' };
  for (const row of shown(vm)) expect(row).toEqual(wanted);
  await real.session.dispose();
  for (const pid of real.real.processes('VirtualBoxVM')) process.kill(pid, 'SIGKILL');
  await expect.poll(() => real.real.processes('VirtualBoxVM'), patient).toEqual([]);
  await expect
    .poll(async () => (await readMachine(real.real.manage, vm)).session, patient)
    .toBeUndefined();
  real = await realSession({ real: real.real });
  await expectPutBack(vm, 'hostonly');
});

it('a failed start puts back', async () => {
  const { vm } = await make('bad', [
    '--nic1',
    'intnet',
    '--intnet1',
    'x',
    '--uart2',
    '0x2F8',
    '3',
    '--uart-mode2',
    'client',
    '/nowhere/socket',
  ]);
  await expect(start(vm, await service())).rejects.toThrow(/start-failed/);
  await expectPutBack(vm, 'intnet');
});

it('restores a saved machine plugged in anew', async () => {
  const { vm, machine } = await make('sav', ['--nic1', 'bridged', '--bridgeadapter1', 'eth9']);
  await start(vm, await service());
  await machine.says(/^READY\r$/m);
  const definition = real.definitionOf(vm);
  if (!definition) throw new Error('not reported');
  await real.session.savedState?.save(definition, {
    signal: new AbortController().signal,
    progress: () => undefined,
  });
  await expectPutBack(vm, 'bridged');
  await start(vm, await service());
  expect(await printed(vm, 'nic1')).toEqual(['Generic']);
  await real.session.powerOff(vm);
  await expectPutBack(vm, 'bridged');
});

it('plugs in every kind of card', async () => {
  const types = ['82540EM', '82543GC', 'virtio', 'Am79C970A', 'NE2000'];
  const words = types.flatMap((type, slot) => [
    ...[`--nic${slot + 1}`, 'intnet', `--intnet${slot + 1}`, 'x', `--nictype${slot + 1}`, type],
  ]);
  const { vm } = await make('cards', words);
  await expect.poll(() => real.definitionOf(vm)?.config.nics.length, patient).toBe(types.length);
  const nobody = { peer: () => undefined, end: () => Promise.resolve() };
  const plug = { kind: 'datagram', switchPort: 9, setPeer: () => Promise.resolve() } as const;
  // Without its descriptor VirtualBox's driver would look for a device of its own, and the start fail.
  await start(vm, ...types.map(() => ({ ...nobody, plug })));
  expect(await descriptors(vm)).toHaveLength(types.length);
  await real.session.powerOff(vm);
  await expectPutBack(vm, 'intnet');
});
