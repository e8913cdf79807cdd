// The draft of a machine's hardware: only what was changed lies over the definition, so that live changes made
// meanwhile are not undone by saving. Pure.
import { macSchema } from '../../../../../shared/model/network.ts';
import type { QuitPolicy } from '../../../../../shared/model/settings.ts';
import type { BootDevice, VmConfig } from '../../../../../shared/model/vm-config.ts';
import type { VmDefinition } from '../../../../../shared/model/vm.ts';
import { isAttachmentUnfinished, isLimitBad } from './attachments.ts';

export { freeId, randomMac } from '../../../model/free-id.ts';

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

export const moved = <T>(rows: readonly T[], from: number, step: -1 | 1): readonly T[] => {
  const to = from + step;
  const row = rows[from];
  if (row === undefined || to < 0 || to >= rows.length) return rows;
  const next = rows.filter((_, index) => index !== from);
  return [...next.slice(0, to), row, ...next.slice(to)];
};

export const bootDevices: readonly BootDevice[] = ['disk', 'cd', 'floppy', 'network'];

export interface HardwareProblems {
  readonly vcpus: boolean;
  readonly memory: 'tooSmall' | 'aboveHost' | undefined;
  /** Ids of the adapters whose MAC is wrong or double. */
  readonly macs: readonly string[];
  /** Ids of the adapters without a network, with a VLAN or a limit that is none. */
  readonly nics: readonly string[];
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
    nics: config.nics
      .filter((nic) => isAttachmentUnfinished(nic) || isLimitBad(nic))
      .map((nic) => nic.id),
    bootOrder: config.bootOrder.length === 0,
  };
};

export const hasProblem = (problems: HardwareProblems): boolean =>
  problems.vcpus ||
  problems.memory !== undefined ||
  problems.macs.length > 0 ||
  problems.nics.length > 0 ||
  problems.bootOrder;
