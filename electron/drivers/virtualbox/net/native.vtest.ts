// What VirtualBox has of networks itself, against a real one without its kernel driver: its NAT networks are made,
// changed and removed, its host-only interfaces refused with its reason; captures, guest addresses, and NAT's way to
// this computer.
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { toVmId } from '../../../../shared/model/brand.ts';
import { networkSchema, type Network } from '../../../../shared/model/networks.ts';
import { probeMachine } from '../__fixtures__/probe-machine.ts';
import { codeOf, patient, realSession, type RealSession } from '../__fixtures__/session.ts';

let real: RealSession;
beforeAll(async () => {
  real = await realSession();
});
afterAll(() => real?.dispose());

const networks = (): NonNullable<RealSession['session']['networks']> => {
  const facet = real.session.networks;
  if (!facet) throw new Error('no networks');
  return facet;
};
const network = (more: Record<string, unknown> = {}): Network =>
  networkSchema.parse({
    id: 'lab1',
    name: 'Lab',
    kind: 'natNetwork',
    isEnabled: true,
    ipv4: {
      subnet: '10.20.0.0/24',
      gateway: '10.20.0.1',
      dhcp: { first: '10.20.0.50', last: '10.20.0.90' },
    },
    reservations: [],
    dnsNames: [],
    forwards: [],
    vlans: [],
    mayReachHost: false,
    ...more,
  });
const forward = {
  id: 'web',
  protocol: 'tcp',
  hostAddress: '127.0.0.1',
  hostPort: 8080,
  to: { kind: 'address', address: '10.20.0.7' },
  guestPort: 80,
};
const printed = (...words: readonly string[]): Promise<string> => real.real.manage.read(words);

it('keeps a NAT network in step', async () => {
  await networks().ensure(network({ forwards: [forward] }));
  expect(await networks().list()).toContainEqual({ id: 'lab1', kind: 'natNetwork' });
  expect(await printed('natnetwork', 'list')).toMatch(
    /web:tcp:\[127\.0\.0\.1\]:8080:\[10\.20\.0\.7\]:80/,
  );
  expect(await printed('list', 'dhcpservers')).toMatch(/NetworkName: +lab1[\s\S]*10\.20\.0\.50/);

  const reservations = [{ mac: '08:00:27:00:00:01', address: '10.20.0.8' }];
  const changed = network({
    isEnabled: false,
    ipv6: { prefix: 'fd12:3456:789a:1::/64' },
    reservations,
    forwards: [{ ...forward, hostPort: 8081 }],
  });
  await networks().ensure(changed);
  await networks().ensure(changed);
  const list = await printed('natnetwork', 'list');
  expect(list).toMatch(/Enabled: +No/);
  expect(list).toMatch(/IPv6 Prefix: +fd12:3456:789a:1::\/64/);
  expect(list.match(/web:tcp/g)).toHaveLength(1);
  expect(list).toMatch(/web:tcp:\[127\.0\.0\.1\]:8081/);
  expect(await printed('list', 'dhcpservers')).toMatch(
    /08:00:27:00:00:01\s+Fixed Address: +10\.20\.0\.8/,
  );

  await networks().remove(changed);
  await networks().remove(changed);
  expect(await networks().list()).not.toContainEqual({ id: 'lab1', kind: 'natNetwork' });
  expect(await printed('list', 'dhcpservers')).not.toMatch(/lab1/);
});

it('refuses what VirtualBox cannot have', async () => {
  const elsewhere = network({ ipv4: { subnet: '10.20.0.0/24', gateway: '10.20.0.254' } });
  await expect(networks().ensure(elsewhere)).rejects.toThrow(/always the first address/);
  const nowhere = {
    ...forward,
    to: { kind: 'nic', vm: toVmId('00000000-0000-4000-8000-000000000001'), nic: 'nic0' },
  };
  await expect(networks().ensure(network({ forwards: [nowhere] }))).rejects.toThrow(
    /reserved address/,
  );
  const hostOnly = network({ id: 'vboxnet0', kind: 'hostOnly' });
  await expect(networks().ensure(hostOnly)).rejects.toThrow(/\/dev\/vboxnetctl/);
  expect(await codeOf(networks().ensure(network({ id: 'mine', kind: 'hostOnly' })))).toBe(
    'network/native-failed',
  );
  await networks().ensure(network({ id: 'inner', kind: 'internal' }));
});

it('captures what a machine on NAT sends, while it runs', async () => {
  const machine = await probeMachine(
    real.real,
    'cap',
    ['--nic1', 'nat', '--nictype1', '82540EM', '--boot1', 'net'],
    null,
  );
  const vm = toVmId(machine.id);
  await expect.poll(() => real.definitionOf(vm)?.config.bootOrder[0], patient).toBe('network');
  await real.start(vm);
  mkdirSync(join(real.real.home, 'pcap'));
  const path = join(real.real.home, 'pcap', 'nic.pcap');
  await real.session.capture?.start(vm, 'nic0', path);
  // The boot ROM's DHCP request, to everybody, from this card.
  const request = Buffer.from('ffffffffffff', 'hex');
  await expect.poll(() => readFileSync(path).includes(request), patient).toBe(true);
  expect(readFileSync(path).readUInt32LE(0)).toBe(0xa1b2c3d4);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  await real.session.capture?.stop(vm, 'nic0');
  const { size } = statSync(path);
  await real.session.reset(vm);
  expect(statSync(path).size).toBe(size);
  const nowhere = real.session.capture?.start(
    vm,
    'nic0',
    join(real.real.home, 'not', 'there.pcap'),
  );
  expect(await codeOf(nowhere ?? Promise.resolve())).toBe('network/capture-failed');
  await real.session.capture?.start(vm, 'nic0', path);
  await real.session.powerOff(vm);
  expect(await printed('showvminfo', vm)).toMatch(/NIC 1: .*Trace: off/);
});

it('tells what the Guest Additions say, by card', async () => {
  const vm = await real.make('addr');
  const nic = real.definitionOf(vm)?.config.nics[0];
  expect(await real.session.addresses?.(vm)).toEqual([]);
  const say = (key: string, value: string): Promise<string> =>
    real.real.manage.change([
      'guestproperty',
      'set',
      vm,
      `/VirtualBox/GuestInfo/Net/0/${key}`,
      value,
    ]);
  await say('MAC', nic?.mac.replaceAll(':', '').toUpperCase() ?? '');
  await say('V4/IP', '10.0.2.15');
  expect(await real.session.addresses?.(vm)).toEqual([
    { nic: nic?.id, address: '10.0.2.15', source: 'guestAdditions' },
  ]);
});

it('NAT leads to this computer only where that was chosen', async () => {
  const vm = await real.make('reach');
  const before = real.definitionOf(vm);
  if (!before) throw new Error('not reported');
  const reach = (): unknown => real.definitionOf(vm)?.config.nics[0]?.attachment;
  const nics = before.config.nics.map((nic) => ({
    ...nic,
    attachment: { kind: 'nat' as const, ipv6: false, forwards: [], mayReachHost: true },
  }));
  const after = { ...before, config: { ...before.config, nics } };
  await real.session.inventory?.edit(before, after);
  expect(reach()).toMatchObject({ mayReachHost: true });
  expect(await printed('showvminfo', vm, '--machinereadable')).toMatch(/^localhostReachable="1"$/m);
  await real.session.inventory?.edit(after, before);
  expect(reach()).not.toHaveProperty('mayReachHost');
});
