// A list that grows row by row: reservations, names, VLANs of a network.
import { Plus, X } from 'lucide-react';
import { useId } from 'react';
import { format } from '../../../../shared/i18n/format.ts';
import { Button, IconButton } from '../../components/Button.tsx';
import type { Problems, Row } from './draft.ts';

export interface Column {
  readonly label: string;
  /** Name in the schema; a problem is told under the cell. */
  readonly field: string;
  readonly placeholder?: string;
  readonly isMono?: boolean;
}

export const Rows = ({
  title,
  field,
  help,
  add,
  columns,
  rows,
  problems,
  onChange,
}: {
  readonly title: string;
  readonly field: string;
  readonly help: string;
  readonly add: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  readonly problems: Problems;
  readonly onChange: (rows: readonly Row[]) => void;
}) => {
  const id = useId();
  const set = (index: number, column: number, value: string): void =>
    onChange(
      rows.map((row, at) =>
        at === index ? columns.map((_, c) => (c === column ? value : (row[c] ?? ''))) : row,
      ),
    );
  return (
    <div className="nw-rows" role="group" aria-label={title}>
      <div className="row">
        <p className="help grow">{help}</p>
        <Button
          size="small"
          icon={<Plus size={14} />}
          onClick={() => onChange([...rows, columns.map(() => '')])}
        >
          {add}
        </Button>
      </div>
      {rows.map((row, index) => (
        // Rows have no name of their own; they are only added at the end and taken out.
        <div key={index} className="nw-row" data-columns={columns.length}>
          {columns.map((column, c) => {
            const problem = problems[`${field}.${index}.${column.field}`];
            return (
              <div key={column.field} className="field">
                <input
                  className={column.isMono ? 'input mono' : 'input'}
                  aria-label={`${column.label}, ${index + 1}`}
                  placeholder={column.placeholder ?? column.label}
                  value={row[c] ?? ''}
                  spellCheck={false}
                  autoComplete="off"
                  aria-invalid={problem !== undefined}
                  aria-describedby={problem === undefined ? undefined : `${id}-${index}-${c}`}
                  onChange={(event) => set(index, c, event.target.value)}
                />
                {problem !== undefined && (
                  <div id={`${id}-${index}-${c}`} className="help bad" role="alert">
                    {problem}
                  </div>
                )}
              </div>
            );
          })}
          <IconButton
            label={format('networks.rows.remove', { number: index + 1 })}
            look="flat"
            onClick={() => onChange(rows.filter((_, at) => at !== index))}
          >
            <X size={16} />
          </IconButton>
        </div>
      ))}
    </div>
  );
};
