// Features x backends as one grid: a single tab stop, arrows inside. About 90 rows of small cells: rows that did
// not change are not drawn again.
import { memo, useRef, type FocusEvent, type KeyboardEvent, type MouseEvent } from 'react';
import { format, formatText } from '../../../../shared/i18n/format.ts';
import type { CompatRow } from '../../../../shared/model/compat-table.ts';
import { backendKey, type Backend } from '../../../../shared/model/driver.ts';
import { VerdictMark } from '../../components/marks.tsx';
import { findTyped } from '../../model/find-typed.ts';
import { cellLook } from '../../model/verdict-look.ts';
import { EngineHead } from './EngineHead.tsx';
import { groups, placeAfter, type Place } from './table.ts';

/** Letters typed faster than this belong to one word. */
const typingGapMs = 1000;

const placeOf = (target: EventTarget): Place | undefined => {
  const cell = target instanceof Element ? target.closest('[data-row]') : null;
  if (!(cell instanceof HTMLElement)) return undefined;
  return { row: Number(cell.dataset['row']), column: Number(cell.dataset['column']) };
};

export const Matrix = ({
  rows,
  columns,
  active,
  selected,
  onMove,
  onSelect,
}: {
  readonly rows: readonly CompatRow[];
  readonly columns: readonly Backend[];
  readonly active: Place;
  readonly selected: Place | undefined;
  readonly onMove: (place: Place) => void;
  /** `undefined` closes what is open. */
  readonly onSelect: (place: Place | undefined) => void;
}) => {
  const table = useRef<HTMLTableElement>(null);
  const typing = useRef({ text: '', at: -Infinity });

  const focus = (place: Place): void =>
    table.current
      ?.querySelector<HTMLElement>(`[data-row="${place.row}"][data-column="${place.column}"]`)
      ?.focus();
  const goToTyped = (letter: string, at: number): boolean => {
    const text = at - typing.current.at < typingGapMs ? typing.current.text + letter : letter;
    typing.current = { text, at };
    const found = findTyped(
      rows.map((row) => formatText(row.title)),
      text,
      active.row,
    );
    if (found < 0) return false;
    focus({ row: found, column: active.column });
    return true;
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.altKey || event.metaKey) return;
    const done = (): void => event.preventDefault();
    const here = placeOf(event.target) ?? active;
    const next = placeAfter(
      here,
      { key: event.key, ctrl: event.ctrlKey },
      { rows: rows.length, columns: columns.length },
      table.current !== null && getComputedStyle(table.current).direction === 'rtl',
    );
    if (next) {
      done();
      focus(next);
    } else if (event.ctrlKey) return;
    else if (event.key === 'Enter' || event.key === ' ') {
      done();
      onSelect(here);
    } else if (event.key === 'Escape' && selected) {
      done();
      onSelect(undefined);
    } else if ([...event.key].length === 1 && event.key !== '/') {
      if (goToTyped(event.key, event.timeStamp)) done();
    }
  };

  return (
    <table
      ref={table}
      className="mx"
      role="grid"
      aria-label={format('compat.table')}
      onKeyDown={onKeyDown}
      onFocus={(event: FocusEvent) => {
        const place = placeOf(event.target);
        if (place) onMove(place);
      }}
      onClick={(event: MouseEvent) => {
        const place = placeOf(event.target);
        if (place) onSelect(place);
      }}
    >
      <thead>
        <tr>
          <th scope="col" className="mx-corner">
            <span className="vh">{format('compat.feature')}</span>
          </th>
          {columns.map((backend, column) => (
            <EngineHead
              key={backendKey(backend)}
              backend={backend}
              column={column}
              isActive={active.row === -1 && active.column === column}
              isSelected={selected?.row === -1 && selected.column === column}
            />
          ))}
        </tr>
      </thead>
      {groups.map((group) => {
        const own = rows.flatMap((row, index) => (row.group === group ? [{ row, index }] : []));
        return own.length === 0 ? null : (
          <tbody key={group}>
            <tr className="mx-group">
              <th scope="rowgroup" colSpan={columns.length + 1}>
                {format(`compat.group.${group}`)}
              </th>
            </tr>
            {own.map(({ row, index }) => (
              <MatrixRow
                key={row.id}
                row={row}
                index={index}
                columns={columns}
                active={active.row === index ? active.column : undefined}
                selected={selected?.row === index ? selected.column : undefined}
              />
            ))}
          </tbody>
        );
      })}
    </table>
  );
};

const MatrixRow = memo(function MatrixRow({
  row,
  index,
  columns,
  active,
  selected,
}: {
  readonly row: CompatRow;
  readonly index: number;
  readonly columns: readonly Backend[];
  readonly active: number | undefined;
  readonly selected: number | undefined;
}) {
  return (
    <tr className={row.isWanted ? 'wanted' : undefined}>
      <th scope="row" className="mx-title">
        <span className="row">
          <span>{formatText(row.title)}</span>
          {row.isWanted && <span className="chip">{format('compat.used')}</span>}
        </span>
      </th>
      {columns.map((backend, column) => {
        const cell = row.cells.find((c) => backendKey(c.backend) === backendKey(backend));
        const verdict = cell?.verdict ?? 'unknown';
        const { shape, tone } = cellLook[verdict];
        return (
          <td
            key={backendKey(backend)}
            role="gridcell"
            className={selected === column ? 'mx-cell on' : 'mx-cell'}
            aria-selected={selected === column}
            tabIndex={active === column ? 0 : -1}
            data-row={index}
            data-column={column}
          >
            <span className={`st tone-${tone}`}>
              <VerdictMark shape={shape} size={14} />
              <span className="mx-word">{format(`compat.verdict.${verdict}`)}</span>
            </span>
          </td>
        );
      })}
    </tr>
  );
});
