// Sidebar: filters of the list with their counts, this computer, and what it has.
import { CirclePlay, Grid3x3, Monitor, Network, Stethoscope, TriangleAlert } from 'lucide-react';
import { useMemo, type ReactNode } from 'react';
import { format } from '../../../shared/i18n/format.ts';
import { AttentionMark } from '../components/marks.tsx';
import { showBytes, showMib } from '../components/units.ts';
import { countVms } from '../model/vm-order.ts';
import { needsLook, useAppStore, useHost, useHostNotes, useVmTable } from '../state/app-store.ts';
import { goTo, useUi, type ListFilter } from '../state/ui-store.ts';

const icons: Readonly<Record<ListFilter, ReactNode>> = {
  all: <Monitor size={16} />,
  running: <CirclePlay size={16} />,
  attention: <TriangleAlert size={16} />,
};
const filters: readonly ListFilter[] = ['all', 'running', 'attention'];

export const Sidebar = () => {
  const vms = useVmTable();
  const counts = useMemo(() => countVms(vms), [vms]);
  const page = useUi((s) => s.page.kind);
  const filter = useUi((s) => s.filter);
  const notes = useHostNotes(needsLook);
  const networks = useAppStore((s) => Object.keys(s.state.networks).length);
  return (
    <nav className="side" aria-label={format('nav.region')}>
      {filters.map((name) => (
        <button
          key={name}
          type="button"
          className="nav"
          title={format(`nav.${name}`)}
          // On the rail only the number is drawn: it must not be the button's whole name.
          aria-label={`${format(`nav.${name}`)} ${counts[name]}`}
          aria-current={page === 'machines' && filter === name ? 'page' : undefined}
          onClick={() => useUi.setState({ filter: name, page: { kind: 'machines' }, pane: 'list' })}
        >
          {icons[name]}
          <span>{format(`nav.${name}`)}</span>
          <span className={name === 'attention' && counts.attention > 0 ? 'n warn' : 'n'}>
            {name === 'attention' && counts.attention > 0 && <AttentionMark size={14} />}
            {counts[name]}
          </span>
        </button>
      ))}
      <h2>{format('nav.thisComputer')}</h2>
      <button
        type="button"
        className="nav"
        title={format('networks.title')}
        aria-label={`${format('networks.title')} ${networks}`}
        aria-current={page === 'networks' ? 'page' : undefined}
        onClick={() => goTo({ kind: 'networks' })}
      >
        <Network size={16} />
        <span>{format('networks.title')}</span>
        <span className="n">{networks}</span>
      </button>
      <button
        type="button"
        className="nav"
        title={format('nav.compatibility')}
        aria-label={format('nav.compatibility')}
        aria-current={page === 'compatibility' ? 'page' : undefined}
        onClick={() => goTo({ kind: 'compatibility' })}
      >
        <Grid3x3 size={16} />
        <span>{format('nav.compatibility')}</span>
      </button>
      <button
        type="button"
        className="nav"
        title={format('nav.host')}
        aria-label={notes > 0 ? `${format('nav.host')} ${notes}` : format('nav.host')}
        aria-current={page === 'host' ? 'page' : undefined}
        onClick={() => goTo({ kind: 'host' })}
      >
        <Stethoscope size={16} />
        <span>{format('nav.host')}</span>
        {notes > 0 && (
          <span className="n warn">
            <AttentionMark size={14} />
            {notes}
          </span>
        )}
      </button>
      <HostCard />
    </nav>
  );
};

const HostCard = () => {
  const host = useHost();
  if (!host) return null;
  return (
    <div className="hostc">
      <b className="cut" title={`${host.distribution}, ${host.kernel}`}>
        {host.hostname}
      </b>
      <dl>
        <dt>{format('fact.processors')}</dt>
        <dd>{host.cpus}</dd>
        <dt>{format('fact.memory')}</dt>
        <dd>{showMib(host.memoryMiB)}</dd>
        <dt>{format('fact.freeDisk')}</dt>
        <dd>{showBytes(host.freeBytes)}</dd>
      </dl>
    </div>
  );
};
