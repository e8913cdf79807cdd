// What is proposed for ten families of old systems, as a table: the best backend, the engine while KVM is healthy, and
// the hardware on each hypervisor, which is hardware the family is known to like.
import { describe, expect, it } from 'vitest';
import { toEngineId, toMiB } from '../../shared/model/brand.ts';
import type { EngineFact } from '../../shared/model/compat.ts';
import { backendKey, type Capabilities, type DriverInfo } from '../../shared/model/driver.ts';
import { familyById, guessFamily } from '../../shared/model/guest-family.ts';
import { text } from '../../shared/model/text.ts';
import type { VmDefinition } from '../../shared/model/vm.ts';
import { newHardware } from '../commands/new-hardware.ts';
import { busDevices, displayDevices, nicDevices } from '../drivers/qemu/command-line-devices.ts';
import { capabilitiesOf } from '../drivers/virtualbox/capabilities.ts';
import { oldFamilies, type OldFamily } from './__fixtures__/old-families.ts';
import {
  capabilities,
  definition,
  input,
  nat,
  qemu,
  qemuId,
  virtualBoxId,
} from './__fixtures__/world.ts';
import { decide } from './decide.ts';
import { familyEngines } from './family-engines.ts';
import { familyRows } from './table/families.ts';

const qemuOffers: Capabilities = {
  ...capabilities,
  nicModels: [...nicDevices],
  diskBuses: Object.keys(busDevices),
  displayAdapters: [...Object.keys(displayDevices), 'none'],
};
const virtualBoxOffers = capabilitiesOf({ build: 'driver-or-kvm', isDriverThere: true });

const engines = ['vboxdrv', 'kvm', 'software'].map((id) => ({
  id: toEngineId(id),
  speed: id === 'software' ? ('software' as const) : ('native' as const),
  title: `VirtualBox ${id}`,
  shortTitle: id,
  mark: 'box' as const,
  isAutomatic: id !== 'software',
}));
const virtualBox: DriverInfo = {
  id: virtualBoxId,
  title: 'VirtualBox',
  engines,
  probe: { kind: 'found', version: '7.2.22', paths: {} },
  capabilities: virtualBoxOffers,
};
const factsWith = (...usable: readonly string[]): readonly EngineFact[] =>
  engines.map(({ id }) => ({
    driver: virtualBoxId,
    engine: id,
    standing: usable.includes(id) ? 'usable' : 'unusable',
    reason: text('decision.because.driverMissing', { driver: 'vboxdrv' }),
    confidence: 'measured',
    checkIds: [],
    isForced: false,
  }));
const outcomeOf = ({ outcome }: ReturnType<typeof decide>): string =>
  outcome.kind === 'none' ? 'none' : `${outcome.kind} ${backendKey(outcome.backend)}`;

/** A machine of this family with exactly the hardware proposed. */
const machineOf = (
  { family }: OldFamily,
  driver: DriverInfo['id'],
  { bus, nic, display }: OldFamily['qemu'],
): VmDefinition => {
  const guest = familyById(family);
  return {
    ...definition,
    driver,
    family,
    config: {
      ...definition.config,
      vcpus: guest.vcpus,
      memory: toMiB(guest.memoryMiB),
      chipset: guest.chipset,
      machineType: 'default',
      disks: definition.config.disks.map((disk) => ({ ...disk, bus, format: 'vdi' })),
      nics: [{ ...nat(8022), model: nic }],
      display,
    },
  };
};

describe.each(oldFamilies)('$family', (row) => {
  const guest = familyById(row.family);
  const known = familyRows.filter(({ id }) => row.rows.includes(id));

  it('has rows of its own, and prefers a backend', () => {
    expect(guest.id).toBe(row.family);
    expect(known.map(({ id }) => id)).toEqual(row.rows);
    expect(familyEngines(row.family).order[0]).toBe(row.best);
  });

  it('runs where it is proposed to', () => {
    const driver = { ...qemu, capabilities: qemuOffers };
    const onQemu = machineOf(row, qemuId, row.qemu);
    expect(outcomeOf(decide(input({ definition: onQemu, driver })))).toBe(`use qemu/${row.onQemu}`);
    const machine = machineOf(row, virtualBoxId, row.virtualBox);
    const onVirtualBox = (...usable: readonly string[]): string =>
      outcomeOf(
        decide(
          input({ definition: machine, driver: virtualBox, engineFacts: factsWith(...usable) }),
        ),
      );
    expect(onVirtualBox('vboxdrv', 'kvm', 'software')).toBe('use virtualbox/vboxdrv');
    // Never silently, however light the guest is.
    expect(onVirtualBox('software')).toBe('ask virtualbox/software');
  });

  it('gets hardware it likes', () => {
    expect(newHardware(guest, guest.firmware, qemuOffers)).toMatchObject(row.qemu);
    expect(newHardware(guest, guest.firmware, virtualBoxOffers)).toMatchObject(row.virtualBox);
    expect(known.some(({ cpu }) => cpu === row.cpu)).toBe(true);
    for (const likes of known) {
      expect(likes.nics).toContain(row.qemu.nic);
      expect(likes.disks).toContain(row.qemu.bus);
      expect(likes.firmware).toContain(guest.firmware);
      expect(likes.chipset).toContain(guest.chipset);
      expect(guest.vcpus).toBeLessThanOrEqual(likes.maxVcpus ?? 1);
      expect(guest.memoryMiB).toBeLessThanOrEqual(likes.maxMemoryMiB ?? 4096);
    }
    expect(known.some(({ displays }) => displays.includes(row.qemu.display))).toBe(true);
  });
});

it.each([
  ['WINNT40_WKS.iso', 'windows-nt'],
  ['NetWare 5.iso', 'netware'],
  ['BeOS5-Pro.iso', 'beos'],
  ['OPENSTEP_4.2.iso', 'nextstep'],
  ['qnx-6.5.iso', 'old-unix'],
  ['linuxmint-4.0.iso', 'linux'],
  ['kali-linux-2.0.iso', 'linux'],
])('takes %s for %s', (name, family) => {
  expect(guessFamily(name)?.id).toBe(family);
});
