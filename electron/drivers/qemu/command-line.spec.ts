// The argv of a VM, as a table: nothing else pins these strings.
import { describe, expect, it } from 'vitest';
import { testConfig } from '../../../shared/testing/definition.ts';
import { toDriverId, toEngineId, toEpochMs, toMiB, toVmId } from '../../../shared/model/brand.ts';
import type { VmConfig } from '../../../shared/model/vm-config.ts';
import { commandLine, type CommandLineInput } from './command-line.ts';
import { vmFiles } from './files.ts';

const id = toVmId('0b5f3c1e-1111-4222-8333-444455556666');
const paths = {
  config: '/c',
  data: '/d',
  state: '/s',
  runtime: '/r',
  cache: '/x',
  resources: '/q',
};
const plain = testConfig({
  vcpus: 2,
  memory: toMiB(512),
  display: 'none',
  hasSerialPort: false,
});
const argvOf = (
  change: Partial<VmConfig> = {},
  more: Partial<CommandLineInput> = {},
  name = 'Plain',
): readonly string[] =>
  commandLine({
    definition: {
      version: 1,
      id,
      name,
      driver: toDriverId('qemu'),
      family: 'other',
      createdAt: toEpochMs(0),
      config: { ...plain, ...change },
    },
    engine: toEngineId('tcg'),
    files: vmFiles(paths, id),
    pidFile: '/s/pid',
    hasSandbox: false,
    ...more,
  });
/** Values of every occurrence of an option. */
const valuesOf = (argv: readonly string[], option: string): readonly string[] =>
  argv.flatMap((word, index) => (word === option ? [argv[index + 1] ?? ''] : []));
const devices = (change: Partial<VmConfig>): readonly string[] =>
  valuesOf(argvOf(change), '-device');
const blockdevs = (change: Partial<VmConfig>): readonly unknown[] =>
  valuesOf(argvOf(change), '-blockdev').map((text): unknown => JSON.parse(text));

const disk = (n: number, bus: VmConfig['disks'][number]['bus']): VmConfig['disks'][number] => ({
  id: `disk${n}`,
  path: `/images/${n}.qcow2`,
  format: 'qcow2',
  bus,
  isOwned: true,
});

describe('command line', () => {
  it('says everything and takes no default', () => {
    expect(argvOf()).toEqual([
      '-nodefaults',
      '-no-user-config',
      '-name',
      'guest=Plain,debug-threads=on',
      '-uuid',
      id,
      '-pidfile',
      '/s/pid',
      '-msg',
      'timestamp=on',
      '-accel',
      'tcg,thread=multi',
      '-machine',
      'pc-i440fx-7.2',
      '-cpu',
      'max',
      '-smp',
      '2',
      '-m',
      '512M',
      '-rtc',
      'base=utc',
      '-boot',
      'strict=on',
      '-qmp',
      'unix:/r/0b5f3c1e1111/qmp,server=on,wait=off',
      '-qmp',
      'unix:/r/0b5f3c1e1111/qmp2,server=on,wait=off',
      '-display',
      'none',
      '-vnc',
      'unix:/r/0b5f3c1e1111/vnc',
      '-S',
    ]);
  });

  it('never lets one accelerator fall back to another', () => {
    const argv = argvOf({}, { engine: toEngineId('kvm') });
    expect(valuesOf(argv, '-accel')).toEqual(['kvm']);
    expect(valuesOf(argv, '-cpu')).toEqual(['host']);
  });

  it.each([
    ['a named processor', { cpuModel: 'Haswell-noTSX' }, '-cpu', 'Haswell-noTSX'],
    ['local time', { rtcBase: 'localtime' as const }, '-rtc', 'base=localtime'],
  ])('takes %s', (_title, change, option, value) => {
    expect(valuesOf(argvOf(change), option)).toEqual([value]);
  });

  it('keeps names and paths inside their options', () => {
    const evil = 'a,server=off,"; $(x)';
    const argv = argvOf({}, {}, evil);
    expect(argv).toContain('guest=a,,server=off,,"; $(x),debug-threads=on');
    const path = '/images/a,b "c".iso';
    expect(blockdevs({ cdDrives: [{ id: 'cd1', path }] })).toEqual([
      {
        'node-name': 'cd1-node',
        'read-only': true,
        driver: 'raw',
        file: { driver: 'file', filename: path },
      },
    ]);
    const files = vmFiles({ ...paths, runtime: '/r,x' }, id);
    expect(valuesOf(argvOf({}, { files }), '-vnc')).toEqual(['unix:/r,,x/0b5f3c1e1111/vnc']);
  });

  it('hardens QEMU where it can, and waits for a state to restore', () => {
    expect(valuesOf(argvOf({}, { hasSandbox: true }), '-sandbox')[0]).toContain('spawn=deny');
    expect(argvOf({}, { isRestore: true }).slice(-2)).toEqual(['-incoming', 'defer']);
  });

  it('puts UEFI into flash, with the VM’s own settings store', () => {
    const uefi = {
      code: '/fw/code.fd',
      codeFormat: 'raw',
      varsTemplate: '/fw/vars.fd',
      varsFormat: 'raw',
      isSecureBoot: true,
      needsSmm: true,
    };
    const argv = argvOf({ machineType: 'pc-q35-7.2' }, { uefi });
    expect(valuesOf(argv, '-machine')).toEqual([
      'pc-q35-7.2,pflash0=uefi-code,pflash1=uefi-vars,smm=on',
    ]);
    expect(valuesOf(argv, '-global')).toEqual(['driver=cfi.pflash01,property=secure,value=on']);
    expect(valuesOf(argv, '-blockdev').map((text) => JSON.parse(text) as unknown)).toEqual([
      {
        'node-name': 'uefi-code',
        'read-only': true,
        driver: 'raw',
        file: { driver: 'file', filename: '/fw/code.fd' },
      },
      {
        'node-name': 'uefi-vars',
        driver: 'raw',
        file: { driver: 'file', filename: `/d/vms/${id}/uefi-vars.fd` },
      },
    ]);
  });
});

