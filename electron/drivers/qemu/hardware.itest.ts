// The hardware of a configuration, as the probe guest finds it: media, processors, memory, PCI devices, firmware.
import { chmodSync, copyFileSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { toMiB, type VmId } from '../../../shared/model/brand.ts';
import { parseProbeReport, type ProbeReport } from '../../../shared/model/probe-report.ts';
import type { VmConfig } from '../../../shared/model/vm-config.ts';
import { vmFiles } from './files.ts';
import { createWorld, freely, probeGuest, serialSays, tcg, type World } from './testing/world.ts';

let world: World;
let guest: Awaited<ReturnType<typeof probeGuest>>;
let booted: VmId | undefined;
beforeAll(async () => {
  world = await createWorld();
  guest = await probeGuest();
});
afterEach(async () => {
  if (booted !== undefined) await world.session.powerOff(booted);
});
afterAll(async () => {
  await world.end();
});

const boot = async (change: Partial<VmConfig>): Promise<ProbeReport> => {
  const definition = world.define(change);
  booted = definition.id;
  await world.session.validate(definition.config);
  await world.session.start(definition, tcg, freely);
  const text = await serialSays(world.session, definition.id, /READY/);
  const report = parseProbeReport(text);
  if (report === undefined) throw new Error(`no report in:\n${text}`);
  return report;
};
const nic = (model: VmConfig['nics'][number]['model']): VmConfig['nics'] => [
  {
    id: 'nic1',
    model,
    mac: '52:54:00:00:00:01',
    isCableConnected: true,
    attachment: { kind: 'nat', ipv6: true, forwards: [] },
  },
];
const idsOf = (report: ProbeReport): readonly string[] => report.pci.map((device) => device.id);

describe('media', () => {
  const machines = [
    { chipset: 'pc', machineType: 'pc' },
    { chipset: 'q35', machineType: 'q35' },
  ] as const;
  it.each(machines)('disk, CD and floppy on $chipset, in the order asked', async (machine) => {
    const floppy = join(world.root, 'floppy.img');
    copyFileSync(guest.floppy, floppy);
    chmodSync(floppy, 0o400);
    const all = {
      ...machine,
      cdDrives: [{ id: 'cd1', path: guest.iso }, { id: 'cd2' }],
      floppy: { path: floppy },
    };
    expect(await boot({ ...all, bootOrder: ['disk', 'cd'] })).toMatchObject({ medium: 'hd' });
    await world.session.powerOff(booted!);
    expect(await boot({ ...all, bootOrder: ['cd', 'disk'] })).toMatchObject({ medium: 'cd' });
    await world.session.powerOff(booted!);
    expect(await boot({ ...all, bootOrder: ['floppy'] })).toMatchObject({ medium: 'floppy' });
    rmSync(floppy);
  });

  it.each(['virtio', 'sata', 'ide', 'scsi', 'nvme'] as const)(
    'boots from a %s disk',
    async (bus) => {
      const chipset = { chipset: 'q35', machineType: 'q35' } as const;
      const definition = world.define(chipset);
      const disks = definition.config.disks.map((disk) => ({ ...disk, bus }));
      expect(await boot({ ...chipset, disks })).toMatchObject({ medium: 'hd' });
    },
  );
});

describe('machine', () => {
  it('has the processors and the memory asked', async () => {
    expect(await boot({ vcpus: 2, memory: toMiB(96) })).toMatchObject({ vcpus: 2, memoryMiB: 96 });
  });

  it.each([
    ['virtio-net-pci', '1af4:1000'],
    ['e1000', '8086:100e'],
    ['e1000e', '8086:10d3'],
    ['rtl8139', '10ec:8139'],
    ['pcnet', '1022:2000'],
    ['ne2k_pci', '10ec:8029'],
  ] as const)('has the network card %s', async (model, pciId) => {
    expect(idsOf(await boot({ nics: nic(model) }))).toContain(pciId);
  });

  it.each([
    ['std', '1234:1111'],
    ['virtio', '1af4:1050'],
    ['vmware', '15ad:0405'],
    ['cirrus', '1013:00b8'],
  ] as const)('has the display %s', async (display, pciId) => {
    expect(idsOf(await boot({ display }))).toContain(pciId);
  });

  it('runs without a display, with tablet, agent channel and an unplugged cable', async () => {
    const [card] = nic('e1000');
    const report = await boot({
      display: 'none',
      hasUsbTablet: true,
      hasGuestAgent: true,
      nics: [{ ...card!, isCableConnected: false }],
    });
    expect(idsOf(report)).toEqual(expect.arrayContaining(['1b36:000d', '1af4:1003', '8086:100e']));
    expect(idsOf(report)).not.toContain('1234:1111');
    expect(existsSync(vmFiles(world.ctx.paths, booted!).agent)).toBe(true);
  });

  it('stores a versioned machine type', () => {
    const { machineType } = world.define({ chipset: 'q35', machineType: 'q35' }).config;
    expect(machineType).toMatch(/^pc-q35-\d+\.\d+$/);
  });

  it('starts, saves and continues with UEFI and its own settings store', async () => {
    const uefi = { firmware: { kind: 'uefi' }, chipset: 'q35', machineType: 'q35' } as const;
    const definition = world.define({ ...uefi, memory: toMiB(128), disks: [] });
    const { id } = definition;
    booted = id;
    await world.session.validate(definition.config);
    await world.session.start(definition, tcg, freely);
    // The firmware's own greeting on the serial port.
    await serialSays(world.session, id, /BdsDxe|UEFI Interactive Shell|EFI/, 60_000);
    expect(existsSync(vmFiles(world.ctx.paths, id).uefiVars)).toBe(true);
    await world.session.savedState!.save(definition, freely);
    await world.until(id, 'saved');
    await world.session.start(definition, tcg, freely);
    await world.until(id, 'running');
  });
});

describe('validation', () => {
  const refused: readonly (readonly [string, Partial<VmConfig>, string])[] = [
    ['no processor', { vcpus: 0 }, 'vm/vcpus-out-of-range'],
    ['more processors than QEMU offers', { vcpus: 500 }, 'vm/vcpus-out-of-range'],
    ['no memory', { memory: toMiB(0) }, 'vm/memory-out-of-range'],
    ['more memory than the host', { memory: toMiB(1 << 30) }, 'vm/memory-out-of-range'],
    ['two devices with one id', { cdDrives: [{ id: 'disk1' }] }, 'vm/feature-unavailable'],
    [
      'two cards with one address',
      { nics: [...nic('e1000'), { ...nic('e1000')[0]!, id: 'nic2' }] },
      'vm/feature-unavailable',
    ],
    ['a boot device named twice', { bootOrder: ['cd', 'cd'] }, 'vm/feature-unavailable'],
    ['a missing disc', { cdDrives: [{ id: 'cd1', path: '/nonexistent.iso' }] }, 'medium/missing'],
    [
      'Secure Boot on a machine without it',
      { firmware: { kind: 'uefi', isSecureBoot: true } },
      'vm/feature-unavailable',
    ],
  ];
  it.each(refused)('refuses %s', async (_title, change, code) => {
    const { config } = world.define();
    await expect(world.session.validate({ ...config, ...change })).rejects.toMatchObject({
      error: { code },
    });
  });

  it('refuses a forward twice, and one from an IPv6 address', async () => {
    const { config } = world.define();
    const forward = {
      id: 'f',
      protocol: 'tcp',
      hostAddress: '',
      hostPort: 8080,
      guestPort: 80,
    } as const;
    const withForwards = (...forwards: readonly object[]): VmConfig => ({
      ...config,
      nics: [
        {
          ...nic('e1000')[0]!,
          attachment: { kind: 'nat', ipv6: true, forwards: forwards as never },
        },
      ],
    });
    const twice = withForwards(forward, { ...forward, hostAddress: '127.0.0.1' });
    await expect(world.session.validate(twice)).rejects.toMatchObject({
      error: { code: 'network/forward-exists' },
    });
    const six = withForwards({ ...forward, hostAddress: '::1' });
    await expect(world.session.validate(six)).rejects.toMatchObject({
      error: { code: 'network/bad-forward' },
    });
    await world.session.validate(withForwards(forward, { ...forward, protocol: 'udp' }));
  });
});
