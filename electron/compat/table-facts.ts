// What settles the cells of the compatibility table that depend on this host ("needs", "probe"): one row per sentence,
// judged from facts, checks and capabilities. A sentence without a row stays open: it is never assumed to hold.
import type { HostCheck, Remedy } from '../../shared/model/compat.ts';
import type { Capabilities } from '../../shared/model/driver.ts';
import type { Fact, HostFacts } from './host-facts.ts';
import { remedy, type RemedyKey } from './remedies.ts';
import type { Cell } from './table/cell.ts';

type Sentence = Extract<Cell, { kind: 'needs' }>['what'] | Extract<Cell, { kind: 'probe' }>['look'];

export interface HostSide {
  readonly facts: HostFacts;
  /** By id; a check that is not there was not made. */
  readonly checks?: Readonly<Record<string, HostCheck>> | undefined;
  /** Absent: the hypervisor has not answered. */
  readonly capabilities: Capabilities | undefined;
}

export interface Settlement {
  readonly state: 'holds' | 'fails' | 'open';
  /** What brings it, where it fails. */
  readonly remedy?: Remedy | undefined;
}

const open: Settlement = { state: 'open' };
const holds: Settlement = { state: 'holds' };
const fails = (side: HostSide, key: RemedyKey | undefined): Settlement => ({
  state: 'fails',
  ...(key ? { remedy: remedy(key, side.facts.distribution) } : {}),
});

const byFact =
  <T>(factOf: (facts: HostFacts) => Fact<T>, isGood: (value: T) => boolean, key?: RemedyKey) =>
  (side: HostSide): Settlement => {
    const fact = factOf(side.facts);
    if (fact.kind === 'unknown') return open;
    return isGood(fact.value) ? holds : fails(side, key);
  };
const byCapability =
  (isGood: (capabilities: Capabilities) => boolean, key?: RemedyKey) =>
  (side: HostSide): Settlement => {
    if (!side.capabilities) return open;
    return isGood(side.capabilities) ? holds : fails(side, key);
  };
/** `part`: the check covers a part of what is needed, so that a good one settles nothing. */
const byCheck =
  (id: string, covers: 'all' | 'part' = 'all') =>
  ({ checks }: HostSide): Settlement => {
    const check = checks?.[id];
    if (!check || check.verdict === 'unknown' || check.verdict === 'running') return open;
    if (check.verdict === 'good') return covers === 'all' ? holds : open;
    return { state: 'fails', remedy: check.remedies[0] };
  };

/** Add a row here when a fact, check or capability can answer a sentence of the table. */
const rows: Partial<Readonly<Record<Sentence, (side: HostSide) => Settlement>>> = {
  'table.probe.smm': byFact(
    ({ hasKvmSmm }) => hasKvmSmm,
    (value) => value,
  ),
  'table.needs.uefi': byCapability(({ firmware }) => firmware.includes('uefi'), 'installUefi'),
  'table.needs.lowPorts': byFact(
    ({ lowestPort }) => lowestPort,
    (port) => port <= 1,
    'allowLowPorts',
  ),
  'table.needs.swtpm': byCheck('qemu.tpm'),
  'table.needs.virtiofs': byCheck('qemu.vfs', 'part'),
  'table.needs.vboxusers': byCheck('vb.users'),
  'table.needs.extPack': byCheck('vb.extpack'),
  'table.needs.kvmGroup': byCheck('kvm.perm'),
  'table.needs.iommu': byCheck('iommu', 'part'),
  'table.probe.nestedKvm': byCheck('kvm.nested'),
};

/** Whether what a cell waits for is there on this host. */
export const settle = (sentence: Sentence, side: HostSide): Settlement =>
  rows[sentence]?.(side) ?? open;

/** A whole sentence of the table as a clause: without its full stop. */
export const asClause = (sentence: string): string => sentence.replace(/\.$/, '');
