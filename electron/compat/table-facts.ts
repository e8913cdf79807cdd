// What settles the cells of the compatibility table that depend on this host ("needs", "probe"): one row per sentence,
// judged from facts and capabilities. A sentence without a row stays open: it is never assumed to hold.
import type { Capabilities } from '../../shared/model/driver.ts';
import type { Fact, HostFacts } from './host-facts.ts';
import type { RemedyKey } from './remedies.ts';
import type { Cell } from './table/cell.ts';

type Sentence = Extract<Cell, { kind: 'needs' }>['what'] | Extract<Cell, { kind: 'probe' }>['look'];

export interface HostSide {
  readonly facts: HostFacts;
  /** Absent: the hypervisor has not answered. */
  readonly capabilities: Capabilities | undefined;
}

export type Settled = 'holds' | 'fails' | 'open';
export interface Settlement {
  readonly state: Settled;
  /** What brings it, where it fails. */
  readonly remedy?: RemedyKey;
}

const open: Settlement = { state: 'open' };
const holds: Settlement = { state: 'holds' };
const byFact = <T>(fact: Fact<T>, isGood: (value: T) => boolean, key?: RemedyKey): Settlement => {
  if (fact.kind === 'unknown') return open;
  if (isGood(fact.value)) return holds;
  return key === undefined ? { state: 'fails' } : { state: 'fails', remedy: key };
};
const byCapability = (
  { capabilities }: HostSide,
  isGood: (capabilities: Capabilities) => boolean,
  key?: RemedyKey,
): Settlement => {
  if (!capabilities) return open;
  if (isGood(capabilities)) return holds;
  return key === undefined ? { state: 'fails' } : { state: 'fails', remedy: key };
};

/** Add a row here when a fact or capability can answer a sentence of the table. */
const rows: Partial<Readonly<Record<Sentence, (side: HostSide) => Settlement>>> = {
  'table.probe.smm': ({ facts }) => byFact(facts.hasKvmSmm, (value) => value),
  'table.needs.uefi': (side) =>
    byCapability(side, ({ firmware }) => firmware.includes('uefi'), 'installUefi'),
  'table.needs.lowPorts': ({ facts }) =>
    byFact(facts.lowestPort, (port) => port <= 1, 'allowLowPorts'),
};

/** Whether what a cell waits for is there on this host. */
export const settle = (sentence: Sentence, side: HostSide): Settlement =>
  rows[sentence]?.(side) ?? open;

/** A whole sentence of the table as a clause: without its full stop. */
export const asClause = (sentence: string): string => sentence.replace(/\.$/, '');
