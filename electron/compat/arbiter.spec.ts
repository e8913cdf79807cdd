// Who holds the processor's virtualization, and whom that keeps from starting.
import { describe, expect, it } from 'vitest';
import { toEngineId, toEpochMs, toVmId } from '../../shared/model/brand.ts';
import { backendKey, type Backend, type DriverInfo } from '../../shared/model/driver.ts';
import type { Vm } from '../../shared/model/vm.ts';
import { definition, qemu, virtualBox as plainVirtualBox } from './__fixtures__/world.ts';
import { burdensOf, conflictOf, exclusionsOf, hasTwoSides, holdersOf } from './arbiter.ts';
import type { HypervisorProcess } from './vboxdrv/processes.ts';

const virtualBox: DriverInfo = {
  ...plainVirtualBox,
  engines: [
    {
      ...plainVirtualBox.engines[0]!,
      id: toEngineId('vboxdrv'),
      accelerator: 'vboxdrv',
      title: 'VirtualBox',
    },
    { ...plainVirtualBox.engines[0]!, id: toEngineId('kvm'), accelerator: 'kvm' },
    { ...plainVirtualBox.engines[1]!, id: toEngineId('software') },
  ],
};
const drivers = { qemu, virtualbox: virtualBox };
const of = (driver: DriverInfo, engine: string): Backend => ({
  driver: driver.id,
  engine: toEngineId(engine),
});
let serial = 0;
const machine = (
  name: string,
  backend: Backend | undefined,
  power: Vm['power'] = 'running',
): Vm => {
  serial += 1;
  return {
    definition: {
      ...definition,
      id: toVmId(`00000000-0000-4000-8000-${String(serial).padStart(12, '0')}`),
      name,
      driver: backend?.driver ?? qemu.id,
    },
    power,
    missingFiles: [],
    hasPendingChanges: false,
    ...(backend ? { proof: { backend, witness: '', readAt: toEpochMs(0) } } : {}),
  };
};
const program = (change: Partial<HypervisorProcess> = {}): HypervisorProcess => ({
  pid: 7,
  program: 'qemu-system-x86',
  machine: undefined,
  holds: 'kvm',
  ...change,
});
const names = (vms: readonly Vm[], processes: readonly HypervisorProcess[] = []): string[] =>
  holdersOf(drivers, vms, processes).map(({ side, name }) => `${side}: ${name}`);
const self = toVmId('99999999-2222-3333-4444-555555555555');

describe('holders', () => {
  it('are our machines by what was proved, not by what was decided', () => {
    expect(names([machine('Fedora', of(virtualBox, 'vboxdrv'))])).toEqual(['vboxdrv: Fedora']);
    expect(names([machine('Mint', of(virtualBox, 'kvm'))])).toEqual(['kvm: Mint']);
    expect(names([machine('Arch', of(qemu, 'kvm'), 'paused')])).toEqual(['kvm: Arch']);
  });

  it('are not machines in software, off, or not proved yet', () => {
    expect(
      names([machine('a', of(virtualBox, 'software')), machine('b', of(qemu, 'tcg'))]),
    ).toEqual([]);
    expect(
      names([machine('c', of(qemu, 'kvm'), 'off'), machine('d', undefined, 'starting')]),
    ).toEqual([]);
  });

  it('are programs of others, named with their machine', () => {
    expect(names([], [program({ machine: 'win11' })])).toEqual(['kvm: qemu-system-x86 (win11)']);
    expect(names([], [program({ program: 'VBoxHeadless', holds: 'vboxdrv' })])).toEqual([
      'vboxdrv: VBoxHeadless',
    ]);
    expect(names([], [program({ holds: 'none' })])).toEqual([]);
  });

  it('a machine of ours is not counted again by its process, and not after it ended', () => {
    const live = machine('Fedora', of(virtualBox, 'vboxdrv'));
    const process = program({ program: 'VBoxHeadless', machine: 'Fedora', holds: 'vboxdrv' });
    expect(names([live], [process])).toEqual(['vboxdrv: Fedora']);
    expect(names([{ ...live, power: 'off' }], [process])).toEqual([]);
    // In software, whatever device it has open.
    expect(
      names([machine('Mint', of(virtualBox, 'software'))], [{ ...process, machine: 'Mint' }]),
    ).toEqual([]);
    // Started by others a moment ago: its process is all there is.
    expect(
      names([machine('New', undefined, 'starting')], [{ ...process, machine: 'New' }]),
    ).toEqual(['vboxdrv: VBoxHeadless (New)']);
  });
});

