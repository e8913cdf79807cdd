// Machines made and changed in a real VirtualBox: what it then has is what was asked, nothing else was touched, and
// what fails leaves nothing.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { toBytes, toMiB, type VmId } from '../../../../shared/model/brand.ts';
import type { Disk, VmConfig } from '../../../../shared/model/vm-config.ts';
import type { VmDefinition } from '../../../../shared/model/vm.ts';
import { realVirtualBox, type RealVirtualBox } from '../__fixtures__/real.ts';
import { readMachine } from '../launch.ts';
import { parseVmList } from '../parse-list.ts';
import { valueOf } from '../parse-vminfo.ts';
import {
  definitionWith,
  noProgress,
  realMachines,
  type RealMachines,
} from './__fixtures__/machine.ts';
import { createInventory } from './inventory.ts';
import { createMedia } from './media.ts';

let real: RealVirtualBox;
let machines: RealMachines;
beforeAll(async () => {
  real = await realVirtualBox();
  machines = realMachines(real);
});
afterAll(() => real?.dispose());

const diskAt = async (name: string, bus: Disk['bus'], id = 'disk0'): Promise<Disk> => {
  mkdirSync(join(real.home, 'd'), { recursive: true });
  const path = join(real.home, 'd', name);
  await createMedia(machines).create(path, toBytes(4 * 1024 * 1024), noProgress);
  return { id, path, format: 'vdi', bus, isOwned: false };
};
const make = async (definition: VmDefinition): Promise<VmDefinition> => {
  await createInventory(machines).create(definition, machines.folder(definition.id), noProgress);
  return machines.read(definition.id);
};
const edit = async (before: VmDefinition, config: Partial<VmConfig>): Promise<VmDefinition> => {
  const after = { ...before, config: { ...before.config, ...config } };
  await createInventory(machines).edit(before, after);
  expect(machines.refreshed.at(-1)).toBe(before.id);
  return machines.read(before.id);
};
const printed = async (vm: VmId, key: string): Promise<string | undefined> =>
  valueOf((await readMachine(real.manage, vm)).pairs, key);

/** Without places and other loose keys. */
const plain = (config: VmConfig): unknown => ({
  ...config,
  disks: config.disks.map(({ path, format, bus }) => ({ path, format, bus })),
  cdDrives: config.cdDrives.map(({ path }) => ({ path })),
  ...(config.floppy ? { floppy: { path: config.floppy.path } } : {}),
});

const iso = (): string => {
  const path = join(real.home, 'disc.iso');
  if (!existsSync(path)) writeFileSync(path, Buffer.alloc(64 * 1024));
  return path;
};
const floppy = (): string => {
  const path = join(real.home, 'floppy.img');
  if (!existsSync(path)) writeFileSync(path, Buffer.alloc(1_474_560));
  return path;
};

it('makes a machine with every setting as asked', async () => {
  const forward = {
    protocol: 'tcp',
    hostAddress: '127.0.0.1',
    hostPort: 42022,
    guestPort: 22,
  } as const;
  const definition = definitionWith(
    {
      vcpus: 2,
      memory: toMiB(96),
      firmware: { kind: 'uefi' },
      chipset: 'q35',
      machineType: 'ich9',
      disks: [await diskAt('a 1.vdi', 'sata'), await diskAt('ü"2.vdi', 'ide', 'disk1')],
      cdDrives: [{ id: 'cd0', path: iso() }, { id: 'cd1' }],
      floppy: { path: floppy() },
      bootOrder: ['floppy', 'cd', 'network', 'disk'],
      display: 'vmware',
      nics: [
        {
          id: 'nic0',
          model: 'e1000',
          mac: '52:54:00:12:34:56',
          isCableConnected: false,
          attachment: { kind: 'nat', ipv6: false, forwards: [{ id: 'ssh', ...forward }] },
        },
        {
          id: 'nic1',
          model: 'virtio-net-pci',
          mac: '52:54:00:12:34:57',
          isCableConnected: true,
          attachment: { kind: 'internal', network: 'the lab' },
        },
        {
          id: 'nic2',
          model: 'pcnet',
          mac: '52:54:00:12:34:58',
          isCableConnected: true,
          attachment: { kind: 'none' },
        },
      ],
      hasSerialPort: true,
      rtcBase: 'localtime',
      hasUsbTablet: true,
    },
    { name: '-o\'neil "x" $(y) Ω', family: 'linux', notes: '-first "line"\nsecond\\ ü' },
  );
  const made = await make(definition);
  expect(made).toMatchObject({ id: definition.id, name: definition.name, notes: definition.notes });
  expect(made.family).toBe('linux');
  // VirtualBox prints the drives by controller; the order among themselves is kept.
  const wanted = { ...definition.config, disks: made.config.disks };
  expect(plain(made.config)).toEqual(plain(wanted));
  expect(made.config.disks.map((disk) => [disk.path, disk.bus]).sort()).toEqual(
    definition.config.disks.map((disk) => [disk.path, disk.bus]).sort(),
  );
  expect(await printed(definition.id, 'uartmode1')).toBe('disconnected');
  expect(await printed(definition.id, 'ioapic')).toBe('on');
  expect((await readMachine(real.manage, definition.id)).settingsFile).toContain(
    machines.folder(definition.id),
  );
});

