// What every section of the Hardware tab gets, and every part of an adapter's card.
import type { CompatRow } from '../../../../../shared/model/compat-table.ts';
import type { Nic, PortForward } from '../../../../../shared/model/network.ts';
import type { Vm } from '../../../../../shared/model/vm.ts';
import type { VmConfig } from '../../../../../shared/model/vm-config.ts';
import type { ConfigChange } from './draft.ts';

export interface SectionProps {
  readonly vm: Vm;
  /** The definition with the draft over it. */
  readonly config: VmConfig;
  readonly onChange: (part: ConfigChange) => void;
  /** The machine runs and its hypervisor changes hardware only when it is off. */
  readonly isOffOnly: boolean;
  /** What the machine uses, judged for every engine; `undefined` = not answered yet. */
  readonly works: readonly CompatRow[] | undefined;
}

export interface NicCardProps {
  readonly vm: Vm;
  readonly nic: Nic;
  readonly number: number;
  readonly isOffOnly: boolean;
  readonly isMacBad: boolean;
  readonly models: readonly Nic['model'][];
  /** All forwards of this machine. */
  readonly others: readonly PortForward[];
  readonly isInDraft: boolean;
  readonly onChange: (nic: Nic) => void;
  readonly onRemove: () => void;
}
