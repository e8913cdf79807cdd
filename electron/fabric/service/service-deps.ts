// What a service end gets from the fabric process that owns it.
import type { AppError } from '../../../shared/contract/errors.ts';
import type { Logger } from '../../log/logger.ts';

export interface ServiceDeps {
  /** Short (socket paths are limited to 107 bytes), owner-only; every file and socket of the service lies in it. */
  readonly runtimeDir: string;
  readonly log: Logger;
  /** It died by itself and everything of it is gone; called once, never after `dispose`. */
  readonly onEnded: (problem: AppError) => void;
  /** A lease came, changed or ended. */
  readonly onLease: () => void;
}
