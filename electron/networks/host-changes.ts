// What was changed on this computer for networks: carried out through the privileged broker, kept in a journal,
// confirmed, rolled back and undone. The plan says what to change; nothing else here decides that.
import type { Connectivity, HostChange, PlanStep } from '../../shared/model/network-plan.ts';
import type { Text } from '../../shared/model/text.ts';

export type PrivilegedStep = Extract<PlanStep, { readonly kind: 'privileged' }>;

export interface HostChangePreview {
  /** The argv that asks for authorisation; absent: `perform` rejects with `privileged/not-installed`. */
  readonly argv: readonly string[] | undefined;
  /** The interfaces the steps touch, one line each: `enp5s0 52:54:00:12:34:56 192.168.1.7/24`. */
  readonly before: readonly string[];
  readonly after: readonly string[];
}

export interface HostChanges {
  /**
   * Reads the journal, shows it in the state, and settles what a manager that died left begun: applied where the
   * helper says that it is there, undone otherwise. Call once at the start; never rejects.
   */
  readonly settle: () => Promise<void>;
  readonly list: () => readonly HostChange[];
  /** Looks only. */
  readonly preview: (steps: readonly PrivilegedStep[]) => HostChangePreview;
  /**
   * Carries the steps out in order with one authorisation; all or none. Each becomes a row of the journal; one that
   * moves an uplink is `awaiting` and goes back by itself unless kept. Rejects with `privileged/*`.
   */
  readonly perform: (steps: readonly PrivilegedStep[], why: Text) => Promise<readonly HostChange[]>;
  /** For an awaiting change; nothing happens for another. Rejects with `privileged/*`. */
  readonly keep: (id: string) => Promise<void>;
  readonly rollBack: (id: string) => Promise<void>;
  /** Undoes it and the later ones that stand on the same bridge, newest first. Rejects with `privileged/*`. */
  readonly undo: (id: string) => Promise<void>;
  /** Takes back everything the helper made, also what the journal does not know. */
  readonly undoAll: () => Promise<void>;
  /** A look after an uplink was moved: takes up to 3 s. Never rejects. */
  readonly connectivity: (id: string) => Promise<Connectivity>;
  readonly dispose: () => void;
}
