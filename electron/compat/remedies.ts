// What a person can do about a failed check or feature, per family of distributions. Commands are shown with
// a copy button and never run from here. The rows are in remedy-rows/.
import type { Remedy } from '../../shared/model/compat.ts';
import { text } from '../../shared/model/text.ts';
import type { DistributionFamily } from './host-facts.ts';
import { hostRemedies } from './remedy-rows/host.ts';
import { networkRemedies } from './remedy-rows/network.ts';
import type { RemedyRow } from './remedy-rows/remedy-row.ts';
import { virtualBoxRemedies } from './remedy-rows/virtualbox.ts';

const rows = { ...hostRemedies, ...networkRemedies, ...virtualBoxRemedies };

export type RemedyKey = keyof typeof rows;
export const remedyKeys = Object.keys(rows) as readonly RemedyKey[];

/** The remedy for this family; without a known command only the sentence. */
export const remedy = (key: RemedyKey, family: DistributionFamily): Remedy => {
  const row: RemedyRow = rows[key];
  const command = typeof row.command === 'object' ? row.command[family] : row.command;
  return {
    label: text(row.label),
    needs: row.needs,
    ...(command === undefined ? {} : { command }),
  };
};
