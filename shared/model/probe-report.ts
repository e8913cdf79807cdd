// What the probe guest tells about the machine it runs on, parsed from its serial output.
// The lines are described in build/guests/README.md.

export interface ProbePciDevice {
  /** `bus:device.function`, hexadecimal. */
  readonly address: string;
  /** `vendor:device`, four hexadecimal digits each. */
  readonly id: string;
}

/** A device without a PCI address, found by how its ports answer. */
export interface ProbeIsaDevice {
  readonly port: number;
  readonly kind: 'ne2000' | 'floppy';
  /** Hexadecimal: the card's hardware address, or the floppy controller's version. */
  readonly answer: string;
}

export interface ProbeReport {
  readonly medium: 'floppy' | 'hd' | 'cd' | 'network';
  readonly reachedReal: boolean;
  readonly reachedProtected: boolean;
  /** False also for a processor without 64-bit mode. */
  readonly reachedLong: boolean;
  readonly hypervisorBit: boolean;
  /** CPUID leaf 0x40000000 as text, for example `KVMKVMKVM`; absent without the hypervisor bit. */
  readonly signature?: string;
  readonly cpuVendor: string;
  readonly vcpus: number;
  readonly memoryMiB: number;
  /** Time for 1,000,000 turns of a two-instruction loop. */
  readonly loopCycles: number;
  readonly loopMicroseconds: number;
  readonly pci: readonly ProbePciDevice[];
  readonly isa: readonly ProbeIsaDevice[];
  /** The first USB 3 controller: ports with something plugged in; absent without one. */
  readonly usbPortsInUse?: number;
}

const value = (text: string, name: string): string | undefined =>
  new RegExp(`^${name} (.+)$`, 'm').exec(text)?.[1]?.trim();

const mediumOf = (text: string): ProbeReport['medium'] | undefined => {
  const word = /^boot medium (\w+) /m.exec(text)?.[1];
  return word === 'floppy' || word === 'hd' || word === 'cd' || word === 'network'
    ? word
    : undefined;
};

/**
 * Parses the last complete report (title to READY) in the serial output; `undefined` while there is none.
 * Takes bytes as they came: CR LF line ends, with anything before and after.
 */
export const parseProbeReport = (serial: string): ProbeReport | undefined => {
  const clean = serial.replaceAll('\r', '');
  const end = clean.lastIndexOf('\nREADY');
  const start = clean.lastIndexOf('POLYVISOR PROBE ', end);
  if (end < 0 || start < 0) return undefined;
  const text = clean.slice(start, end);
  const medium = mediumOf(text);
  const loop = /^loop \d+ turns, (\d+) cycles, (\d+) us$/m.exec(text);
  if (medium === undefined || loop === null) return undefined;
  const usb = /^usb \S+ \d+ ports, (\d+) in use$/m.exec(text)?.[1];
  const signature = value(text, 'hypervisor signature');
  return {
    medium,
    reachedReal: value(text, 'mode real') === 'ok',
    reachedProtected: value(text, 'mode protected') === 'ok',
    reachedLong: value(text, 'mode long') === 'ok',
    hypervisorBit: value(text, 'hypervisor bit') === 'yes',
    ...(signature === undefined || signature === 'none' ? {} : { signature }),
    cpuVendor: value(text, 'cpu vendor') ?? '',
    vcpus: Number(value(text, 'vcpus')),
    memoryMiB: Number.parseInt(value(text, 'memory') ?? '', 10),
    loopCycles: Number(loop[1]),
    loopMicroseconds: Number(loop[2]),
    pci: [...text.matchAll(/^pci (\S+) (\S+)$/gm)].map(([, address = '', id = '']) => ({
      address,
      id,
    })),
    isa: [...text.matchAll(/^isa 0x(\w+) (ne2000|floppy) (?:0x)?(\w+)$/gm)].map(
      ([, port = '', kind, answer = '']) => ({
        port: Number.parseInt(port, 16),
        kind: kind === 'ne2000' ? 'ne2000' : 'floppy',
        answer,
      }),
    ),
    ...(usb === undefined ? {} : { usbPortsInUse: Number(usb) }),
  };
};