describe('drives', () => {
  const places: readonly (readonly [string, Partial<VmConfig>, readonly string[]])[] = [
    [
      'IDE on pc, CDs after disks',
      { chipset: 'pc', disks: [disk(1, 'ide')], cdDrives: [{ id: 'cd1' }] },
      [
        'ide-hd,bus=ide.0,unit=0,drive=disk1-node,id=disk1,bootindex=1',
        'ide-cd,bus=ide.0,unit=1,id=cd1',
      ],
    ],
    [
      'AHCI on q35',
      { chipset: 'q35', disks: [disk(1, 'ide'), disk(2, 'sata')] },
      [
        'ide-hd,bus=ide.0,drive=disk1-node,id=disk1,bootindex=1',
        'ide-hd,bus=ide.1,drive=disk2-node,id=disk2,bootindex=2',
      ],
    ],
    [
      'SATA on pc through an added controller',
      { chipset: 'pc', disks: [disk(1, 'sata')] },
      ['ich9-ahci,id=ahci0', 'ide-hd,bus=ahci0.0,drive=disk1-node,id=disk1,bootindex=1'],
    ],
    [
      'virtio, SCSI and NVMe',
      { chipset: 'q35', disks: [disk(1, 'virtio'), disk(2, 'scsi'), disk(3, 'nvme')] },
      [
        'virtio-scsi-pci,id=scsi0',
        'virtio-blk-pci,drive=disk1-node,id=disk1,bootindex=1',
        'scsi-hd,bus=scsi0.0,drive=disk2-node,id=disk2,bootindex=2',
        'nvme,serial=disk3,drive=disk3-node,id=disk3,bootindex=3',
      ],
    ],
    [
      'two disks on one SAS controller, and USB disks behind everything else, on the tablet’s controller',
      {
        disks: [disk(1, 'usb'), disk(2, 'lsisas'), disk(3, 'lsisas')],
        hasSerialPort: true,
        hasUsbTablet: true,
      },
      [
        'mptsas1068,id=sas0',
        'scsi-hd,bus=sas0.0,drive=disk2-node,id=disk2,bootindex=2',
        'scsi-hd,bus=sas0.0,drive=disk3-node,id=disk3,bootindex=3',
        'isa-serial,chardev=serial0',
        'qemu-xhci,id=usb',
        'usb-tablet,bus=usb.0',
        'usb-storage,bus=usb.0,drive=disk1-node,id=disk1,bootindex=1',
      ],
    ],
    [
      'a floppy on q35, which needs a controller',
      { chipset: 'q35', floppy: {}, bootOrder: ['floppy'] },
      ['isa-fdc', 'floppy,id=floppy0,unit=0,drive-type=144'],
    ],
    [
      'the boot order over all kinds',
      {
        chipset: 'pc',
        disks: [disk(1, 'ide')],
        cdDrives: [{ id: 'cd1' }],
        floppy: {},
        bootOrder: ['cd', 'floppy', 'disk'],
      },
      [
        'ide-hd,bus=ide.0,unit=0,drive=disk1-node,id=disk1,bootindex=65',
        'ide-cd,bus=ide.0,unit=1,id=cd1,bootindex=1',
        'floppy,id=floppy0,unit=0,drive-type=144',
      ],
    ],
  ];
  it.each(places)('%s', (_title, change, expected) => {
    expect(devices(change)).toEqual(expected);
  });

  it('boots a floppy through its controller', () => {
    const order = { floppy: {}, bootOrder: ['cd', 'floppy'] as const };
    expect(valuesOf(argvOf(order), '-global')).toEqual(['isa-fdc.bootindexA=33']);
  });

  it('adds controllers when the chipset’s places are used up', () => {
    const many = Array.from({ length: 8 }, (_, index) => disk(index + 1, 'ide'));
    const argv = devices({ chipset: 'q35', disks: many });
    expect(argv[0]).toBe('ich9-ahci,id=ahci0');
    expect(argv.at(-1)).toContain('bus=ahci0.1');
    const onPc = devices({ chipset: 'pc', disks: many.slice(0, 5) });
    expect(onPc.at(-1)).toContain('bus=ahci0.0');
  });

  it('always says the format, and keeps read-only disks read-only', () => {
    const image = { ...disk(1, 'ide'), format: 'vdi' as const, isReadOnly: true };
    expect(blockdevs({ disks: [image] })).toMatchObject([
      { driver: 'vdi', 'read-only': true, file: { driver: 'file', filename: '/images/1.qcow2' } },
    ]);
  });
});

