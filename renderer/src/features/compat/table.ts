// The compatibility table in the window: its columns, which rows a filter leaves, and where the keys go. Pure.
import { formatText, format } from '../../../../shared/i18n/format.ts';
import type { CompatRow } from '../../../../shared/model/compat-table.ts';
import { backendKey, type Backend } from '../../../../shared/model/driver.ts';

export type CompatGroup = CompatRow['group'];
/** In the order they are shown. */
export const groups: readonly CompatGroup[] = [
  'networks',
  'storage',
  'devices',
  'engines',
  'guests',
];

export interface TableFilter {
  readonly query: string;
  readonly onlyDiffering: boolean;
  readonly onlyWanted: boolean;
}
export const noFilter: TableFilter = { query: '', onlyDiffering: false, onlyWanted: false };

/** Backends in the order of the rows' cells. */
export const columnsOf = (rows: readonly CompatRow[]): readonly Backend[] => {
  const seen = new Map<string, Backend>();
  for (const { cells } of rows)
    for (const { backend } of cells)
      if (!seen.has(backendKey(backend))) seen.set(backendKey(backend), backend);
  return [...seen.values()];
};

const fold = (text: string): string => text.normalize('NFKD').toLocaleLowerCase('en');

const searchText = (row: CompatRow): string =>
  fold(
    [
      row.id,
      formatText(row.title),
      format(`compat.group.${row.group}`),
      ...row.cells.map(({ sentence }) => (sentence ? formatText(sentence) : '')),
    ].join('\n'),
  );

/** Engines that cannot be used say the same of everything: they count only where nothing else is left. */
const differs = (row: CompatRow, isUsable: (backend: Backend) => boolean): boolean => {
  const usable = row.cells.filter(({ backend }) => isUsable(backend));
  const compared = usable.length > 1 ? usable : row.cells;
  return new Set(compared.map(({ verdict }) => verdict)).size > 1;
};

/** Grouped order is kept; every word of the query must occur. */
export const filterRows = (
  rows: readonly CompatRow[],
  filter: TableFilter,
  isUsable: (backend: Backend) => boolean,
): readonly CompatRow[] => {
  const words = fold(filter.query).split(/\s+/).filter(Boolean);
  return groups.flatMap((group) =>
    rows.filter((row) => {
      if (row.group !== group) return false;
      if (filter.onlyWanted && !row.isWanted) return false;
      if (filter.onlyDiffering && !differs(row, isUsable)) return false;
      if (words.length === 0) return true;
      const text = searchText(row);
      return words.every((word) => text.includes(word));
    }),
  );
};

/** Row -1 is the row of the engines' heads. */
export interface Place {
  readonly row: number;
  readonly column: number;
}
const rowsPerPage = 10;

/** Where a key leads from a place; `undefined` = it is no key of the table. */
export const placeAfter = (
  from: Place,
  press: { readonly key: string; readonly ctrl: boolean },
  shape: { readonly rows: number; readonly columns: number },
  isRightToLeft: boolean,
): Place | undefined => {
  const to = (row: number, column: number): Place => ({
    row: Math.min(Math.max(row, -1), shape.rows - 1),
    column: Math.min(Math.max(column, 0), shape.columns - 1),
  });
  const { row, column } = from;
  const onward = isRightToLeft ? -1 : 1;
  switch (press.key) {
    case 'ArrowDown':
      return to(row + 1, column);
    case 'ArrowUp':
      return to(row - 1, column);
    case 'ArrowRight':
      return to(row, column + onward);
    case 'ArrowLeft':
      return to(row, column - onward);
    case 'Home':
      return press.ctrl ? to(-1, 0) : to(row, 0);
    case 'End':
      return press.ctrl ? to(shape.rows - 1, shape.columns - 1) : to(row, shape.columns - 1);
    case 'PageDown':
      return to(row + rowsPerPage, column);
    case 'PageUp':
      return to(row - rowsPerPage, column);
    default:
      return undefined;
  }
};

/** `source` of a row: links and plain words, parted by "; ". */
export const sourcesOf = (
  source: string,
): readonly { readonly text: string; readonly url: string | undefined }[] =>
  source
    .split(/;\s+/)
    .filter((part) => part !== '')
    .map((part) => ({
      text: part.replace(/^https:\/\//, ''),
      url: /^https:\/\/\S+$/.test(part) ? part : undefined,
    }));
