// Which machines the list shows and in what order. Pure.
import type { VmId } from '../../../shared/model/brand.ts';
import { isLive } from '../../../shared/model/power.ts';
import type { Vm } from '../../../shared/model/vm.ts';
import type { AppState } from '../../../shared/state/app-state.ts';
import type { ListFilter } from '../state/ui-store.ts';

/** Something about the machine wants a person: a problem, a missing file, an engine that was not chosen. */
export const needsAttention = (vm: Vm): boolean =>
  vm.problem !== undefined ||
  vm.missingFiles.length > 0 ||
  vm.power === 'crashed' ||
  vm.power === 'damaged' ||
  vm.engine?.standing === 'alarm';

const passes: Readonly<Record<ListFilter, (vm: Vm) => boolean>> = {
  all: () => true,
  running: (vm) => isLive(vm.power) || vm.pending?.action === 'start',
  attention: needsAttention,
};

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });
/** Names as people sort them: “worker 2” before “worker 10”. */
export const byName = (a: string, b: string): number => collator.compare(a, b);
const fold = (text: string): string => text.normalize('NFKD').toLocaleLowerCase('en');

const findVisible = (vms: AppState['vms'], filter: ListFilter, query: string): readonly VmId[] => {
  const words = fold(query).split(/\s+/).filter(Boolean);
  return Object.values(vms)
    .filter(passes[filter])
    .filter((vm) => {
      if (words.length === 0) return true;
      const name = fold(vm.definition.name);
      return words.every((word) => name.includes(word));
    })
    .sort((a, b) => byName(a.definition.name, b.definition.name))
    .map((vm) => vm.definition.id);
};

let last:
  { vms: AppState['vms']; filter: ListFilter; query: string; ids: readonly VmId[] } | undefined;

/**
 * By name, numbers in their order; every word of the query must occur in the name. The last answer is kept: list
 * and selection ask the same, and sorting a thousand names takes a frame.
 */
export const visibleVms = (
  vms: AppState['vms'],
  filter: ListFilter,
  query: string,
): readonly VmId[] => {
  if (last?.vms !== vms || last.filter !== filter || last.query !== query) {
    last = { vms, filter, query, ids: findVisible(vms, filter, query) };
  }
  return last.ids;
};

export interface Counts {
  readonly all: number;
  readonly running: number;
  readonly attention: number;
}
export const countVms = (vms: AppState['vms']): Counts => {
  const rows = Object.values(vms);
  return {
    all: rows.length,
    running: rows.filter(passes.running).length,
    attention: rows.filter(passes.attention).length,
  };
};