describe('other devices', () => {
  const forward = {
    id: 'f',
    protocol: 'udp',
    hostAddress: '127.0.0.1',
    hostPort: 53,
    guestPort: 5353,
  } as const;
  const nic = {
    id: 'nic1',
    model: 'e1000',
    mac: '52:54:00:00:00:01',
    isCableConnected: true,
  } as const;
  it('network cards: both IP versions said, forwards, no boot ROM unless asked', () => {
    const attachment = { kind: 'nat', ipv6: true, forwards: [forward] } as const;
    const argv = argvOf({ nics: [{ ...nic, attachment }] });
    expect(valuesOf(argv, '-netdev')).toEqual([
      'user,id=net-nic1,ipv4=on,ipv6=on,hostfwd=udp:127.0.0.1:53-:5353',
    ]);
    expect(valuesOf(argv, '-device')).toEqual([
      'e1000,id=nic1,mac=52:54:00:00:00:01,netdev=net-nic1,romfile=',
    ]);
    expect(devices({ nics: [{ ...nic, attachment }], bootOrder: ['network'] })).toEqual([
      'e1000,id=nic1,mac=52:54:00:00:00:01,netdev=net-nic1,bootindex=1',
    ]);
    expect(devices({ nics: [{ ...nic, attachment: { kind: 'none' } }] })).toEqual([
      'e1000,id=nic1,mac=52:54:00:00:00:01,romfile=',
    ]);
  });

  it('ISA network cards: before the others, a port and an interrupt each, no boot ROM even when asked', () => {
    const card = { ...nic, model: 'ne2k_isa', attachment: { kind: 'none' } } as const;
    const nics = [
      card,
      { ...nic, id: 'nic2', attachment: card.attachment },
      { ...card, id: 'nic3' },
    ];
    expect(devices({ nics, bootOrder: ['network'] })).toEqual([
      'ne2k_isa,id=nic1,mac=52:54:00:00:00:01,iobase=0x300,irq=3',
      'ne2k_isa,id=nic3,mac=52:54:00:00:00:01,iobase=0x320,irq=5',
      'e1000,id=nic2,mac=52:54:00:00:00:01,bootindex=2',
    ]);
  });

  it.each([
    ['std', 'VGA'],
    ['qxl', 'qxl-vga'],
    ['virtio', 'virtio-vga'],
    ['vmware', 'vmware-svga'],
    ['cirrus', 'cirrus-vga'],
  ] as const)('display %s', (display, device) => {
    expect(devices({ display })).toEqual([device]);
  });

  it('serial port with its log, tablet, agent channel', () => {
    const argv = argvOf({ hasSerialPort: true, hasUsbTablet: true, hasGuestAgent: true });
    expect(valuesOf(argv, '-device')).toEqual([
      'isa-serial,chardev=serial0',
      'qemu-xhci,id=usb',
      'usb-tablet,bus=usb.0',
      'virtio-serial-pci,id=vserial0',
      'virtserialport,chardev=agent0,name=org.qemu.guest_agent.0',
    ]);
    expect(valuesOf(argv, '-chardev')).toEqual([
      `socket,id=serial0,path=/r/0b5f3c1e1111/serial,server=on,wait=off,logfile=/s/vms/${id}/serial.log,logappend=on`,
      'socket,id=agent0,path=/r/0b5f3c1e1111/agent,server=on,wait=off',
    ]);
  });
});
