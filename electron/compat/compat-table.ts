// The compatibility table as people see it on this host: every row and guest family for every engine of every known
// hypervisor. Pure. A cell tells the feature alone; whether the engine can run here at all is told once, by the engine's
// own standing in the head of its column, so that a missing driver does not hide what installing it would bring.
import type { CompatCell, CompatRow } from '../../shared/model/compat-table.ts';
import type { HostCheck, Remedy } from '../../shared/model/compat.ts';
import {
  backendKey,
  type Backend,
  type DriverInfo,
  type EngineInfo,
} from '../../shared/model/driver.ts';
import { familyById } from '../../shared/model/guest-family.ts';
import { text, type Text } from '../../shared/model/text.ts';
import type { VmDefinition } from '../../shared/model/vm.ts';
import type { HostFacts } from './host-facts.ts';
import { settle } from './table-facts.ts';
import { tableUses } from './table-uses.ts';
import {
  backends,
  type BackendKey,
  type Cell,
  type Standing,
  type TableRow,
} from './table/cell.ts';
import { deviceRows } from './table/devices.ts';
import { engineRows } from './table/engines.ts';
import { familyRows, type FamilyRow } from './table/families.ts';
import { networkRows } from './table/networks.ts';
import { storageRows } from './table/storage.ts';

export interface CompatTableInput {
  /** In the order of the columns. */
  readonly drivers: readonly DriverInfo[];
  readonly facts: HostFacts;
  /** Checks of the host by id. */
  readonly checks?: Readonly<Record<string, HostCheck>> | undefined;
  /** What it uses is marked. */
  readonly definition?: VmDefinition | undefined;
}

interface Column {
  readonly key: BackendKey;
  readonly backend: Backend;
  readonly driver: DriverInfo;
  readonly engine: EngineInfo;
}

const columnsOf = (drivers: readonly DriverInfo[]): readonly Column[] =>
  drivers.flatMap((driver) =>
    driver.engines.flatMap((engine): Column[] => {
      const backend = { driver: driver.id, engine: engine.id };
      const key = backends.find((each) => each === backendKey(backend));
      return key ? [{ key, backend, driver, engine }] : [];
    }),
  );

/** Rows that were tried were tried without VirtualBox's driver and without KVM in VirtualBox. */
const neverRunByUs: readonly BackendKey[] = ['virtualbox/vboxdrv', 'virtualbox/kvm'];
const standingOf = (standing: Standing, key: BackendKey): CompatCell['standing'] =>
  standing === 'tried' && neverRunByUs.includes(key) ? 'read' : standing;

interface Answer {
  readonly verdict: CompatCell['verdict'];
  readonly sentence?: Text;
  readonly remedy?: Remedy | undefined;
  /** Looked at on this host. */
  readonly isHere?: boolean;
}

type Host = Pick<CompatTableInput, 'facts' | 'checks'>;

const byTable = (cell: Cell, column: Column, host: Host): Answer => {
  const side = { ...host, capabilities: column.driver.capabilities };
  switch (cell.kind) {
    case 'yes':
      return { verdict: 'yes' };
    case 'degraded':
      return { verdict: 'limited', sentence: text(cell.how) };
    case 'no':
      return { verdict: 'no', sentence: text(cell.why) };
    case 'needs': {
      const { state, remedy: found } = settle(cell.what, side);
      if (state === 'holds') return { verdict: 'yes', isHere: true };
      const needed = { verdict: 'needs', sentence: text(cell.what), remedy: found } as const;
      return state === 'fails' ? { ...needed, isHere: true } : needed;
    }
    case 'probe': {
      const { state, remedy: found } = settle(cell.look, side);
      const sentence = text(cell.look);
      if (state === 'open') return { verdict: 'unknown', sentence };
      return state === 'holds'
        ? { verdict: 'yes', isHere: true }
        : { verdict: 'no', sentence, remedy: found, isHere: true };
    }
  }
};

/** What Polyvisor offers with the hypervisor as installed decides where the table alone would promise more. */
const answerOf = (row: TableRow, column: Column, host: Host): Answer => {
  const answer = byTable(row.cells[column.key], column, host);
  const { capabilities, title } = column.driver;
  const isOffered = capabilities && tableUses[row.id]?.isOffered?.(capabilities, column.engine.id);
  if (isOffered === undefined || answer.verdict === 'no') return answer;
  if (isOffered) return { ...answer, isHere: true };
  return {
    verdict: 'no',
    sentence: text('compat.cell.notOffered', { driver: title }),
    isHere: true,
  };
};

const toCell = (answer: Answer, column: Column, standing: Standing): CompatCell => ({
  backend: column.backend,
  verdict: answer.verdict,
  standing: answer.isHere ? 'here' : standingOf(standing, column.key),
  ...(answer.sentence ? { sentence: answer.sentence } : {}),
  ...(answer.remedy ? { remedy: answer.remedy } : {}),
});

const inFamilyOrder = (row: FamilyRow, column: Column): Answer => {
  const place = row.order.indexOf(column.key);
  const quirk = row.quirk && text(row.quirk);
  const isSlow = column.engine.speed === 'software' && !familyById(row.family).isLight;
  if (place === -1) return { verdict: 'limited', sentence: text('compat.family.last') };
  if (isSlow) return { verdict: 'limited', sentence: text('compat.family.slow') };
  if (quirk) return { verdict: 'yes', sentence: quirk };
  return place === 0
    ? { verdict: 'yes', sentence: text('compat.family.first') }
    : { verdict: 'yes' };
};

const groups = [
  ['networks', networkRows],
  ['storage', storageRows],
  ['devices', deviceRows],
  ['engines', engineRows],
] as const;

const familyNotes = 'The guest families of the table, best engine first';

export const compatTable = (input: CompatTableInput): readonly CompatRow[] => {
  const { definition } = input;
  const columns = columnsOf(input.drivers);
  const features = groups.flatMap(([group, rows]) =>
    rows.map((row): CompatRow => ({
      id: row.id,
      group: row.id.startsWith('guest.') && group === 'engines' ? 'guests' : group,
      title: text(row.title),
      source: row.source,
      isWanted: (definition && tableUses[row.id]?.isWanted?.(definition)) ?? false,
      cells: columns.map((column) => toCell(answerOf(row, column, input), column, row.standing)),
    })),
  );
  const families = familyRows.map((row): CompatRow => ({
    id: `family.${row.id}`,
    group: 'guests',
    title: text('compat.family.title', { title: row.title }),
    source: row.source ?? familyNotes,
    isWanted: definition?.family === row.family && row.isTypical === true,
    cells: columns.map((column) => toCell(inFamilyOrder(row, column), column, 'read')),
  }));
  return [...features, ...families];
};