it('changes every setting and only that', async () => {
  let now = await make(
    definitionWith({
      disks: [await diskAt('b.vdi', 'ide')],
      cdDrives: [{ id: 'cd0' }],
      nics: [
        {
          id: 'nic0',
          model: 'e1000',
          mac: '52:54:00:00:00:01',
          isCableConnected: true,
          attachment: { kind: 'nat', ipv6: false, forwards: [] },
        },
      ],
    }),
  );
  // What we have no word for must still be there at the end.
  await real.manage.change([
    'modifyvm',
    now.id,
    '--nested-hw-virt',
    'on',
    '--lptmode1',
    '/dev/null',
  ]);
  await real.manage.change(['setextradata', now.id, 'Someone/else', 'keep']);
  const changes: readonly Partial<VmConfig>[] = [
    { vcpus: 3 },
    { memory: toMiB(128) },
    { firmware: { kind: 'uefi' } },
    { firmware: { kind: 'bios' } },
    { chipset: 'q35', machineType: 'ich9' },
    { chipset: 'pc', machineType: 'piix3' },
    { display: 'vmware' },
    { display: 'vboxsvga' },
    { display: 'none' },
    { display: 'vboxvga' },
    { bootOrder: ['network'] },
    { bootOrder: ['cd', 'disk', 'floppy'] },
    { rtcBase: 'localtime' },
    { hasUsbTablet: true },
    { hasUsbTablet: false },
    { hasSerialPort: true },
    { hasSerialPort: false },
  ];
  for (const change of changes) {
    const wanted = { ...now.config, ...change };
    now = await edit(now, change);
    expect(now.config).toEqual(wanted);
  }
  expect(await printed(now.id, 'nested-hw-virt')).toBe('on');
  const extra = await real.manage.read(['getextradata', now.id, 'Someone/else']);
  expect(extra.trim()).toBe('Value: keep');
});

it('renames, describes, and gives the guest another family', async () => {
  const before = await make(definitionWith({}, { name: 'first' }));
  const after = { ...before, name: '--name "Ω"', notes: 'a\n"b"', family: 'windows-xp' };
  await createInventory(machines).edit(before, after);
  expect(await machines.read(before.id)).toMatchObject({
    name: after.name,
    notes: after.notes,
    family: 'windows-xp',
  });
  const { notes: _notes, ...bare } = after;
  await createInventory(machines).edit(await machines.read(before.id), bare);
  expect(await machines.read(before.id)).not.toHaveProperty('notes');
});

it('adds, moves, exchanges and removes drives', async () => {
  const first = await diskAt('c1.vdi', 'sata');
  let now = await make(definitionWith({ disks: [first], cdDrives: [{ id: 'cd0', path: iso() }] }));
  const paths = (): readonly (readonly [string, string])[] =>
    now.config.disks.map((disk) => [disk.path, disk.bus] as const);
  const second = await diskAt('c2.vdi', 'sata', 'disk1');
  now = await edit(now, { disks: [...now.config.disks, second], floppy: { path: floppy() } });
  expect(paths()).toEqual([
    [first.path, 'sata'],
    [second.path, 'sata'],
  ]);
  expect(now.config.floppy?.path).toBe(floppy());
  // Moved to another bus, and the CD taken out.
  now = await edit(now, {
    disks: now.config.disks.map((disk) =>
      disk.path === first.path ? { ...disk, bus: 'ide' } : disk,
    ),
    cdDrives: now.config.cdDrives.map(({ path: _path, ...drive }) => drive),
  });
  expect([...paths()].sort()).toEqual([
    [first.path, 'ide'],
    [second.path, 'sata'],
  ]);
  expect(now.config.cdDrives.map((drive) => drive.path)).toEqual([undefined]);
  // One goes, one comes under the id of the first, the floppy drive goes.
  const third = await diskAt('c3.vdi', 'scsi');
  const { floppy: _floppy, ...rest } = now.config;
  const kept = now.config.disks.filter((disk) => disk.path === second.path);
  const wanted = { ...now, config: { ...rest, disks: [...kept, third], cdDrives: [] } };
  await createInventory(machines).edit(now, wanted);
  now = await machines.read(now.id);
  expect([...paths()].sort()).toEqual([
    [second.path, 'sata'],
    [third.path, 'scsi'],
  ]);
  expect(now.config.cdDrives).toEqual([]);
  expect(now.config.floppy).toBeUndefined();
  expect(existsSync(first.path)).toBe(true);
  // Controllers that begin with one port, and the one that has two chips.
  const bare = (bus: Disk['bus']): readonly Disk[] =>
    [first, second, third].map((disk) => ({ ...disk, bus, id: `new${disk.id}` }));
  for (const bus of [
    'scsi',
    'nvme',
    'lsisas',
    'lsilogic',
    'buslogic',
    'lsilogic',
    'usb',
  ] as const) {
    now = await edit(now, { disks: bare(bus) });
    expect([...paths()].sort()).toEqual(
      [first.path, second.path, third.path].map((path) => [path, bus]).sort(),
    );
  }
});

