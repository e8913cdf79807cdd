// Machines of VirtualBox as definitions: every text and number VirtualBox may hold gives a valid one.
import { expect, it } from 'vitest';
import { toDriverId } from '../../../shared/model/brand.ts';
import { vmDefinitionSchema } from '../../../shared/model/vm.ts';
import { loadFixture } from './__fixtures__/load.ts';
import { shownName, toDefinition, unreadableDefinition, type MachineFacts } from './definition.ts';
import { familyOfOsType } from './definition-guest.ts';
import { readInfoFacts } from './machine-reader-info.ts';
import { parseRedirect } from './machine-reader.ts';
import { parseVmInfo } from './parse-vminfo.ts';

const driver = toDriverId('virtualbox');
const factsOf = (fixture: string): MachineFacts => {
  const info = parseVmInfo(loadFixture(fixture).text);
  if (!info) throw new Error('no machine in it');
  return readInfoFacts(info, 5);
};

it('reads a machine from showvminfo', () => {
  const definition = toDefinition(driver, factsOf('showvminfo-running.txt'));
  expect(vmDefinitionSchema.parse(definition)).toEqual(definition);
  expect(definition).toMatchObject({
    id: 'e2e5adf2-ac3e-4591-a0a2-5563a6b87042',
    name: 'probe',
    family: 'other',
    notes: 'first line\nsecond "quoted" line\nnic1="bridged"\nback\\slash ü',
  });
  expect(definition.config).toMatchObject({
    vcpus: 1,
    memory: 64,
    chipset: 'pc',
    machineType: 'piix3',
    display: 'vboxvga',
    hasSerialPort: true,
    rtcBase: 'localtime',
    hasUsbTablet: false,
    bootOrder: ['floppy', 'cd', 'disk'],
    floppy: { path: '/guests/probe-floppy.img', controller: 'F' },
    disks: [
      { id: 'sata0x0', path: '/home/user/d 1.vdi', format: 'vdi', bus: 'sata', isOwned: false },
    ],
  });
  expect(definition.config.nics).toEqual([
    {
      id: 'nic0',
      model: 'pcnet-fast3',
      mac: '08:00:27:bb:eb:2e',
      isCableConnected: true,
      attachment: {
        kind: 'nat',
        ipv6: false,
        forwards: [
          { id: 'ssh', protocol: 'tcp', hostAddress: '127.0.0.1', hostPort: 42222, guestPort: 22 },
        ],
      },
    },
  ]);
});

it('gives a valid definition for every odd value, and remembers what it had no word for', () => {
  const odd: MachineFacts = {
    ...factsOf('showvminfo-running.txt'),
    name: `a/b "c"\n${'ü'.repeat(90)}`,
    vcpus: Number.NaN,
    memoryMiB: -5,
    chipset: 'Strange Thing',
    graphics: 'QemuRamFB',
    firmware: 'EFIDUAL',
    pointing: 'USBMultiTouch',
    bootOrder: ['none', 'USB'],
    description: 'x'.repeat(20_000),
    drives: Array.from({ length: 40 }, (_, port) => ({
      kind: port % 2 === 0 ? ('disk' as const) : ('cd' as const),
      controller: port < 20 ? 'A' : 'B',
      controllerType: 'Quantum',
      port: port % 20,
      device: 0,
      path: `/d/${port}.img`,
    })),
    nics: [
      {
        slot: 3,
        type: 'ELNK1',
        mac: 'zz',
        isCableConnected: false,
        mode: 'generic',
        network: 'UDPTunnel',
        hasIpv6: false,
        forwards: [],
      },
      {
        slot: 4,
        type: 'Virtio',
        mac: '0800270000AA',
        isCableConnected: true,
        mode: 'nat',
        network: '10.9/16',
        hasIpv6: false,
        forwards: [
          {
            name: 'bad',
            protocol: 'tcp',
            hostAddress: 'x y',
            hostPort: 0,
            guestAddress: '',
            guestPort: 1,
          },
        ],
      },
    ],
  };
  const definition = toDefinition(driver, odd);
  expect(vmDefinitionSchema.safeParse(definition).error).toBeUndefined();
  expect(definition.name.length).toBeLessThanOrEqual(80);
  expect(definition).toMatchObject({ fullName: odd.name });
  expect(definition.config).toMatchObject({
    vcpus: 1,
    memory: 0,
    machineType: 'piix3',
    display: 'none',
    firmware: { kind: 'uefi' },
    hasUsbTablet: true,
    bootOrder: ['disk'],
  });
  expect(new Set(definition.config.disks.map((disk) => disk.id)).size).toBe(20);
  expect(definition.config.disks[0]).toMatchObject({ controllerType: 'Quantum', controller: 'A' });
  expect(definition.config.cdDrives).toHaveLength(4);
  expect(definition.config.nics).toMatchObject([
    {
      id: 'nic3',
      adapterType: 'ELNK1',
      mac: '08:00:27:00:00:03',
      attachment: { kind: 'other', name: 'UDPTunnel' },
    },
    {
      id: 'nic4',
      model: 'virtio-net-pci',
      attachment: { kind: 'nat', network: '10.9/16', forwards: [] },
    },
  ]);
});

it('shows names as one line', () => {
  const id = '12345678-0000-4000-8000-000000000000';
  expect(shownName('plain ü/“q”', id)).toBe('plain ü/“q”');
  expect(shownName('two\nlines\u202e', id)).toBe('two lines');
  expect(shownName(' \n', id)).toBe('VM 12345678');
  expect(shownName('😀'.repeat(60), id)).toHaveLength(79);
  expect(shownName('x'.repeat(81), id)).toBe(`${'x'.repeat(79)}…`);
  const lost = unreadableDefinition(driver, { id, name: '', createdAtMs: 0 });
  expect(vmDefinitionSchema.safeParse(lost).success).toBe(true);
});

it.each([
  ['Windows11_64', 'windows-11'],
  ['Windows 11 (64-bit)', 'windows-11'],
  ['Windows2022_64', 'windows-server'],
  ['Windows10', 'windows-10'],
  ['Windows81_64', 'windows-10'],
  ['Windows 7 (32-bit)', 'windows-7'],
  ['WindowsXP', 'windows-xp'],
  ['Windows98', 'windows-9x'],
  ['Windows31', 'windows-9x'],
  ['DOS', 'freedos'],
  ['OS2Warp45', 'os2'],
  ['OS/2 Warp 4.5', 'os2'],
  ['FreeBSD_64', 'freebsd'],
  ['Haiku_64', 'haiku'],
  ['Debian12_64', 'linux'],
  ['ArchLinux_64', 'linux'],
  ['Other Linux (64-bit)', 'linux'],
  ['Other/Unknown (64-bit)', 'other'],
  ['Solaris11_64', 'other'],
])('takes %s for %s', (osType, family) => expect(familyOfOsType(osType)).toBe(family));

it('reads port forwards of the API, with commas in their names', () => {
  expect(parseRedirect('dns,0,,5353,10.0.2.15,53')).toMatchObject({ name: 'dns', protocol: 'udp' });
  expect(parseRedirect('a, b,1,127.0.0.1,22,,22')).toMatchObject({ name: 'a, b', hostPort: 22 });
  expect(parseRedirect('nonsense')).toBeUndefined();
});
