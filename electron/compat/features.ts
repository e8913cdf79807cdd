// The feature table: what a machine may want, and the typed requirements each wish has. Rows name requirements,
// never a driver; evaluate.ts judges them. Sources: the host-compatibility notes (rows of their matrix) and
// QEMU's documentation. Add a row here for a new feature, and its texts in shared/i18n/en/decision.ts.
import type { MessageKey } from '../../shared/i18n/catalog.en.ts';
import type { Capabilities } from '../../shared/model/driver.ts';
import { vlanOf, type NicAttachment, type Vlan } from '../../shared/model/network.ts';
import type { VmConfig } from '../../shared/model/vm-config.ts';
import type { HostFacts } from './host-facts.ts';
import type { RemedyKey } from './remedies.ts';

type FactOf<V> = {
  [K in keyof HostFacts]: HostFacts[K] extends { kind: string }
    ? Extract<HostFacts[K], { kind: 'known' }>['value'] extends V
      ? K
      : never
    : never;
}[keyof HostFacts];
type CapabilityOf<V> = {
  [K in keyof Capabilities]-?: NonNullable<Capabilities[K]> extends V ? K : never;
}[keyof Capabilities];
export type NumberFact = FactOf<number>;
export type BooleanFact = FactOf<boolean>;
export type CapabilityFlag = CapabilityOf<boolean>;
export type CapabilityList = CapabilityOf<readonly string[]>;

interface Refusal {
  /** Clause that completes "not possible because ...". */
  readonly reason: MessageKey;
  readonly remedy?: RemedyKey;
}
/** What must hold. Parameters offered to `reason`: `value` (what was wanted) and `limit`. */
export type Requirement = Refusal &
  (
    | { readonly kind: 'flag'; readonly flag: CapabilityFlag }
    /** Every wanted value is in the capability list. `isOpen`: an empty list names nothing and refuses nothing. */
    | {
        readonly kind: 'listed';
        readonly list: CapabilityList;
        readonly isOpen?: boolean;
        readonly wanted: (config: VmConfig) => readonly string[];
      }
    | {
        readonly kind: 'atMostCapability';
        readonly limit: 'maxVcpus';
        readonly wanted: (config: VmConfig) => number;
      }
    | {
        readonly kind: 'atMostFact';
        readonly fact: NumberFact;
        readonly wanted: (config: VmConfig) => number;
      }
    | {
        readonly kind: 'atLeastFact';
        readonly fact: NumberFact;
        readonly wanted: (config: VmConfig) => number;
      }
    /** `onlyNative`: the fact matters only where the processor runs guest code itself. */
    | { readonly kind: 'fact'; readonly fact: BooleanFact; readonly onlyNative: boolean }
    /** The cell of the backend in a row of the compatibility table. Parameters of `reason`: feature, sentence, engine. */
    | {
        readonly kind: 'table';
        readonly row: string;
        /** What the cell needs is asked for elsewhere, before the machine starts. */
        readonly isAskedElsewhere?: boolean;
      }
  );

export interface Feature {
  readonly id: string;
  readonly title: MessageKey;
  /** `required`: without it the machine does not start as described; `preferred`: named as lost. */
  readonly need: 'required' | 'preferred';
  readonly isWanted: (config: VmConfig, family: string) => boolean;
  /** All must hold; none = documented to work everywhere. */
  readonly requires: readonly Requirement[];
  readonly source: string;
  /** A judgement, said to be one. */
  readonly note?: string;
}

const always = (): boolean => true;
const hasDisks = (config: VmConfig): boolean => config.disks.length > 0;
const natNics = (config: VmConfig) =>
  config.nics.flatMap((nic) => (nic.attachment.kind === 'nat' ? [nic.attachment] : []));
const forwards = (config: VmConfig) => natNics(config).flatMap((nat) => nat.forwards);

/**
 * Whether Polyvisor can attach machines to the network, then what the table says. What a network has to be authorised
 * for is asked when it is set up, and told by its plan.
 */
const network = (kind: NicAttachment['kind'], row: string, title: MessageKey): Feature => ({
  id: row,
  title,
  need: 'required',
  isWanted: (config) => config.nics.some((nic) => nic.attachment.kind === kind),
  requires: [
    {
      kind: 'listed',
      list: 'nicAttachments',
      wanted: () => [kind],
      reason: 'decision.no.networkYet',
    },
    { kind: 'table', row, isAskedElsewhere: true, reason: 'decision.no.table' },
  ],
  source: 'the row of the same id in table/networks.ts',
});

