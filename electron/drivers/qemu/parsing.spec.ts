// Parsers of what QEMU and the kernel print, on recorded output (QEMU 7.2.22, Debian 12, kernel 6.18).
import { describe, expect, it } from 'vitest';
import { testConfig } from '../../../shared/testing/definition.ts';
import { parseMonitorRun, parseWordList, versionedMachine } from './features.ts';
import { parseSocketRows } from '../../process/host-ports.ts';
import { startFailure } from './launch-errors.ts';
import { hasForward } from './live.ts';
import { spokenBy } from './log-file.ts';
import { powerOfStatus } from './machine.ts';
import { judgeContent } from './media-signature.ts';
import { parseVersion } from './probe.ts';

describe('probe output', () => {
  it('version and word lists', () => {
    const banner =
      'QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18+b3)\nCopyright (c) 2003';
    expect(parseVersion(banner)).toBe('7.2.22');
    expect(parseVersion('something else')).toBeUndefined();
    const help = 'Available netdev backend types:\nsocket\nstream\nl2tpv3\nvhost-vdpa\n';
    expect(parseWordList(help)).toEqual(['socket', 'stream', 'l2tpv3', 'vhost-vdpa']);
  });

  it('the monitor run, with events in between', () => {
    const stdout = [
      '{"QMP": {"version": {"qemu": {"micro": 22, "minor": 2, "major": 7}}, "capabilities": ["oob"]}}',
      '{"return": {}}',
      '{"return": [{"hotpluggable-cpus": true, "name": "pc-q35-7.2", "alias": "q35", "cpu-max": 288}]}',
      '{"return": [{"name": "device_add"}, {"name": "stop"}]}',
      '{"return": [{"name": "VGA", "parent": "pci-vga"}]}',
      '{"timestamp": {"seconds": 1}, "event": "SHUTDOWN", "data": {"guest": false}}',
      '{"return": {}}',
    ].join('\r\n');
    const parsed = parseMonitorRun(stdout);
    expect(parsed).toEqual({
      machines: [{ name: 'pc-q35-7.2', alias: 'q35', maxVcpus: 288 }],
      commands: ['device_add', 'stop'],
      devices: ['VGA'],
    });
    const features = { ...parsed!, netdevs: [], accelerators: [], hasSandbox: true };
    expect(versionedMachine(features, 'q35')).toBe('pc-q35-7.2');
    expect(versionedMachine(features, 'pc')).toBeUndefined();
    expect(parseMonitorRun('{"return": {}}')).toBeUndefined();
  });
});

describe('sockets of the host', () => {
  it('listening TCP and bound UDP', () => {
    const rows = [
      '   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 12345 1 0000000000000000 100 0 0 10 0',
      '   1: 0100007F:1F91 0100007F:9C40 01 00000000:00000000 00:00000000 00000000  1000        0 12346 1 0000000000000000 20 4 30 10 -1',
      '',
    ];
    expect(parseSocketRows(rows, true)).toEqual([
      { address: '0100007F', port: 8080, inode: '12345' },
    ]);
    expect(parseSocketRows(rows, false)).toHaveLength(2);
  });
});

describe('info usernet', () => {
  const table = [
    'Hub -1 (net-nic1):',
    '  Protocol[State]    FD  Source Address  Port   Dest. Address  Port RecvQ SendQ',
    '  TCP[HOST_FORWARD]  13       127.0.0.1 15201       10.0.2.15  5201     0     0',
    '  UDP[HOST_FORWARD]  14               *  5353       10.0.2.15    53     0     0',
    '  TCP[ESTABLISHED]   15       10.0.2.15 40000       127.0.0.1 15202     0     0',
  ].join('\r\n');
  const rule = {
    id: 'f',
    protocol: 'tcp',
    hostAddress: '127.0.0.1',
    hostPort: 15201,
    guestPort: 5201,
  } as const;
  it.each([
    ['the same rule', rule, true],
    [
      'every address',
      { ...rule, protocol: 'udp', hostAddress: '', hostPort: 5353, guestPort: 53 },
      true,
    ],
    ['another protocol', { ...rule, protocol: 'udp' }, false],
    ['another address', { ...rule, hostAddress: '127.0.0.2' }, false],
    ['another port of the guest', { ...rule, guestPort: 5202 }, false],
    ['a connection is no rule', { ...rule, hostPort: 15202 }, false],
  ] as const)('%s', (_title, forward, expected) => {
    expect(hasForward(table, forward)).toBe(expected);
  });
});

