// A machine with exactly the hardware proposed for each family of old systems starts its guest from its disk on a real
// VirtualBox in software, and the guest finds that hardware.
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { familyById } from '../../../shared/model/guest-family.ts';
import { oldFamilies } from '../../compat/__fixtures__/old-families.ts';
import { guestCopy, probeMachine } from './__fixtures__/probe-machine.ts';
import { realVirtualBox, type RealVirtualBox } from './__fixtures__/real.ts';
import { controllerByBus, displayByAdapter, nicByModel } from './device-names.ts';
import { osTypeOf } from './edit/os-types.ts';

let real: RealVirtualBox;
let raw: string;
beforeAll(async () => {
  real = await realVirtualBox();
  raw = guestCopy(real, 'probe.img');
});
afterAll(() => real.dispose());

it.each(oldFamilies)('$family', async ({ family, virtualBox }) => {
  const guest = familyById(family);
  const controller = controllerByBus(virtualBox.bus);
  const nic = nicByModel(virtualBox.nic);
  const display = displayByAdapter(virtualBox.display);
  if (!controller || !nic || !display) throw new Error('not a device of VirtualBox');
  const modify = [
    ...['--os-type', osTypeOf(family), '--memory', `${guest.memoryMiB}`],
    ...['--cpus', `${guest.vcpus}`, '--firmware', guest.firmware, '--chipset', 'piix3'],
    ...['--rtc-use-utc', guest.rtcBase === 'utc' ? 'on' : 'off', '--boot1', 'disk'],
    ...['--graphicscontroller', display.graphicsController],
    ...['--nic1', 'nat', '--nictype1', nic.nicType],
  ];
  const machine = await probeMachine(real, family, modify, null);
  const { manage } = real;
  const disk = join(real.home, 'g', `${family}.vdi`);
  await manage.change(['convertfromraw', raw, disk, '--format', 'VDI']);
  // prettier-ignore
  await manage.change(['storagectl', machine.id, '--name', 'Disks', '--add', controller.add, '--controller', controller.controller]);
  const place = ['--storagectl', 'Disks', '--port', '0', '--device', '0', '--type', 'hdd'];
  await manage.change(['storageattach', machine.id, ...place, '--medium', disk]);
  const report = await machine.report();
  expect(report).toMatchObject({ medium: 'hd', memoryMiB: guest.memoryMiB });
  expect(report.pci.map(({ id }) => id)).toEqual(
    expect.arrayContaining([controller.pci, nic.pci, display.pci]),
  );
  await machine.powerOff();
});
