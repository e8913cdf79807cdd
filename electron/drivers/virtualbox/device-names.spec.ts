// The names of devices read back as they were written.
import { expect, it } from 'vitest';
import {
  controllerByBus,
  controllerByVirtualBoxName,
  controllerNames,
  displayByAdapter,
  displayByVirtualBoxName,
  displayNames,
  nicByModel,
  nicByVirtualBoxName,
  nicNames,
} from './device-names.ts';

it('finds every device by its names on both sides', () => {
  for (const row of nicNames) {
    expect(nicByModel(row.model)).toBe(row);
    expect(nicByVirtualBoxName(row.nicType)).toBe(row);
    expect(nicByVirtualBoxName(row.api)).toBe(row);
    expect((row.pci === undefined) !== (row.isaPort === undefined), row.model).toBe(true);
  }
  for (const row of controllerNames) {
    expect(controllerByVirtualBoxName(row.printed)).toBe(row);
    expect(controllerByVirtualBoxName(row.apiType)).toBe(row);
  }
  for (const row of displayNames) {
    expect(displayByAdapter(row.display)).toBe(row);
    expect(displayByVirtualBoxName(row.printed)).toBe(row);
    expect(displayByVirtualBoxName(row.api)).toBe(row);
  }
});

it('gives new machines PIIX4 on IDE, and nothing where VirtualBox has no such device', () => {
  expect(controllerByBus('ide')?.controller).toBe('PIIX4');
  expect(controllerByBus('virtio')).toBeUndefined();
  expect(nicByModel('e1000e')).toBeUndefined();
  expect(nicByVirtualBoxName('3C501')).toBeUndefined();
  expect(displayByAdapter('qxl')).toBeUndefined();
});