describe('words of a QEMU that gave up', () => {
  const config = testConfig({ machineType: 'pc', display: 'none', hasSerialPort: false });
  const told = (stderr: string) =>
    startFailure({ name: 'VM', exit: 'exit code 1', stderr, argv: ['qemu'], config }).error;

  it.each([
    [
      'Could not access KVM kernel module: Permission denied\nfailed to initialize kvm: Permission denied',
      'kvm/no-permission',
      { device: '/dev/kvm' },
    ],
    [
      "-netdev user,id=n: Could not set up host forwarding rule 'tcp:127.0.0.1:1-:80'",
      'network/port-taken',
      { protocol: 'tcp', port: 1 },
    ],
    [
      '-blockdev {...}: Failed to get "write" lock\nIs another process using the image [/images/a b.qcow2]?',
      'medium/in-use',
      { path: '/images/a b.qcow2' },
    ],
    ['unable to find CPU model', 'qemu/exited-at-start', { stderr: 'unable to find CPU model' }],
  ])('%s', (stderr, code, params) => {
    expect(told(stderr)).toMatchObject({ code, params, command: { argv: ['qemu'] } });
  });

  it('stand without time stamps and our own notes', () => {
    const lines = [
      '# 2026-11-22T10:00:00.000Z start: ["qemu"]',
      '2026-11-22T10:00:00.123456Z qemu-system-x86_64: terminating on signal 15 from pid 1 (init)',
    ];
    expect(spokenBy(lines)).toBe('terminating on signal 15 from pid 1 (init)');
  });

  it('states', () => {
    const states = ['running', 'inmigrate', 'prelaunch', 'shutdown', 'postmigrate', 'io-error'];
    expect(states.map(powerOfStatus)).toEqual([
      'running',
      'restoring',
      'starting',
      'stopping',
      'paused',
      'paused',
    ]);
  });
});

describe('content of a file', () => {
  const bytes = (size: number, ...marks: readonly (readonly [number, string])[]): Buffer => {
    const buffer = Buffer.alloc(size);
    for (const [offset, text] of marks) buffer.write(text, offset, 'latin1');
    return buffer;
  };
  const nothing = Buffer.alloc(512);
  const boot = [510, '\x55\xaa'] as const;

  it.each([
    ['qcow2', bytes(512, [0, 'QFI\xfb']), { kind: 'image', format: 'qcow2' }],
    ['vmdk', bytes(512, [0, 'KDMV']), { kind: 'image', format: 'vmdk' }],
    ['vdi', bytes(512, [64, '\x7f\x10\xda\xbe']), { kind: 'image', format: 'vdi' }],
    ['vhdx', bytes(512, [0, 'vhdxfile']), { kind: 'image', format: 'vhdx' }],
    ['a boot sector', bytes(512, boot), { kind: 'raw' }],
    ['a partition table', bytes(1024, [512, 'EFI PART']), { kind: 'raw' }],
    [
      'a disc',
      bytes(34816, [32769, 'CD001'], [32808, 'DEBIAN 12']),
      { kind: 'optical', label: 'DEBIAN 12' },
    ],
    [
      'a hybrid disc',
      bytes(34816, boot, [32769, 'CD001'], [32808, 'X']),
      { kind: 'optical', label: 'X' },
    ],
    ['a PDF', bytes(512, [0, '%PDF-1.7']), { kind: 'other', found: 'a PDF document' }],
    ['a ZIP', bytes(512, [0, 'PK\x03\x04']), { kind: 'other', found: 'a ZIP archive' }],
    ['a text', Buffer.from('Dear all,\n'.repeat(60)), { kind: 'other', found: 'a text file' }],
    ['zeroes', nothing, { kind: 'other', found: 'data without a boot record or partition table' }],
    [
      'very little',
      Buffer.from([1]),
      { kind: 'other', found: 'data without a boot record or partition table' },
    ],
  ])('%s', (_title, head, expected) => {
    expect(judgeContent(head, nothing)).toEqual(expected);
  });

  it('a VHD of fixed size is known by its end', () => {
    expect(judgeContent(nothing, bytes(512, [0, 'conectix']))).toEqual({
      kind: 'image',
      format: 'vpc',
    });
  });
});
