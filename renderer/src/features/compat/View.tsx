// Compatibility: what every engine can do on this computer, or for one machine; each cell explains itself.
import { RefreshCw } from 'lucide-react';
import { useMemo, useRef, useState } from 'react';
import { format } from '../../../../shared/i18n/format.ts';
import type { VmId } from '../../../../shared/model/brand.ts';
import type { CompatCell } from '../../../../shared/model/compat-table.ts';
import { backendKey, type Backend } from '../../../../shared/model/driver.ts';
import { useActions } from '../../actions/actions.ts';
import { Button } from '../../components/Button.tsx';
import { SearchField } from '../../components/SearchField.tsx';
import { CheckRow, SelectField } from '../../components/Form.tsx';
import { VerdictMark } from '../../components/marks.tsx';
import { ErrorCard } from '../../errors/ErrorCard.tsx';
import { useCompatRows } from '../../hooks/use-compat-rows.ts';
import { cellLook } from '../../model/verdict-look.ts';
import { visibleVms } from '../../model/vm-order.ts';
import { useAppStore, useHostNotes, useVm, useVmTable } from '../../state/app-store.ts';
import { goTo } from '../../state/ui-store.ts';
import { Matrix } from './Matrix.tsx';
import { CellPanel, EnginePanel } from './Panel.tsx';
import { columnsOf, filterRows, noFilter, type Place, type TableFilter } from './table.ts';

const verdicts: readonly CompatCell['verdict'][] = ['yes', 'limited', 'needs', 'no', 'unknown'];
const thisComputer = 'host';

export const CompatView = ({ vm }: { readonly vm: VmId | undefined }) => {
  const actions = useActions();
  const machine = useVm(vm)?.definition;
  const { rows, error } = useCompatRows(machine?.id);
  const engines = useAppStore((s) => s.state.engines);
  const isLooking = useHostNotes((check) => check.verdict === 'running') > 0;
  const [filter, setFilter] = useState<TableFilter>(noFilter);
  const [active, setActive] = useState<Place>({ row: 0, column: 0 });
  const [selected, setSelected] = useState<Place>();
  const page = useRef<HTMLDivElement>(null);
  const change = (part: Partial<TableFilter>): void => {
    setFilter((now) => ({ ...now, ...part }));
    setActive({ row: 0, column: 0 });
    setSelected(undefined);
  };

  const columns = useMemo(() => columnsOf(rows ?? []), [rows]);
  const shown = useMemo(() => {
    const isUsable = (backend: Backend): boolean =>
      engines[backendKey(backend)]?.standing !== 'unusable';
    const wanted = machine ? filter : { ...filter, onlyWanted: false };
    return filterRows(rows ?? [], wanted, isUsable);
  }, [rows, filter, engines, machine]);
  const here: Place = { ...active, row: Math.min(active.row, shown.length - 1) };
  const backend = selected && columns[selected.column];
  const row = selected && shown[selected.row];

  const close = (): void => {
    setSelected(undefined);
    // What was explained gets the focus back.
    page.current?.querySelector<HTMLElement>('[data-row][tabindex="0"]')?.focus();
  };

  return (
    <main className="main wide" data-pane="detail">
      <div className="page mx-page" ref={page}>
        <header className="ph mx-top">
          <div className="head">
            <h1 className="grow">{format('compat.title')}</h1>
            <MachineChoice vm={machine?.id} />
            <Button
              icon={<RefreshCw size={16} className={isLooking ? 'turning' : ''} />}
              disabled={isLooking}
              onClick={() => void actions.attempt(actions.client.host.recheck({}))}
            >
              {format(isLooking ? 'hostPage.looking' : 'hostPage.lookAgain')}
            </Button>
          </div>
          <p className="lead">
            {machine ? format('compat.leadMachine', { name: machine.name }) : format('compat.lead')}
          </p>
          <div className="mx-tools">
            <Filter query={filter.query} onChange={(query) => change({ query })} />
            <CheckRow
              label={format('compat.onlyDiffering')}
              isOn={filter.onlyDiffering}
              onChange={(onlyDiffering) => change({ onlyDiffering })}
            />
            {machine && (
              <CheckRow
                label={format('compat.onlyUsed')}
                isOn={filter.onlyWanted}
                onChange={(onlyWanted) => change({ onlyWanted })}
              />
            )}
            <Legend />
          </div>
        </header>
        {error && (
          <div className="body">
            <ErrorCard
              error={error}
              hasVm={false}
              onAction={(action) => actions.handleError(action, undefined)}
            />
          </div>
        )}
        {rows?.length === 0 && <p className="body t2">{format('compat.empty')}</p>}
        {rows && rows.length > 0 && (
          <div className={backend ? 'mx-split open' : 'mx-split'}>
            <div className="mx-scroll">
              <Matrix
                rows={shown}
                columns={columns}
                active={here}
                selected={selected}
                onMove={(place) => {
                  setActive(place);
                  setSelected((now) => now && place);
                }}
                onSelect={(place) => {
                  if (place) setActive(place);
                  setSelected(place);
                }}
              />
              {shown.length === 0 && (
                <div className="lempty mx-none" role="status">
                  <p>{format('compat.noMatch')}</p>
                  <Button size="small" onClick={() => change(noFilter)}>
                    {format('list.clearFilter')}
                  </Button>
                </div>
              )}
            </div>
            {backend &&
              (selected.row === -1 ? (
                <EnginePanel backend={backend} onClose={close} />
              ) : (
                row && (
                  <CellPanel row={row} backend={backend} machine={machine?.name} onClose={close} />
                )
              ))}
          </div>
        )}
      </div>
    </main>
  );
};

const MachineChoice = ({ vm }: { readonly vm: VmId | undefined }) => {
  const vms = useVmTable();
  const options = useMemo(
    () => [
      { value: thisComputer, label: format('nav.thisComputer') },
      ...visibleVms(vms, 'all', '').map((id) => ({
        value: String(id),
        label: vms[id]?.definition.name ?? id,
      })),
    ],
    [vms],
  );
  return (
    <div className="mx-machine">
      <SelectField
        label={format('compat.for')}
        value={vm ?? thisComputer}
        options={options}
        onChange={(value) => {
          const id = vms[value]?.definition.id;
          goTo({ kind: 'compatibility', ...(id === undefined ? {} : { vm: id }) });
        }}
      />
    </div>
  );
};

const Filter = ({
  query,
  onChange,
}: {
  readonly query: string;
  readonly onChange: (query: string) => void;
}) => (
  <SearchField
    className="mx-search"
    label={format('compat.search')}
    query={query}
    onChange={onChange}
    onKeyDown={(event) => {
      if (event.key !== 'Escape' || query === '') return;
      event.preventDefault();
      onChange('');
    }}
  />
);

const Legend = () => (
  <ul className="mx-legend xs t2" aria-label={format('compat.legend')}>
    {verdicts.map((verdict) => (
      <li key={verdict} className="row">
        <span className={`st tone-${cellLook[verdict].tone}`}>
          <VerdictMark shape={cellLook[verdict].shape} size={14} />
        </span>
        {format(`compat.verdict.${verdict}`)}
      </li>
    ))}
  </ul>
);
