// The only place that may ever ask for elevation: shows the exact argv before, logs it after.
import type { PrivilegedRequest } from './requests.ts';

/** What the helper says about what it made: bridges, taps, uplinks, changes that wait for `confirm`. */
export interface HelperStatus {
  readonly bridges: readonly string[];
  readonly taps: readonly string[];
  readonly uplinks: readonly { readonly bridge: string; readonly uplink: string }[];
  readonly awaiting: readonly { readonly bridge: string; readonly secondsLeft: number }[];
}

export interface PrivilegedBroker {
  /** The argv that asks for authorisation; undefined: the helper is not installed or there is nobody to ask. */
  readonly argv: () => readonly string[] | undefined;
  /**
   * Carries the requests out in order, with one authorisation; what was done is undone when a later one fails.
   * Rejects with `privileged/*`: declined, refused, not installed, failed.
   */
  readonly perform: (requests: readonly PrivilegedRequest[]) => Promise<void>;
  /** Needs no authorisation. */
  readonly status: () => Promise<HelperStatus>;
}
