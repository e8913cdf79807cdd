// The draft of a machine's hardware: only what was changed lies over the definition, so that live changes made
// meanwhile are not undone by saving. Pure.
import type { Nic, PortForward } from '../../../../../shared/model/network.ts';
import {
  hostAddressSchema,
  macSchema,
  portForwardSchema,
} from '../../../../../shared/model/network.ts';
import type { QuitPolicy } from '../../../../../shared/model/settings.ts';
import type { BootDevice, VmConfig } from '../../../../../shared/model/vm-config.ts';
import type { VmDefinition } from '../../../../../shared/model/vm.ts';

export type ConfigChange = Partial<VmConfig>;

export interface HardwareDraft {
  readonly config: ConfigChange;
  readonly notes?: string;
  /** `null` = like the settings. */
  readonly quitPolicy?: QuitPolicy | null;
}

export const noChange: HardwareDraft = { config: {} };

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** What the machine will be: the definition with the draft over it. */
export const effectiveConfig = (definition: VmDefinition, draft: HardwareDraft): VmConfig => ({
  ...definition.config,
  ...draft.config,
});

/** Drops what equals the definition, so that changing a value back is no change. */
export const change = (
  definition: VmDefinition,
  draft: HardwareDraft,
  part: ConfigChange,
): HardwareDraft => {
  const merged: Record<string, unknown> = { ...draft.config, ...part };
  for (const key of Object.keys(merged)) {
    if (isSame(merged[key], definition.config[key])) delete merged[key];
  }
  return { ...draft, config: merged };
};

/** Removes an optional part, for example the floppy drive. */
export const isChanged = (draft: HardwareDraft): boolean =>
  Object.keys(draft.config).length > 0 ||
  draft.notes !== undefined ||
  draft.quitPolicy !== undefined;

/** `nic0`, `nic1` ...: the first number nobody has. */
export const freeId = (prefix: string, taken: readonly { readonly id: string }[]): string => {
  const ids = new Set(taken.map((row) => row.id));
  for (let number = 0; ; number += 1) {
    const id = `${prefix}${number}`;
    if (!ids.has(id)) return id;
  }
};

/** Locally administered address with QEMU's usual prefix. `random` gives numbers 0..1. */
export const randomMac = (random: () => number): string => {
  const octet = (): string =>
    Math.floor(random() * 256)
      .toString(16)
      .padStart(2, '0');
  return `52:54:00:${octet()}:${octet()}:${octet()}`;
};

export const moved = <T>(rows: readonly T[], from: number, step: -1 | 1): readonly T[] => {
  const to = from + step;
  const row = rows[from];
  if (row === undefined || to < 0 || to >= rows.length) return rows;
  const next = rows.filter((_, index) => index !== from);
  return [...next.slice(0, to), row, ...next.slice(to)];
};

export const bootDevices: readonly BootDevice[] = ['disk', 'cd', 'floppy', 'network'];

export interface ForwardDraft {
  readonly protocol: 'tcp' | 'udp';
  readonly hostAddress: string;
  readonly hostPort: number;
  readonly guestPort: number;
}
export type ForwardProblem = 'hostPort' | 'guestPort' | 'address' | 'taken' | 'privileged';

/** Ports below this one need administrator rights on Linux unless the host was set otherwise. */
export const lowestFreePort = 1024;

const isPort = (port: number): boolean => Number.isInteger(port) && port >= 1 && port <= 65535;

/** `others` = all forwards of this machine. What other programs hold is judged by main. */
export const forwardProblem = (
  draft: ForwardDraft,
  others: readonly PortForward[],
): ForwardProblem | undefined => {
  if (!isPort(draft.hostPort)) return 'hostPort';
  if (!isPort(draft.guestPort)) return 'guestPort';
  if (!hostAddressSchema.safeParse(draft.hostAddress).success) return 'address';
  if (draft.hostPort < lowestFreePort) return 'privileged';
  const overlaps = (a: string, b: string): boolean => a === b || a === '' || b === '';
  return others.some(
    (other) =>
      other.protocol === draft.protocol &&
      other.hostPort === draft.hostPort &&
      overlaps(other.hostAddress, draft.hostAddress),
  )
    ? 'taken'
    : undefined;
};

export const toForward = (draft: ForwardDraft, id: string): PortForward =>
  portForwardSchema.parse({ ...draft, id });

export const forwardsOf = (nic: Nic): readonly PortForward[] =>
  nic.attachment.kind === 'nat' ? nic.attachment.forwards : [];

export interface HardwareProblems {
  readonly vcpus: boolean;
  readonly memory: 'tooSmall' | 'aboveHost' | undefined;
  /** Ids of the adapters whose MAC is wrong or double. */
  readonly macs: readonly string[];
  readonly bootOrder: boolean;
}

export const hardwareProblems = (
  config: VmConfig,
  limits: { readonly maxVcpus: number; readonly hostMemoryMiB: number | undefined },
): HardwareProblems => {
  const macs = config.nics.map((nic) => nic.mac);
  return {
    vcpus: !Number.isInteger(config.vcpus) || config.vcpus < 1 || config.vcpus > limits.maxVcpus,
    memory:
      !Number.isInteger(config.memory) || config.memory < 4
        ? 'tooSmall'
        : limits.hostMemoryMiB !== undefined && config.memory > limits.hostMemoryMiB
          ? 'aboveHost'
          : undefined,
    macs: config.nics
      .filter(
        (nic, index) => !macSchema.safeParse(nic.mac).success || macs.indexOf(nic.mac) !== index,
      )
      .map((nic) => nic.id),
    bootOrder: config.bootOrder.length === 0,
  };
};

export const hasProblem = (problems: HardwareProblems): boolean =>
  problems.vcpus || problems.memory !== undefined || problems.macs.length > 0 || problems.bootOrder;
