// The only place that may ever ask for elevation: shows the exact argv before, logs it after.
import type { PrivilegedRequest } from './requests.ts';

export interface PrivilegedBroker {
  /** Rejects when the user declines or the helper refuses. */
  readonly perform: (request: PrivilegedRequest) => Promise<void>;
}