it('changes network cards, their networks and forwards', async () => {
  const nic = {
    id: 'nic0',
    model: 'e1000',
    mac: '52:54:00:00:00:01',
    isCableConnected: true,
    attachment: { kind: 'nat', ipv6: false, forwards: [] },
  } as const;
  const rule = (id: string, hostPort: number): VmConfig['nics'][number]['attachment'] => ({
    kind: 'nat',
    ipv6: false,
    forwards: [{ id, protocol: 'udp', hostAddress: '', hostPort, guestPort: 53 }],
  });
  let now = await make(definitionWith({ nics: [nic] }));
  const steps: readonly VmConfig['nics'][] = [
    [{ ...nic, attachment: rule('dns', 5353) }],
    // The same name on another port, then the same port under another name.
    [{ ...nic, attachment: rule('dns', 5354) }],
    [{ ...nic, attachment: rule('other', 5354) }],
    [{ ...nic, isCableConnected: false }],
    [{ ...nic, model: 'e1000-82543gc', mac: '52:54:00:00:00:02' }],
    [{ ...nic, attachment: { kind: 'bridged', uplink: 'lo' } }],
    [{ ...nic, attachment: { kind: 'natNetwork', network: 'none such' } }],
    [{ ...nic, attachment: { kind: 'none' } }],
    [],
    [nic, { ...nic, id: 'nic1', mac: '52:54:00:00:00:03', attachment: rule('dns', 5353) }],
    [{ ...nic, id: 'nic1', mac: '52:54:00:00:00:03' }],
  ];
  for (const nics of steps) {
    now = await edit(now, { nics });
    expect(now.config.nics).toEqual(nics);
  }
});

it('takes away rules that an unplugged card remembered', async () => {
  const before = await make(definitionWith());
  const { id } = before;
  await real.manage.change(['modifyvm', id, '--nic1', 'nat', '--nat-pf1', 'old,tcp,,4444,,22']);
  await real.manage.change(['modifyvm', id, '--nic1', 'none']);
  const now = await edit(before, {
    nics: [
      {
        id: 'nic0',
        model: 'e1000',
        mac: '52:54:00:00:00:01',
        isCableConnected: true,
        attachment: { kind: 'nat', ipv6: false, forwards: [] },
      },
    ],
  });
  expect(now.config.nics[0]?.attachment).toMatchObject({ forwards: [] });
});

it('leaves nothing of a machine whose second disk is missing', async () => {
  const first = await diskAt('e.vdi', 'sata');
  const missing: Disk = { ...first, id: 'disk1', path: join(real.home, 'gone.vdi') };
  const definition = definitionWith({ disks: [first, missing] });
  const folder = machines.folder(definition.id);
  await expect(make(definition)).rejects.toMatchObject({
    error: { code: 'medium/missing', params: { path: missing.path } },
  });
  const left = parseVmList(await real.manage.read(['list', 'vms']));
  expect(left.some((row) => row.id === definition.id)).toBe(false);
  expect(readdirSync(folder)).toEqual([]);
  expect(existsSync(first.path)).toBe(true);
  expect(await real.manage.read(['list', 'hdds'])).not.toContain(first.path);
});

it('undoes an edit that VirtualBox refuses in the middle', async () => {
  const before = await make(definitionWith({ disks: [await diskAt('f.vdi', 'sata')] }));
  const settings = (): Promise<string> =>
    readMachine(real.manage, before.id).then((info) => readFileSync(info.settingsFile, 'utf8'));
  const missing = join(real.home, 'gone.vdi');
  const added: Disk = { id: 'disk9', path: missing, format: 'vdi', bus: 'sata', isOwned: false };
  const disks = [...before.config.disks, added];
  const formerly = await settings();
  await expect(edit(before, { memory: toMiB(256), disks })).rejects.toMatchObject({
    error: { code: 'medium/missing' },
  });
  expect(await machines.read(before.id)).toEqual(before);
  expect(await printed(before.id, 'storagecontrollerportcount0')).toBe('1');
  const changed = (text: string): string => text.replace(/lastStateChange="[^"]*"/, '');
  expect(changed(await settings())).toBe(changed(formerly));
});

it('names what two images with one identity collide with', async () => {
  const first = await diskAt('g.vdi', 'sata');
  const copy = join(real.home, 'd', 'copy.vdi');
  writeFileSync(copy, readFileSync(first.path));
  await make(definitionWith({ disks: [first] }, { name: 'one' }));
  const twin = definitionWith({ disks: [{ ...first, path: copy }] }, { name: 'two' });
  await expect(make(twin)).rejects.toMatchObject({
    error: {
      code: 'medium/in-use',
      params: { path: copy, by: expect.stringContaining(first.path) as string },
    },
  });
});
