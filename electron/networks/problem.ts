// A problem of a network or a NIC, with the field it is in.
import type { z } from 'zod';
import type { AppFailure } from '../../shared/contract/errors.ts';
import type { networkCalls } from '../../shared/contract/network-calls.ts';

export interface Problem {
  readonly error: AppFailure;
  /** Dotted path, for example `reservations.2`. */
  readonly field: string;
}
export const problem = (field: string, error: AppFailure): Problem => ({ field, error });

/** A network before it has its id. */
export type NetworkDraft = z.output<typeof networkCalls.create.args>['network'];