/** VLANs on networks of these kinds: what the table says. */
const vlan = (
  row: string,
  modes: readonly Vlan['mode'][],
  kinds: readonly NicAttachment['kind'][],
): Feature => ({
  id: row,
  title: 'decision.feature.vlan',
  need: 'required',
  isWanted: (config) =>
    config.nics.some(({ attachment }) => {
      const mode = vlanOf(attachment)?.mode;
      return kinds.includes(attachment.kind) && mode !== undefined && modes.includes(mode);
    }),
  requires: [{ kind: 'table', row, isAskedElsewhere: true, reason: 'decision.no.table' }],
  source: 'the row of the same id in table/networks.ts',
});

/** Headroom a hypervisor process needs beside guest memory. A judgement of the notes (row mem.avail). */
const memoryHeadroomMiB = 512;

// prettier-ignore
export const features: readonly Feature[] = [
  {
    id: 'machine.type', title: 'decision.feature.machineType', need: 'required', isWanted: (c) => c.machineType !== 'default',
    requires: [{ kind: 'listed', list: 'machineTypes', isOpen: true, wanted: (c) => [c.machineType], reason: 'decision.no.machineType' }],
    source: 'qemu-system-x86_64 -machine help',
  },
  {
    id: 'firmware.uefi', title: 'decision.feature.uefi', need: 'required', isWanted: (c) => c.firmware.kind === 'uefi',
    requires: [{ kind: 'listed', list: 'firmware', wanted: () => ['uefi'], reason: 'decision.no.uefi', remedy: 'installUefi' }],
    source: 'https://gitlab.com/qemu-project/qemu/-/blob/master/docs/interop/firmware.json',
  },
  {
    id: 'firmware.secure-boot', title: 'decision.feature.secureBoot', need: 'required',
    isWanted: (c) => c.firmware.kind === 'uefi' && c.firmware.isSecureBoot === true,
    requires: [
      { kind: 'listed', list: 'firmware', wanted: () => ['uefi-secure'], reason: 'decision.no.secureBootFirmware', remedy: 'installUefi' },
      { kind: 'table', row: 'firmware.secure-boot', reason: 'decision.no.smm' },
    ],
    source: 'https://github.com/tianocore/edk2/blob/master/OvmfPkg/README',
  },
  {
    id: 'guest.os2', title: 'decision.feature.os2', need: 'required', isWanted: (_, family) => family === 'os2',
    requires: [{ kind: 'table', row: 'guest.os2', reason: 'decision.no.table' }],
    source: 'the row of the same id in table/engines.ts',
  },
  {
    id: 'guest.odd-cpu', title: 'decision.feature.oldSystem', need: 'preferred', isWanted: (_, family) => family === 'freedos',
    requires: [{ kind: 'table', row: 'guest.odd-cpu', reason: 'decision.no.table' }],
    source: 'the row of the same id in table/engines.ts',
  },
  {
    id: 'guest.win9x', title: 'decision.feature.win9x', need: 'preferred', isWanted: (_, family) => family === 'windows-9x',
    requires: [{ kind: 'table', row: 'guest.win9x', reason: 'decision.no.table' }],
    source: 'the row of the same id in table/engines.ts',
  },
  {
    id: 'nested', title: 'decision.feature.nested', need: 'required', isWanted: (c) => c.hasNestedVirtualization === true,
    requires: [{ kind: 'table', row: 'nested', reason: 'decision.no.table' }],
    source: 'the row of the same id in table/engines.ts',
  },
  {
    id: 'memory.host', title: 'decision.feature.memory', need: 'required', isWanted: always,
    requires: [{ kind: 'atMostFact', fact: 'memoryMiB', wanted: (c) => c.memory, reason: 'decision.no.memory', remedy: 'lessMemory' }],
    source: 'https://docs.kernel.org/mm/overcommit-accounting.html',
  },
  {
    id: 'memory.available', title: 'decision.feature.memoryAvailable', need: 'preferred', isWanted: always,
    requires: [{ kind: 'atMostFact', fact: 'availableMemoryMiB', wanted: (c) => c.memory + memoryHeadroomMiB, reason: 'decision.no.memoryAvailable', remedy: 'lessMemory' }],
    source: 'https://docs.kernel.org/mm/overcommit-accounting.html',
    note: 'The headroom of 512 MiB is a judgement, not a limit of any program.',
  },
  {
    id: 'vcpus.engine', title: 'decision.feature.vcpus', need: 'required', isWanted: always,
    requires: [{ kind: 'atMostCapability', limit: 'maxVcpus', wanted: (c) => c.vcpus, reason: 'decision.no.vcpus' }],
    source: 'qemu-system-x86_64 -machine help, QMP query-machines cpu-max',
  },
  {
    id: 'vcpus.host', title: 'decision.feature.vcpusHost', need: 'preferred', isWanted: (c) => c.vcpus > 1,
    requires: [{ kind: 'atMostFact', fact: 'cpus', wanted: (c) => c.vcpus, reason: 'decision.no.vcpusHost' }],
    source: 'https://www.qemu.org/docs/master/system/invocation.html',
    note: 'More virtual than real processors works; it is slow.',
  },
  {
    id: 'disk.format', title: 'decision.feature.diskFormat', need: 'required', isWanted: hasDisks,
    requires: [{ kind: 'listed', list: 'diskFormats', wanted: (c) => c.disks.map((d) => d.format), reason: 'decision.no.diskFormat', remedy: 'convertDisk' }],
    source: 'https://qemu.org/docs/master/system/images.html',
  },
  {
    id: 'disk.bus', title: 'decision.feature.diskBus', need: 'required', isWanted: hasDisks,
    requires: [{ kind: 'listed', list: 'diskBuses', wanted: (c) => c.disks.map((d) => d.bus), reason: 'decision.no.diskBus' }],
    source: 'qemu-system-x86_64 -device help',
  },
  {
    id: 'state.save', title: 'decision.feature.saveState', need: 'preferred', isWanted: always,
    requires: [{ kind: 'flag', flag: 'canSaveState', reason: 'decision.no.saveState' }],
    source: 'https://www.qemu.org/docs/master/devel/migration/main.html',
  },
  {
    id: 'nic.model', title: 'decision.feature.nicModel', need: 'required', isWanted: (c) => c.nics.length > 0,
    requires: [{ kind: 'listed', list: 'nicModels', wanted: (c) => c.nics.map((n) => n.model), reason: 'decision.no.nicModel' }],
    source: 'qemu-system-x86_64 -device help',
  },
  vlan('net.vlan-switch', ['access', 'trunk'], ['natNetwork', 'internal']),
  vlan('net.vlan-access', ['access'], ['bridged', 'hostOnly']),
  vlan('net.vlan-trunk', ['trunk'], ['bridged', 'hostOnly']),
  network('natNetwork', 'net.nat-network', 'decision.feature.natNetwork'),
  network('internal', 'net.internal', 'decision.feature.internal'),
  network('hostOnly', 'net.host-only', 'decision.feature.hostOnly'),
  network('bridged', 'net.bridged', 'decision.feature.bridged'),
  {
    id: 'display.adapter', title: 'decision.feature.display', need: 'required', isWanted: (c) => c.display !== 'none',
    requires: [{ kind: 'listed', list: 'displayAdapters', wanted: (c) => [c.display], reason: 'decision.no.display' }],
    source: 'qemu-system-x86_64 -device help',
  },
  {
    id: 'console.serial', title: 'decision.feature.serial', need: 'preferred', isWanted: (c) => c.hasSerialPort,
    requires: [{ kind: 'listed', list: 'consoles', wanted: () => ['serial'], reason: 'decision.no.serial' }],
    source: 'https://www.qemu.org/docs/master/system/invocation.html',
  },
  {
    id: 'forward.live', title: 'decision.feature.liveForwards', need: 'preferred', isWanted: (c) => forwards(c).length > 0,
    requires: [{ kind: 'flag', flag: 'canChangeForwardsLive', reason: 'decision.no.liveForwards' }],
    source: 'https://www.qemu.org/docs/master/system/monitor.html (hostfwd_add)',
  },
  {
    id: 'forward.low-port', title: 'decision.feature.lowPort', need: 'required', isWanted: (c) => forwards(c).length > 0,
    requires: [{ kind: 'atLeastFact', fact: 'lowestPort', wanted: (c) => Math.min(...forwards(c).map((f) => f.hostPort)), reason: 'decision.no.lowPort', remedy: 'useOtherPort' }],
    source: 'https://docs.kernel.org/networking/ip-sysctl.html (ip_unprivileged_port_start)',
  },
  {
    id: 'nat.ipv6', title: 'decision.feature.natIpv6', need: 'preferred', isWanted: (c) => natNics(c).some((nat) => nat.ipv6),
    requires: [{ kind: 'fact', fact: 'hasIpv6', onlyNative: false, reason: 'decision.no.natIpv6' }],
    source: 'https://www.qemu.org/docs/master/system/devices/net.html',
  },
  {
    id: 'guest.agent', title: 'decision.feature.guestAgent', need: 'preferred', isWanted: (c) => c.hasGuestAgent,
    requires: [],
    source: 'https://www.qemu.org/docs/master/interop/qemu-ga.html',
    note: 'The channel is always there; the guest must run the agent.',
  },
];
