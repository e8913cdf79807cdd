import { expect, it } from 'vitest';
import type { Nic } from '../../shared/model/network.ts';
import { bareNics, nicOverlayOf, withNicOverlay } from './nic-overlay.ts';

const nic = (more: Partial<Nic> = {}): Nic => ({
  id: 'net0',
  model: 'e1000',
  mac: '08:00:27:00:00:01',
  isCableConnected: true,
  attachment: { kind: 'internal', network: 'lab' },
  ...more,
});
const vlan = { mode: 'access', tag: 10 } as const;
const tagged = nic({
  bandwidthKbps: 1000,
  attachment: { kind: 'internal', network: 'lab', vlan },
});

it('comes back on what the hypervisor reports, under another id too', () => {
  const overlay = nicOverlayOf([tagged]);
  expect(bareNics([tagged])).toEqual([nic()]);
  expect(withNicOverlay([nic({ id: 'nic0' })], overlay)).toEqual([{ ...tagged, id: 'nic0' }]);
});

it('is about the network it was chosen for', () => {
  const elsewhere = nic({ attachment: { kind: 'internal', network: 'other' } });
  expect(withNicOverlay([elsewhere], nicOverlayOf([tagged]))).toEqual([elsewhere]);
  expect(withNicOverlay([nic({ mac: '08:00:27:00:00:02' })], nicOverlayOf([tagged]))).toEqual([
    nic({ mac: '08:00:27:00:00:02' }),
  ]);
});

it('is nothing where there is nothing to keep', () => {
  expect(nicOverlayOf([nic()])).toBeUndefined();
  expect(withNicOverlay([nic()])).toEqual([nic()]);
});
