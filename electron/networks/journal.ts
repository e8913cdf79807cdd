// The rules of the journal of host changes, as pure functions, and its file. What is true is what the helper says:
// rows follow it.
import { join } from 'node:path';
import { z } from 'zod';
import type { EpochMs } from '../../shared/model/brand.ts';
import {
  hostChangeSchema,
  type HostChange,
  type PrivilegedRequest,
} from '../../shared/model/network-plan.ts';
import type { JsonFile } from '../persist/json-file.ts';
import type { HelperStatus } from '../privileged/broker.ts';

const documentSchema = z.object({ version: z.number(), changes: z.array(hostChangeSchema) });
export type JournalDocument = z.infer<typeof documentSchema>;

export const journalFile = (stateDir: string): JsonFile<JournalDocument> => ({
  path: join(stateDir, 'host-changes.json'),
  schema: documentSchema,
  version: 1,
});

/** Whether what the request made is there. What leaves nothing behind by itself is not. */
export const isThere = (request: PrivilegedRequest, status: HelperStatus): boolean => {
  switch (request.verb) {
    case 'bridge.create':
      return status.bridges.includes(request.bridge);
    case 'uplink.attach':
      return status.uplinks.some(
        (row) => row.bridge === request.bridge && row.uplink === request.uplink,
      );
    case 'tap.create':
      return status.taps.includes(request.tap);
    case 'port.vlans':
      return status.taps.includes(request.port);
    default:
      return false;
  }
};

/** Whether the request makes something that stays, and so has a row. */
export const isAboutSomething = ({ verb }: PrivilegedRequest): boolean =>
  ['bridge.create', 'uplink.attach', 'tap.create', 'port.vlans'].includes(verb);

/** The way back where the plan named none. */
const inverse = (request: PrivilegedRequest): PrivilegedRequest | undefined => {
  switch (request.verb) {
    case 'bridge.create':
      return { verb: 'bridge.remove', bridge: request.bridge };
    case 'uplink.attach':
      return { verb: 'uplink.detach', bridge: request.bridge, uplink: request.uplink };
    case 'tap.create':
      return { verb: 'tap.remove', tap: request.tap };
    case 'port.vlans':
      return { verb: 'port.vlans', port: request.port };
    default:
      return undefined;
  }
};

const standingOf = (row: HostChange, status: HelperStatus, now: EpochMs): HostChange => {
  const { request } = row;
  const waiting =
    request.verb === 'uplink.attach'
      ? status.awaiting.find((entry) => entry.bridge === request.bridge)
      : undefined;
  const { until: _, ...rest } = row;
  return waiting
    ? { ...rest, standing: 'awaiting', until: (now + waiting.secondsLeft * 1000) as EpochMs }
    : { ...rest, standing: 'applied' };
};

/**
 * The rows as the helper's answer makes them: what is not there is no longer listed, except an uplink that went back
 * by itself, which is worth telling; of several rows about the same thing the newest stays.
 */
export const reconciled = (
  rows: readonly HostChange[],
  status: HelperStatus,
  now: EpochMs,
): readonly HostChange[] => {
  const settled = rows.flatMap((row): HostChange[] => {
    if (row.standing === 'undone') return [row];
    if (isThere(row.request, status)) return [standingOf(row, status, now)];
    const { until: _, ...rest } = row;
    return row.standing === 'awaiting' ? [{ ...rest, standing: 'undone' }] : [];
  });
  const subject = (row: HostChange): string => JSON.stringify(inverse(row.request));
  return settled.filter(
    (row, index) => !settled.slice(index + 1).some((later) => subject(later) === subject(row)),
  );
};

const standsOn = (row: HostChange, base: HostChange): boolean => {
  if (row.id === base.id) return true;
  const { request } = row;
  switch (base.request.verb) {
    case 'bridge.create':
      return 'bridge' in request && request.bridge === base.request.bridge;
    case 'tap.create':
      return request.verb === 'port.vlans' && request.port === base.request.tap;
    default:
      return false;
  }
};

/** Requests that take the row and all that stands on it back, newest first. */
export const wayBack = (rows: readonly HostChange[], id: string): readonly PrivilegedRequest[] => {
  const base = rows.find((row) => row.id === id);
  if (!base) return [];
  const goes = rows.filter((row) => row.standing !== 'undone' && standsOn(row, base));
  const taps = new Set(
    goes.flatMap(({ request }) => (request.verb === 'tap.create' ? [request.tap] : [])),
  );
  return goes
    .toReversed()
    .filter(({ request }) => request.verb !== 'port.vlans' || !taps.has(request.port))
    .flatMap((row) => row.undo ?? inverse(row.request) ?? []);
};
