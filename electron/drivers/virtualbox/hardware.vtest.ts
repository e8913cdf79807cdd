// Every network adapter, disk controller and display adapter with a name in device-names.ts, as a guest on a real
// VirtualBox finds it on its own buses. Several devices share a machine, so that few have to start.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { guestCopy, probeMachine } from './__fixtures__/probe-machine.ts';
import { realVirtualBox, type RealVirtualBox } from './__fixtures__/real.ts';
import { controllerNames, displayNames, nicNames, type ControllerName } from './device-names.ts';
import { readMachine } from './launch.ts';

let real: RealVirtualBox;
beforeAll(async () => {
  real = await realVirtualBox();
});
afterAll(() => real.dispose());

/** A machine takes one controller of a kind: those that share a kind go to different machines. */
const batches: ControllerName[][] = [];
for (const row of controllerNames.filter(({ bus }) => bus !== 'floppy')) {
  const free = batches.find((batch) => batch.every(({ add }) => add !== row.add));
  if (free) free.push(row);
  else batches.push([row]);
}
const machines = displayNames.map((display, index) => ({
  display,
  controllers: batches[index] ?? [],
  nics: index === 0 ? nicNames : [],
  title: [
    display.printed,
    ...(batches[index] ?? []).map(({ printed }) => printed),
    ...(index === 0 ? nicNames.map(({ nicType }) => nicType) : []),
  ].join(', '),
}));

describe('a guest finds', () => {
  it('has a machine for every controller', () => {
    expect(machines.flatMap(({ controllers }) => controllers)).toHaveLength(
      controllerNames.length - 1,
    );
    expect(nicNames.length).toBeLessThanOrEqual(8);
  });

  it.each(machines)('$title', async ({ display, controllers, nics }) => {
    const { manage } = real;
    const machine = await probeMachine(real, display.printed, [
      ...['--graphicscontroller', display.graphicsController, '--usb-xhci', 'on'],
      ...nics.flatMap(({ nicType }, index) => [
        ...[`--nic${index + 1}`, 'null', `--nictype${index + 1}`, nicType],
        ...[`--macaddress${index + 1}`, `0800270000${index + 10}`],
      ]),
    ]);
    for (const { add, controller, bus } of controllers) {
      const make = ['storagectl', machine.id, '--name', controller, '--add', add];
      await manage.change([...make, '--controller', controller]);
      if (bus !== 'usb') continue;
      // The disk on USB is no PCI device: the guest sees that a port is taken.
      const disk = join(real.home, `${display.printed}.vdi`);
      await manage.change(['createmedium', 'disk', '--filename', disk, '--size', '4']);
      const place = ['--storagectl', controller, '--port', '0', '--device', '0', '--type', 'hdd'];
      await manage.change(['storageattach', machine.id, ...place, '--medium', disk]);
    }
    const report = await machine.report();
    const count = (ids: readonly (string | undefined)[], id: string): number =>
      ids.filter((found) => found === id).length;
    const found = report.pci.map(({ id }) => id);
    const wanted = [...nics, ...controllers, display].flatMap(({ pci }) => pci ?? []);
    for (const id of wanted)
      expect(count(found, id), `${id} in ${found.join(' ')}`).toBe(count(wanted, id));
    if (display.pci === undefined) {
      const adapters = displayNames.map(({ pci }) => pci);
      expect(found.filter((id) => adapters.includes(id))).toEqual([]);
    }
    const isa = nics.findIndex(({ isaPort }) => isaPort !== undefined);
    expect(report.isa.filter(({ kind }) => kind === 'ne2000')).toEqual(
      isa === -1
        ? []
        : [{ port: nics[isa]?.isaPort, kind: 'ne2000', answer: `0800270000${isa + 10}` }],
    );
    expect(report.isa).toContainEqual({ port: 0x3f0, kind: 'floppy', answer: '90' });
    expect(report.usbPortsInUse).toBe(controllers.some(({ bus }) => bus === 'usb') ? 1 : 0);
    await machine.powerOff();
  });
});

it('a 16-bit guest boots from a floppy, reads on, and answers a key', async () => {
  const machine = await probeMachine(real, 'sixteen', [], 'real16.ima');
  expect(await machine.start()).toMatchObject({ kind: 'running' });
  await machine.says(/^READY\r$/m);
  expect(machine.serial()).toMatch(
    /POLYVISOR REAL MODE 1\r\ndrive 0x00\r\nsecond sector ok\r\nmemory 0x02\w\w KiB\r\nREADY\r\n$/,
  );
  await real.manage.change(['controlvm', machine.id, 'keyboardputscancode', '1e', '9e']);
  await machine.says(/^key 0x1e61\r$/m);
  await machine.powerOff();
});

it('its BIOS finds no system on NVMe and USB disks', async () => {
  const machine = await probeMachine(
    real,
    'no boot',
    ['--usb-xhci', 'on', '--boot1', 'disk'],
    null,
  );
  const { manage } = real;
  for (const row of controllerNames.filter(({ bus }) => bus === 'nvme' || bus === 'usb')) {
    const disk = join(real.home, `${row.bus}.vdi`);
    const raw = guestCopy(real, 'probe.img');
    await manage.change(['convertfromraw', raw, disk, '--format', 'VDI']);
    const make = ['storagectl', machine.id, '--name', row.controller, '--add', row.add];
    await manage.change([...make, '--controller', row.controller]);
    const place = ['--storagectl', row.controller, '--port', '0', '--device', '0'];
    await manage.change(['storageattach', machine.id, ...place, '--type', 'hdd', '--medium', disk]);
  }
  expect(await machine.start()).toMatchObject({ kind: 'running' });
  const { logFolder } = await readMachine(manage, machine.id);
  await expect
    .poll(() => readFileSync(join(logFolder, 'VBox.log'), 'utf8'), { timeout: 120_000 })
    .toMatch(/Guest Log: BIOS: (?:Boot from Hard Disk 0 failed|No bootable medium found)/);
  expect(machine.serial()).toBe('');
  // Powered off just then, VirtualBoxVM now and then never ends: it ends with the test.
});
