// What a configuration may be for VirtualBox, and that what a machine has already never stands in the way of an edit.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { toMiB } from '../../../../shared/model/brand.ts';
import type { Nic } from '../../../../shared/model/network.ts';
import type { Disk, VmConfig } from '../../../../shared/model/vm-config.ts';
import { capabilitiesOf } from '../capabilities.ts';
import { plainConfig } from './__fixtures__/machine.ts';
import { completeConfig, validateConfig } from './validate.ts';

const folder = mkdtempSync(join(tmpdir(), 'v-'));
afterAll(() => rmSync(folder, { recursive: true }));
const path = join(folder, 'a.vdi');
writeFileSync(path, 'x');

const can = capabilitiesOf({ build: 'driver-only', isDriverThere: false });
const code = (change: Partial<VmConfig>): Promise<unknown> =>
  validateConfig({ ...plainConfig, ...change }, can).then(
    () => 'good',
    (error: { error?: { code?: string } }) => error.error?.code ?? error,
  );
const disk: Disk = { id: 'disk0', path, format: 'vdi', bus: 'sata', isOwned: false };
const nic: Nic = {
  id: 'nic0',
  model: 'e1000',
  mac: '52:54:00:00:00:01',
  isCableConnected: true,
  attachment: { kind: 'nat', ipv6: true, forwards: [] },
};
const rule = (id: string, hostAddress: string): Nic['attachment'] => ({
  kind: 'nat',
  ipv6: false,
  forwards: [{ id, protocol: 'tcp', hostAddress, hostPort: 2222, guestPort: 22 }],
});
const unavailable = 'vm/feature-unavailable';

it.each<[string, Partial<VmConfig>, string]>([
  ['an empty machine', {}, 'good'],
  ['a disk', { disks: [disk] }, 'good'],
  ['no processor', { vcpus: 0 }, 'vm/vcpus-out-of-range'],
  ['too many processors', { vcpus: 65 }, 'vm/vcpus-out-of-range'],
  ['too little memory', { memory: toMiB(3) }, 'vm/memory-out-of-range'],
  ['a QCOW2 disk', { disks: [{ ...disk, format: 'qcow2' }] }, unavailable],
  ['a raw disk', { disks: [{ ...disk, format: 'raw' }] }, unavailable],
  ['a read-only disk', { disks: [{ ...disk, isReadOnly: true }] }, unavailable],
  ['virtio-blk', { disks: [{ ...disk, bus: 'virtio' }] }, unavailable],
  ['a card VirtualBox has not', { nics: [{ ...nic, model: 'e1000e' }] }, unavailable],
  ['a display VirtualBox has not', { display: 'qxl' }, unavailable],
  ['secure boot', { firmware: { kind: 'uefi', isSecureBoot: true } }, unavailable],
  ['two cards with one address', { nics: [nic, { ...nic, id: 'nic1' }] }, unavailable],
  ['one disk twice', { disks: [disk, { ...disk, id: 'disk1' }] }, 'medium/in-use'],
  ['one id twice', { disks: [disk], cdDrives: [{ id: 'disk0' }] }, unavailable],
  ['a boot device twice', { bootOrder: ['cd', 'cd'] }, unavailable],
  ['a missing disk', { disks: [{ ...disk, path: join(folder, 'no') }] }, 'medium/missing'],
  ['a missing disc', { cdDrives: [{ id: 'cd0', path: join(folder, 'no') }] }, 'medium/missing'],
  ['a missing floppy', { floppy: { path: join(folder, 'no') } }, 'medium/missing'],
  [
    'one port twice',
    {
      nics: [
        { ...nic, attachment: rule('a', '') },
        { ...nic, id: 'nic1', mac: '52:54:00:00:00:02', attachment: rule('b', '127.0.0.1') },
      ],
    },
    'network/forward-exists',
  ],
])('%s', async (_what, change, wanted) => {
  expect(await code(change)).toBe(wanted);
});

it('lets be what the machine has already', async () => {
  const place = { controller: 'SATA', port: 0, device: 0 };
  const odd: Disk = {
    ...disk,
    ...place,
    format: 'raw',
    isReadOnly: true,
    path: join(folder, 'no'),
  };
  expect(await code({ disks: [odd], cdDrives: [{ id: 'cd0', path: '/dev/sr0', ...place }] })).toBe(
    'good',
  );
});

it('names the way to convert a disk', async () => {
  const config = { ...plainConfig, disks: [{ ...disk, format: 'qcow2' as const }] };
  await expect(validateConfig(config, can)).rejects.toMatchObject({
    error: { params: { reason: expect.stringContaining('qemu-img convert') as string } },
  });
});

it('completes what only VirtualBox knows', () => {
  const config = completeConfig({
    ...plainConfig,
    chipset: 'q35',
    nics: [nic],
    hasGuestAgent: true,
  });
  expect(config).toMatchObject({ machineType: 'ich9', cpuModel: 'default', hasGuestAgent: false });
  expect(config.nics[0]?.attachment).toMatchObject({ kind: 'nat', ipv6: false });
  expect(completeConfig(config)).toEqual(config);
});
