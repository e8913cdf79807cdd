// Networks: every network with its state and members, a picture of how machines hang together, all port forwards.
import { Plus } from 'lucide-react';
import { useMemo, useRef } from 'react';
import { format } from '../../../../shared/i18n/format.ts';
import type { NetworkId } from '../../../../shared/model/networks.ts';
import { Button } from '../../components/Button.tsx';
import { byName } from '../../model/vm-order.ts';
import { useAppStore } from '../../state/app-store.ts';
import { goTo, openDialog } from '../../state/ui-store.ts';
import { NetworkCards } from './Cards.tsx';
import { ForwardTable } from './ForwardTable.tsx';
import { NetworkPanel } from './Panel.tsx';
import { TopologySection } from './TopologySection.tsx';

const select = (network: NetworkId | undefined): void =>
  goTo({ kind: 'networks', ...(network === undefined ? {} : { network }) });

export const NetworksView = ({ selected }: { readonly selected: NetworkId | undefined }) => {
  const table = useAppStore((s) => s.state.networks);
  const page = useRef<HTMLDivElement>(null);
  const rows = useMemo(
    () => Object.values(table).sort((a, b) => byName(a.network.name, b.network.name)),
    [table],
  );
  const row = selected === undefined ? undefined : table[selected];
  const close = (): void => {
    // What was explained gets the focus back.
    page.current?.querySelector<HTMLElement>('.nw-card.on')?.focus();
    select(undefined);
  };
  return (
    <main className="main wide" data-pane="detail">
      <div
        className="page"
        ref={page}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || event.defaultPrevented || !row) return;
          event.preventDefault();
          close();
        }}
      >
        <header className="ph nw-top">
          <div className="head">
            <h1 className="grow">{format('networks.title')}</h1>
            <Button
              look={rows.length === 0 ? 'primary' : 'default'}
              icon={<Plus size={16} />}
              onClick={() => openDialog({ kind: 'newNetwork' })}
            >
              {format('networks.add')}
            </Button>
          </div>
          <p className="lead">
            {rows.length === 0
              ? format('networks.leadEmpty')
              : format('networks.lead', {
                  networks: rows.length,
                  up: rows.filter(({ status }) => status.state === 'up').length,
                })}
          </p>
        </header>
        <div className={row ? 'nw-split open' : 'nw-split'}>
          <div className="body nw-body" tabIndex={-1}>
            {rows.length > 0 && <NetworkCards rows={rows} selected={selected} onSelect={select} />}
            <TopologySection selected={selected} onSelect={select} />
            <ForwardTable />
          </div>
          {row && <NetworkPanel key={row.network.id} row={row} onClose={close} />}
        </div>
      </div>
    </main>
  );
};
