// The hardware of a configuration, as the probe guest finds it: media, processors, memory, PCI devices, firmware.
import { chmodSync, copyFileSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { toMiB, type VmId } from '../../../shared/model/brand.ts';
import { parseProbeReport, type ProbeReport } from '../../../shared/model/probe-report.ts';
import type { Capabilities } from '../../../shared/model/driver.ts';
import type { NicModel } from '../../../shared/model/network.ts';
import type { DiskBus, DisplayAdapter, VmConfig } from '../../../shared/model/vm-config.ts';
import { vmFiles } from './files.ts';
import { createQemuDriver } from './index.ts';
import { connectQmp } from './qmp.ts';
import { createWorld, freely, probeGuest, serialSays, tcg, type World } from './testing/world.ts';

let world: World;
let capabilities: Capabilities;
let guest: Awaited<ReturnType<typeof probeGuest>>;
let booted: VmId | undefined;
beforeAll(async () => {
  world = await createWorld();
  guest = await probeGuest();
  const driver = createQemuDriver();
  const probe = await driver.probe(world.ctx);
  if (probe.kind !== 'found') throw new Error(JSON.stringify(probe));
  capabilities = await driver.capabilities(probe, world.ctx);
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

/** What a guest finds for each; an ISA adapter has no PCI address. */
const nicIds = {
  'virtio-net-pci': ['1af4:1000'],
  e1000: ['8086:100e'],
  'e1000-82545em': ['8086:100f'],
  e1000e: ['8086:10d3'],
  rtl8139: ['10ec:8139'],
  pcnet: ['1022:2000'],
  vmxnet3: ['15ad:07b0'],
  tulip: ['1011:0019'],
  ne2k_pci: ['10ec:8029'],
  ne2k_isa: [],
} as const satisfies Partial<Record<NicModel, readonly string[]>>;
/** Of the controller; the disk on USB is seen in its port. */
const busIds = {
  virtio: '1af4:1001',
  sata: '8086:2922',
  ide: '8086:7010',
  scsi: '1af4:1004',
  nvme: '1b36:0010',
  lsisas: '1000:0054',
  usb: '1b36:000d',
} as const satisfies Partial<Record<DiskBus, string>>;
const displayIds: Partial<Record<DisplayAdapter, string | undefined>> = {
  std: '1234:1111',
  virtio: '1af4:1050',
  vmware: '15ad:0405',
  cirrus: '1013:00b8',
  qxl: '1b36:0100',
  none: undefined,
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

  it.each(Object.keys(busIds) as (keyof typeof busIds)[])('boots from a %s disk', async (bus) => {
    const chipset = { chipset: 'q35', machineType: 'q35' } as const;
    const [disk] = world.define(chipset).config.disks;
    expect(await boot({ ...chipset, disks: [{ ...disk!, bus }] })).toMatchObject({ medium: 'hd' });
  });
});

it('a 16-bit guest boots from a floppy, reads on, and answers a key', async () => {
  const path = join(world.root, 'real16.img');
  copyFileSync(guest.realMode, path);
  const definition = world.define({ disks: [], floppy: { path }, bootOrder: ['floppy'] });
  booted = definition.id;
  await world.session.start(definition, tcg, freely);
  const text = await serialSays(world.session, definition.id, /READY\r\n/);
  expect(text).toMatch(/REAL MODE 1\r\ndrive 0x00\r\nsecond sector ok\r\nmemory 0x02\w\w KiB/);
  const witness = await connectQmp(vmFiles(world.ctx.paths, definition.id).qmp2, 'witness');
  await witness.execute('send-key', { keys: [{ type: 'qcode', data: 'a' }] });
  witness.dispose();
  await serialSays(world.session, definition.id, /^key 0x1e61\r$/m);
});

describe('devices, as the guest finds them', () => {
  it('are all that this QEMU offers', () => {
    expect([...capabilities.nicModels].sort()).toEqual(Object.keys(nicIds).sort());
    expect([...capabilities.diskBuses].sort()).toEqual(Object.keys(busIds).sort());
    const displays = capabilities.displayAdapters;
    expect(Object.keys(displayIds)).toEqual(expect.arrayContaining([...displays]));
    // A package of its own in some distributions.
    expect(['qxl', ...displays]).toEqual(expect.arrayContaining(Object.keys(displayIds)));
  });

  // A machine takes eight adapters.
  const models = Object.keys(nicIds) as (keyof typeof nicIds)[];
  it.each([models.slice(0, 8), models.slice(8)])('network cards %s %s %s …', async (...some) => {
    const nics = some.flatMap((model, index) =>
      nic(model).map((card) => ({ ...card, id: `nic${index}`, mac: `52:54:00:00:00:0${index}` })),
    );
    const report = await boot({ nics });
    const isa = some.indexOf('ne2k_isa');
    expect(idsOf(report)).toEqual(expect.arrayContaining(some.flatMap((model) => nicIds[model])));
    expect(report.isa.filter(({ kind }) => kind === 'ne2000')).toEqual(
      isa === -1 ? [] : [{ port: 0x300, kind: 'ne2000', answer: `52540000000${isa}` }],
    );
  });

  it('disk controllers, with a disk on each, and the floppy controller', async () => {
    const buses = Object.keys(busIds) as (keyof typeof busIds)[];
    const disks = buses.map((bus) => {
      const path = join(world.root, `${bus}.img`);
      copyFileSync(guest.disk, path);
      return { id: `on${bus}`, path, format: 'raw', bus, isOwned: false } as const;
    });
    const report = await boot({ disks });
    expect(idsOf(report)).toEqual(expect.arrayContaining(Object.values(busIds)));
    expect(report.usbPortsInUse).toBe(1);
    expect(report.isa).toEqual([{ port: 0x3f0, kind: 'floppy', answer: '90' }]);
  });

  it.each(Object.entries(displayIds) as [keyof typeof displayIds, string | undefined][])(
    'display %s',
    async (display, id) => {
      if (!capabilities.displayAdapters.includes(display)) {
        await expect(boot({ display })).rejects.toMatchObject({
          error: { code: 'vm/feature-unavailable' },
        });
        return;
      }
      const found = idsOf(await boot({ display }));
      expect(found.filter((each) => Object.values(displayIds).includes(each))).toEqual(
        id === undefined ? [] : [id],
      );
    },
  );
});

describe('machine', () => {
  it('has the processors and the memory asked', async () => {
    expect(await boot({ vcpus: 2, memory: toMiB(96) })).toMatchObject({ vcpus: 2, memoryMiB: 96 });
  });

  it('runs without a display, with tablet, agent channel, an unplugged cable and a card on no network', async () => {
    const [card] = nic('e1000');
    const report = await boot({
      display: 'none',
      hasUsbTablet: true,
      hasGuestAgent: true,
      nics: [
        { ...card!, isCableConnected: false },
        { ...card!, id: 'nic2', mac: '52:54:00:00:00:02', attachment: { kind: 'none' } },
      ],
    });
    expect(idsOf(report)).toEqual(expect.arrayContaining(['1b36:000d', '1af4:1003', '8086:100e']));
    expect(idsOf(report).filter((id) => id === '8086:100e')).toHaveLength(2);
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
    ['a card only VirtualBox has', { nics: nic('pcnet-fast3') }, 'vm/feature-unavailable'],
    ['a display only VirtualBox has', { display: 'vboxsvga' }, 'vm/feature-unavailable'],
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

  it.each(['lsilogic', 'buslogic'] as const)('refuses a disk on %s, and says why', async (bus) => {
    const { config } = world.define();
    const disks = config.disks.map((disk) => ({ ...disk, bus }));
    await expect(world.session.validate({ ...config, disks })).rejects.toMatchObject({
      error: {
        code: 'vm/feature-unavailable',
        params: { feature: bus, reason: 'QEMU has no such device.' },
      },
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