describe('exclusions', () => {
  const excluded = (driver: DriverInfo, vms: readonly Vm[]): string[] =>
    exclusionsOf(driver, holdersOf(drivers, vms, []), self).map(({ backend }) =>
      backendKey(backend),
    );

  // prettier-ignore
  it.each([
    ['nobody runs', [], [], []],
    ['VirtualBox’s own engine runs', [of(virtualBox, 'vboxdrv')], ['virtualbox/kvm'], ['qemu/kvm']],
    ['QEMU runs on KVM', [of(qemu, 'kvm')], ['virtualbox/vboxdrv'], []],
    ['VirtualBox runs on KVM', [of(virtualBox, 'kvm')], ['virtualbox/vboxdrv'], []],
    ['only software runs', [of(virtualBox, 'software'), of(qemu, 'tcg')], [], []],
  ] as const)('%s', (_, running, ofVirtualBox, ofQemu) => {
    const vms = running.map((backend, index) => machine(`m${index}`, backend));
    expect(excluded(virtualBox, vms)).toEqual(ofVirtualBox);
    expect(excluded(qemu, vms)).toEqual(ofQemu);
  });

  it('say who it is', () => {
    const holders = holdersOf(drivers, [machine('Fedora', of(virtualBox, 'vboxdrv'))], []);
    expect(exclusionsOf(qemu, holders, self)[0]).toMatchObject({
      other: 'Fedora',
      reason: { key: 'decision.because.heldByMachine', params: { other: 'Fedora' } },
    });
    const foreign = holdersOf(
      drivers,
      [],
      [program({ holds: 'vboxdrv', program: 'VBoxHeadless' })],
    );
    expect(exclusionsOf(qemu, foreign, self)[0]?.reason.key).toBe('decision.because.heldByProgram');
  });

  it('no machine stands in its own way', () => {
    const own = machine('Fedora', of(virtualBox, 'vboxdrv'));
    const holders = holdersOf(drivers, [own], []);
    expect(conflictOf('kvm', holders, own.definition.id)).toBeUndefined();
    expect(conflictOf('kvm', holders, self)?.name).toBe('Fedora');
    expect(conflictOf(undefined, holders, self)).toBeUndefined();
  });

  it('there are two sides only with a hypervisor that has a driver of its own', () => {
    expect(hasTwoSides({ qemu })).toBe(false);
    expect(hasTwoSides(drivers)).toBe(true);
    const missing = { ...virtualBox, probe: { kind: 'missing' as const, lookedIn: [] } };
    expect(hasTwoSides({ qemu, virtualbox: missing })).toBe(false);
  });
});

// prettier-ignore
it.each([
  ['7.2.12', '7.0.3-arch1', 1],
  ['7.2.14', '7.0.3-arch1', 0],
  ['7.2.22_Debianr175245', '7.1.0', 0],
  ['7.0.20', '6.12.1', 0],
  ['7.2.2', undefined, 0],
])('VirtualBox %s on kernel %s weighs on its own engine only where it is older than what goes well', (version, kernel, count) => {
  const driver: DriverInfo = { ...virtualBox, probe: { kind: 'found', version, paths: {} } };
  const burdens = burdensOf(driver, kernel);
  expect(burdens.map(({ backend, score }) => [backendKey(backend), score])).toEqual(
    Array.from({ length: count }, () => ['virtualbox/vboxdrv', -20]),
  );
});
