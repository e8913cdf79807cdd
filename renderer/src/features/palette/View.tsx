// Command palette: one field finds machines, commands of the selected machine, and places.
import {
  Grid3x3,
  HardDrive,
  Keyboard,
  Network,
  Plus,
  Search,
  Settings,
  Stethoscope,
  Monitor,
  Waypoints,
} from 'lucide-react';
import { Dialog } from 'radix-ui';
import { useEffect, useId, useMemo, useState, type KeyboardEvent } from 'react';
import { format } from '../../../../shared/i18n/format.ts';
import { useActions, type Actions } from '../../actions/actions.ts';
import { vmMenu } from '../../actions/vm-menu.tsx';
import { Keys } from '../../components/Parts.tsx';
import { useAppStore } from '../../state/app-store.ts';
import { closeDialog, goTo, openDialog, setTab, showVm, useUi } from '../../state/ui-store.ts';
import { searchEntries, type PaletteEntry } from './search.ts';

/** More than these nobody reads; typing narrows. */
const limit = 50;

const allEntries = (actions: Actions): readonly PaletteEntry[] => {
  const { state } = useAppStore.getState();
  const { selected } = useUi.getState();
  const vm = selected === undefined ? undefined : state.vms[selected];
  const own: PaletteEntry[] = vm
    ? [
        ...vmMenu(vm, state.drivers[vm.definition.driver]?.capabilities, actions)
          .flat()
          .map((item) => ({ ...item, group: 'vm' as const, aside: vm.definition.name })),
        {
          id: 'why',
          group: 'vm',
          label: format('why.button'),
          aside: vm.definition.name,
          keys: 'Ctrl Shift W',
          icon: <Waypoints size={16} />,
          run: () => openDialog({ kind: 'why', vm: vm.definition.id }),
        },
        {
          id: 'hardware',
          group: 'vm',
          label: format('palette.hardware'),
          words: format('palette.hardwareWords'),
          aside: vm.definition.name,
          keys: 'Alt 3',
          icon: <HardDrive size={16} />,
          run: () => setTab('hardware'),
        },
      ]
    : [];
  const places: PaletteEntry[] = [
    {
      id: 'new',
      group: 'go',
      label: format('list.newMachine'),
      keys: 'Ctrl N',
      icon: <Plus size={16} />,
      run: () => goTo({ kind: 'newVm' }),
    },
    {
      id: 'host',
      group: 'go',
      label: format('nav.host'),
      words: format('palette.hostWords'),
      keys: 'Ctrl 4',
      icon: <Stethoscope size={16} />,
      run: () => goTo({ kind: 'host' }),
    },
    {
      id: 'networks',
      group: 'go',
      label: format('networks.title'),
      words: format('palette.networksWords'),
      keys: 'Ctrl 2',
      icon: <Network size={16} />,
      run: () => goTo({ kind: 'networks' }),
    },
    {
      id: 'newNetwork',
      group: 'go',
      label: format('networks.new'),
      words: format('palette.networksWords'),
      icon: <Network size={16} />,
      run: () => {
        goTo({ kind: 'networks' });
        openDialog({ kind: 'newNetwork' });
      },
    },
    {
      id: 'compatibility',
      group: 'go',
      label: format('nav.compatibility'),
      words: format('palette.compatWords'),
      keys: 'Ctrl 3',
      icon: <Grid3x3 size={16} />,
      run: () => goTo({ kind: 'compatibility' }),
    },
    {
      id: 'settings',
      group: 'go',
      label: format('settings.title'),
      words: format('palette.settingsWords'),
      keys: 'Ctrl ,',
      icon: <Settings size={16} />,
      run: () => openDialog({ kind: 'settings' }),
    },
    {
      id: 'keys',
      group: 'go',
      label: format('keys.title'),
      keys: 'F1',
      icon: <Keyboard size={16} />,
      run: () => openDialog({ kind: 'keys' }),
    },
  ];
  const machines: PaletteEntry[] = Object.values(state.vms).map((row) => ({
    id: row.definition.id,
    group: 'machines',
    label: row.definition.name,
    aside: format(`power.${row.power}`),
    icon: <Monitor size={16} />,
    run: () => showVm(row.definition.id),
  }));
  return [...own, ...places, ...machines];
};

export const Palette = () => {
  const actions = useActions();
  const [query, setQuery] = useState('');
  const [active, setActive] = useState(0);
  const listId = useId();
  const entries = useMemo(() => allEntries(actions), [actions]);
  const found = useMemo(() => searchEntries(entries, query, limit), [entries, query]);
  useEffect(() => {
    document.getElementById(`${listId}-${active}`)?.scrollIntoView({ block: 'nearest' });
  }, [active, listId]);
  const run = (entry: PaletteEntry | undefined): void => {
    if (!entry) return;
    closeDialog();
    // Let the palette give focus back before the command takes it.
    setTimeout(entry.run);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      const step = event.key === 'ArrowDown' ? 1 : -1;
      setActive((active + step + found.length) % Math.max(1, found.length));
    } else if (event.key === 'Enter') {
      event.preventDefault();
      run(found[active]);
    }
  };
  return (
    <Dialog.Root open onOpenChange={(isOpen) => !isOpen && closeDialog()}>
      <Dialog.Portal>
        <Dialog.Overlay className="scrim" />
        <Dialog.Content className="dlg palette" aria-describedby={undefined}>
          <Dialog.Title className="vh">{format('palette.title')}</Dialog.Title>
          <div className="palette-field">
            <Search size={16} aria-hidden="true" />
            <input
              role="combobox"
              aria-expanded="true"
              aria-controls={listId}
              aria-activedescendant={found[active] ? `${listId}-${active}` : undefined}
              aria-label={format('top.search')}
              placeholder={format('top.search')}
              value={query}
              onChange={(event) => {
                setQuery(event.target.value);
                setActive(0);
              }}
              onKeyDown={onKeyDown}
              spellCheck={false}
            />
          </div>
          <div
            role="listbox"
            id={listId}
            aria-label={format('palette.title')}
            className="palette-list"
          >
            {found.map((entry, index) => (
              <div key={`${entry.group}-${entry.id}`} role="presentation">
                {entry.group !== found[index - 1]?.group && query === '' && (
                  <div className="palette-group" role="presentation">
                    {format(`palette.group.${entry.group}`)}
                  </div>
                )}
                <div
                  role="option"
                  id={`${listId}-${index}`}
                  aria-selected={index === active}
                  className="mi"
                  {...(index === active ? { 'data-highlighted': true } : {})}
                  onMouseMove={() => setActive(index)}
                  onClick={() => run(entry)}
                >
                  {entry.icon}
                  <span className="cut">{entry.label}</span>
                  {entry.aside !== undefined && <span className="t3 xs cut">{entry.aside}</span>}
                  {entry.keys !== undefined && (
                    <span className="end">
                      <Keys keys={entry.keys} />
                    </span>
                  )}
                </div>
              </div>
            ))}
          </div>
          {found.length === 0 && <p className="palette-none t2">{format('palette.none')}</p>}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
};
