// What every section of the Hardware tab gets.
import type { Vm } from '../../../../../shared/model/vm.ts';
import type { VmConfig } from '../../../../../shared/model/vm-config.ts';
import type { ConfigChange } from './draft.ts';

export interface SectionProps {
  readonly vm: Vm;
  /** The definition with the draft over it. */
  readonly config: VmConfig;
  readonly onChange: (part: ConfigChange) => void;
}
