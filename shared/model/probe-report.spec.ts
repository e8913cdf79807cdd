import { describe, expect, it } from 'vitest';
import { parseProbeReport } from './probe-report.ts';

// Recorded from the probe guest on QEMU 7.2 (pc, TCG, 64 MiB; the three lines before READY with devices added).
const recorded = [
  'POLYVISOR PROBE 1',
  'boot medium hd (drive 0x80)',
  'mode real ok',
  'mode protected ok',
  'mode long ok',
  'hypervisor bit yes',
  'hypervisor signature TCGTCGTCGTCG',
  'cpu vendor AuthenticAMD',
  'vcpus 1',
  'memory 64 MiB (65023 KiB usable)',
  'loop 1000000 turns, 8155082 cycles, 3112 us',
  'pci 00:00.0 8086:1237',
  'pci 00:01.0 8086:7000',
  'isa 0x0300 ne2000 525400000007',
  'isa 0x03f0 floppy 0x90',
  'usb 00:02.0 8 ports, 1 in use',
  'READY',
  '',
].join('\r\n');

describe('parseProbeReport', () => {
  it('reads every line', () => {
    expect(parseProbeReport(recorded)).toEqual({
      medium: 'hd',
      reachedReal: true,
      reachedProtected: true,
      reachedLong: true,
      hypervisorBit: true,
      signature: 'TCGTCGTCGTCG',
      cpuVendor: 'AuthenticAMD',
      vcpus: 1,
      memoryMiB: 64,
      loopCycles: 8_155_082,
      loopMicroseconds: 3112,
      pci: [
        { address: '00:00.0', id: '8086:1237' },
        { address: '00:01.0', id: '8086:7000' },
      ],
      isa: [
        { port: 0x300, kind: 'ne2000', answer: '525400000007' },
        { port: 0x3f0, kind: 'floppy', answer: '90' },
      ],
      usbPortsInUse: 1,
    });
  });

  it('is undefined until READY', () => {
    expect(parseProbeReport(recorded.replace('READY', ''))).toBeUndefined();
    expect(parseProbeReport('')).toBeUndefined();
  });

  it('takes the last report after a reset, with echoes around it', () => {
    const second = recorded.replace('vcpus 1', 'vcpus 2').replace('TCGTCGTCGTCG', 'none');
    const report = parseProbeReport(`${recorded}key 0x1e a\r\nreset, bye\r\n${second}tick 3\r\n`);
    expect(report?.vcpus).toBe(2);
    expect(report).not.toHaveProperty('signature');
  });

  it('says what was not reached', () => {
    const report = parseProbeReport(recorded.replace('mode long ok', 'mode long no'));
    expect(report?.reachedLong).toBe(false);
  });
});
