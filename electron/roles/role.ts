// What a headless role is: a named, long-lived task in plain Node. Never imports electron and needs no display.
import type { Logger } from '../log/logger.ts';

export interface RoleContext {
  /** Switches and words after the role's name. */
  readonly args: readonly string[];
  /** Owner-only folder for sockets; short enough for a unix socket path. */
  readonly runtimeDir: string;
  readonly log: Logger;
  /** One line to standard output. */
  readonly print: (line: string) => void;
  /** Aborted when the process is asked to end. */
  readonly signal: AbortSignal;
}

/** Resolves with the exit code. */
export type Role = (context: RoleContext) => Promise<number>;
