// Top bar: product, search, notes about the host, tasks, main menu.
import {
  Grid3x3,
  Keyboard,
  Menu as MenuIcon,
  Plus,
  Search,
  Settings,
  Stethoscope,
} from 'lucide-react';
import { format } from '../../../shared/i18n/format.ts';
import { Menu } from '../components/Menu.tsx';
import { AttentionMark, ProductMark } from '../components/marks.tsx';
import { Keys } from '../components/Parts.tsx';
import { JobsButton } from '../features/jobs/View.tsx';
import { needsLook, useHostNotes } from '../state/app-store.ts';
import { goTo, openDialog } from '../state/ui-store.ts';

export const TopBar = () => {
  return (
    <header className="bar">
      <span className="brand">
        <ProductMark />
        <span>{format('app.name')}</span>
      </span>
      <button type="button" className="find" onClick={() => openDialog({ kind: 'palette' })}>
        <Search size={16} />
        <span className="cut">{format('top.search')}</span>
        <Keys keys="Ctrl K" />
      </button>
      <HostNotes />
      <JobsButton />
      <Menu
        groups={[
          [
            {
              id: 'new',
              label: format('list.newMachine'),
              icon: <Plus size={16} />,
              keys: 'Ctrl N',
              run: () => goTo({ kind: 'newVm' }),
            },
          ],
          [
            {
              id: 'host',
              label: format('nav.host'),
              icon: <Stethoscope size={16} />,
              keys: 'Ctrl 4',
              run: () => goTo({ kind: 'host' }),
            },
            {
              id: 'compatibility',
              label: format('nav.compatibility'),
              icon: <Grid3x3 size={16} />,
              keys: 'Ctrl 3',
              run: () => goTo({ kind: 'compatibility' }),
            },
            {
              id: 'settings',
              label: format('settings.title'),
              icon: <Settings size={16} />,
              keys: 'Ctrl ,',
              run: () => openDialog({ kind: 'settings' }),
            },
            {
              id: 'keys',
              label: format('keys.title'),
              icon: <Keyboard size={16} />,
              keys: 'F1',
              run: () => openDialog({ kind: 'keys' }),
            },
          ],
        ]}
      >
        <button type="button" className="btn ico flat" aria-label={format('top.menu')}>
          <MenuIcon size={16} />
        </button>
      </Menu>
    </header>
  );
};

const HostNotes = () => {
  const count = useHostNotes(needsLook);
  if (count === 0) return null;
  return (
    <button
      type="button"
      className="btn flat bar-host"
      onClick={() => goTo({ kind: 'host' })}
      aria-label={format('top.hostNotes', { count })}
    >
      <span className="tone-warn" style={{ display: 'contents' }}>
        <AttentionMark />
      </span>
      <span>{format('top.hostNotes', { count })}</span>
    </button>
  );
};
