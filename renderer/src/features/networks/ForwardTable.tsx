// Port forwards of every machine and network in one table: who has the port, and a way out where it is taken.
import { Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { format } from '../../../../shared/i18n/format.ts';
import { Button, IconButton } from '../../components/Button.tsx';
import { ForwardNow } from '../../components/ForwardState.tsx';
import { useMore } from '../../components/More.tsx';
import { TableHead } from '../../components/TableHead.tsx';
import { useHolders } from '../../hooks/use-port-holder.ts';
import { forwardState, portInstead, type Holder } from '../../model/forward-state.ts';
import { showListener, type ForwardRow } from '../../model/forwards.ts';
import { showVm } from '../../state/ui-store.ts';
import { NewForward } from './NewForward.tsx';
import { useForwardChanges } from './use-forwards.ts';

export const ForwardTable = () => {
  const { rows, remove, move } = useForwardChanges();
  const { shown, more } = useMore(rows);
  const holders = useHolders(shown);
  const [isAdding, setAdding] = useState(false);
  return (
    <section aria-label={format('hw.forward.title')}>
      <div className="row nw-sec-head">
        <h2 className="sec">{format('hw.forward.title')}</h2>
        <span className="t3 xs">{format('networks.forwardsOf')}</span>
        {!isAdding && (
          <Button
            size="small"
            className="end"
            icon={<Plus size={14} />}
            onClick={() => setAdding(true)}
          >
            {format('hw.forward.add')}
          </Button>
        )}
      </div>
      {isAdding && <NewForward rows={rows} onDone={() => setAdding(false)} />}
      {rows.length === 0 && !isAdding && <p className="t3">{format('networks.noForwards')}</p>}
      {rows.length > 0 && (
        <div className="table-scroll">
          <table className="table nw-table" aria-label={format('hw.forward.title')}>
            <TableHead
              titles={[
                format('hw.forward.host'),
                format('networks.leadsTo'),
                format('hw.forward.guest'),
                format('hw.forward.protocol'),
                format('topology.state'),
              ]}
            />
            <tbody>
              {shown.map((row) => (
                <OneForward
                  key={row.key}
                  row={row}
                  rows={rows}
                  holder={holders[row.key]}
                  onPort={(port) => void move(row, port)}
                  onRemove={() => void remove(row)}
                />
              ))}
            </tbody>
          </table>
          {more}
        </div>
      )}
    </section>
  );
};

const OneForward = ({
  row,
  rows,
  holder,
  onPort,
  onRemove,
}: {
  readonly row: ForwardRow;
  readonly rows: readonly ForwardRow[];
  readonly holder: Holder | undefined;
  readonly onPort: (hostPort: number) => void;
  readonly onRemove: () => void;
}) => {
  const state = forwardState(row, rows, holder);
  const other = portInstead(row, rows, state);
  const { owner } = row;
  return (
    <tr>
      <td className="mono">{showListener(row)}</td>
      <td>
        {owner.kind === 'nic' ? (
          <button type="button" className="btn link" onClick={() => showVm(owner.vm, 'hardware')}>
            {row.to}
          </button>
        ) : (
          row.to
        )}
      </td>
      <td className="num">{row.guestPort}</td>
      <td>{row.protocol.toUpperCase()}</td>
      <td>
        <ForwardNow row={row} state={state} instead={other} onPort={onPort} />
      </td>
      <td>
        <IconButton
          label={format('hw.forward.remove', { port: row.hostPort })}
          look="flat"
          size="small"
          onClick={onRemove}
        >
          <Trash2 size={14} />
        </IconButton>
      </td>
    </tr>
  );
};
