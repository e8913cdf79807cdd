// A machine with exactly the hardware proposed for each family of old systems runs, and its guest finds that hardware.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { toMiB } from '../../../shared/model/brand.ts';
import { familyById } from '../../../shared/model/guest-family.ts';
import { parseProbeReport } from '../../../shared/model/probe-report.ts';
import { oldFamilies } from '../../compat/__fixtures__/old-families.ts';
import { createWorld, freely, serialSays, tcg, type World } from './testing/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.end());

const pciIds: Readonly<Record<string, string>> = {
  pcnet: '1022:2000',
  ne2k_pci: '10ec:8029',
  rtl8139: '10ec:8139',
  cirrus: '1013:00b8',
  std: '1234:1111',
  ide: '8086:7010',
};

it.each(oldFamilies)('$family', async ({ family, qemu: { bus, nic, display }, cpu }) => {
  const guest = familyById(family);
  const definition = world.define({
    vcpus: guest.vcpus,
    memory: toMiB(guest.memoryMiB),
    chipset: guest.chipset,
    machineType: guest.chipset,
    cpuModel: cpu,
    display,
    rtcBase: guest.rtcBase,
    nics: [
      {
        id: 'nic0',
        model: nic,
        mac: '52:54:00:00:00:01',
        isCableConnected: true,
        attachment: { kind: 'nat', ipv6: true, forwards: [] },
      },
    ],
  });
  // The probe guest's disk is on the bus a world's machine has anyway.
  expect(definition.config.disks.map((disk) => disk.bus)).toEqual([bus]);
  await world.session.validate(definition.config);
  await world.session.start(definition, tcg, freely);
  const report = parseProbeReport(await serialSays(world.session, definition.id, /^READY\r$/m));
  expect(report).toMatchObject({ medium: 'hd', memoryMiB: guest.memoryMiB, reachedLong: false });
  expect(report?.pci.map(({ id }) => id)).toEqual(
    expect.arrayContaining([pciIds[bus], pciIds[nic], pciIds[display]]),
  );
  await world.session.powerOff(definition.id);
});
