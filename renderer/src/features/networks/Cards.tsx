// Every network as a card: kind, state, addresses, members, and what does not work the way it runs.
import { format, formatText } from '../../../../shared/i18n/format.ts';
import type { NetworkId, NetworkRow } from '../../../../shared/model/networks.ts';
import { KindIcon } from '../../components/KindCards.tsx';
import { StateMark, VerdictMark } from '../../components/marks.tsx';
import { membersOf } from '../../model/network-members.ts';
import { useVmTable } from '../../state/app-store.ts';
import { stateLook, stateWord, summaryOf } from './look.ts';

export const StateOf = ({ row }: { readonly row: NetworkRow }) => {
  const { shape, tone } = stateLook[row.status.state];
  const isQuiet = !row.network.isEnabled || row.status.state === 'idle';
  return (
    <span className={`st tone-${isQuiet ? 'off' : tone}`}>
      {isQuiet ? <StateMark state="off" /> : <VerdictMark shape={shape} size={14} />}
      {stateWord(row)}
    </span>
  );
};

export const NetworkCards = ({
  rows,
  selected,
  onSelect,
}: {
  readonly rows: readonly NetworkRow[];
  readonly selected: NetworkId | undefined;
  readonly onSelect: (id: NetworkId | undefined) => void;
}) => (
  <ul className="nw-cards" aria-label={format('networks.title')}>
    {rows.map((row) => (
      <li key={row.network.id}>
        <NetworkCard
          row={row}
          isSelected={row.network.id === selected}
          onSelect={() => onSelect(row.network.id === selected ? undefined : row.network.id)}
        />
      </li>
    ))}
  </ul>
);

const NetworkCard = ({
  row,
  isSelected,
  onSelect,
}: {
  readonly row: NetworkRow;
  readonly isSelected: boolean;
  readonly onSelect: () => void;
}) => {
  const { network, status } = row;
  const vms = useVmTable();
  const members = membersOf(network, vms);
  const limit = status.limits[0];
  return (
    <button
      type="button"
      className={isSelected ? 'nw-card on' : 'nw-card'}
      aria-pressed={isSelected}
      onClick={onSelect}
    >
      <span className="row">
        <KindIcon kind={network.kind} />
        <b className="grow cut">{network.name}</b>
        <StateOf row={row} />
      </span>
      <span className="t2">
        {format(`networks.kind.${network.kind}`)}, <span className="num">{summaryOf(network)}</span>
      </span>
      <span className="t3">{format('networks.machines', { count: members.length })}</span>
      {limit && status.state === 'up' && (
        <span className="nw-limit xs">
          <span className="tone-warn">
            <VerdictMark shape="limited" size={12} />
          </span>
          {formatText(limit)}
        </span>
      )}
    </button>
  );
};
