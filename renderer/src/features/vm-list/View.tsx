// The list of machines: virtualised, one tab stop, arrows inside. Filter and search narrow it.
import { useVirtualizer } from '@tanstack/react-virtual';
import { Plus } from 'lucide-react';
import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { format } from '../../../../shared/i18n/format.ts';
import { openConsole, useActions } from '../../actions/actions.ts';
import { canOpenConsole, possibleActions } from '../../actions/vm-menu.tsx';
import { Button } from '../../components/Button.tsx';
import { SearchField } from '../../components/SearchField.tsx';
import { findTyped } from '../../model/find-typed.ts';
import { visibleVms } from '../../model/vm-order.ts';
import { useAppStore, useVmTable } from '../../state/app-store.ts';
import { goTo, openDialog, select, useUi } from '../../state/ui-store.ts';
import { listIntent } from './keys.ts';
import { VmRow, rowDomId } from './Row.tsx';

/** Same as --row; rows grow with the desktop's text size. */
const rowRem = 3.0625;
const rowHeightPx = (): number => {
  const root = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
  return Math.round(rowRem * (Number.isFinite(root) ? root : 16));
};
/** Letters typed faster than this belong to one word. */
const typingGapMs = 1000;

export const VmListView = () => {
  const vms = useVmTable();
  const { filter, query, selected } = useUi();
  const ids = useMemo(() => visibleVms(vms, filter, query), [vms, filter, query]);
  const actions = useActions();
  const [rowHeight] = useState(rowHeightPx);
  const scroller = useRef<HTMLDivElement>(null);
  const typing = useRef({ text: '', at: -Infinity });

  const rows = useVirtualizer({
    count: ids.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 6,
    getItemKey: (index) => ids[index] ?? index,
    initialRect: { width: 360, height: 800 },
  });
  const index = selected === undefined ? -1 : ids.indexOf(selected);

  useEffect(() => {
    if (index >= 0) rows.scrollToIndex(index, { align: 'auto' });
    // Only a changed selection scrolls; a patch that moves rows must not.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [selected]);

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.target !== event.currentTarget) return;
    const now = event.timeStamp;
    const typed = now - typing.current.at < typingGapMs ? typing.current.text : '';
    const intent = listIntent(
      { key: event.key, hasModifier: event.ctrlKey || event.altKey || event.metaKey },
      {
        index,
        count: ids.length,
        pageSize: Math.max(
          1,
          Math.floor((scroller.current?.clientHeight ?? rowHeight) / rowHeight) - 1,
        ),
      },
      typed,
    );
    if (intent.kind === 'none') return;
    event.preventDefault();
    const table = useAppStore.getState().state;
    const vm = selected === undefined ? undefined : table.vms[selected];
    const possible = vm
      ? possibleActions(vm, table.drivers[vm.definition.driver]?.capabilities)
      : [];
    switch (intent.kind) {
      case 'select': {
        select(ids[intent.index]);
        return;
      }
      case 'type': {
        typing.current = { text: intent.text, at: now };
        const names = ids.map((id) => table.vms[id]?.definition.name ?? '');
        const found = findTyped(names, intent.text, index);
        if (found >= 0) select(ids[found]);
        return;
      }
      case 'activate': {
        if (!vm) return;
        if (possible.includes('start')) actions.start(vm.definition.id);
        else if (canOpenConsole(vm)) openConsole(vm.definition.id);
        return;
      }
      case 'pauseResume': {
        if (!vm) return;
        if (possible.includes('pause')) actions.power(vm.definition.id, 'pause');
        else if (possible.includes('resume')) actions.power(vm.definition.id, 'resume');
        return;
      }
      case 'rename': {
        if (vm) openDialog({ kind: 'rename', vm: vm.definition.id });
        return;
      }
      case 'delete': {
        if (vm && possible.includes('delete')) openDialog({ kind: 'delete', vm: vm.definition.id });
      }
    }
  };

  const visible = rows.getVirtualItems();
  const isSelectedShown = visible.some((item) => ids[item.index] === selected);
  return (
    <section className="vmlist" aria-label={format('list.region')} data-pane="list">
      <div className="ltool">
        <h2>{format(`nav.${filter}`)}</h2>
        <span className="t3 num grow">{ids.length}</span>
        <Button look="primary" icon={<Plus size={16} />} onClick={() => goTo({ kind: 'newVm' })}>
          {format('list.new')}
        </Button>
      </div>
      <SearchField
        label={format('list.search')}
        query={query}
        onChange={(next) => useUi.setState({ query: next })}
        onKeyDown={(event) => {
          if (event.key === 'Escape') {
            event.stopPropagation();
            useUi.setState({ query: '' });
            scroller.current?.focus();
          }
          if (event.key === 'ArrowDown' || event.key === 'Enter') {
            event.preventDefault();
            if (index < 0) select(ids[0]);
            scroller.current?.focus();
          }
        }}
      />
      <div
        ref={scroller}
        className="lbody"
        role="grid"
        aria-label={format('list.grid')}
        aria-rowcount={ids.length}
        aria-activedescendant={
          isSelectedShown && selected !== undefined ? rowDomId(selected) : undefined
        }
        tabIndex={0}
        onKeyDown={onKeyDown}
        data-pane-focus
      >
        <div role="rowgroup" style={{ height: rows.getTotalSize(), position: 'relative' }}>
          {visible.map((item) => {
            const id = ids[item.index];
            return id === undefined ? null : (
              <VmRow
                key={id}
                id={id}
                index={item.index}
                isSelected={id === selected}
                style={{ transform: `translateY(${item.start}px)` }}
              />
            );
          })}
        </div>
      </div>
      {ids.length === 0 && <NoMatch />}
    </section>
  );
};

const NoMatch = () => {
  const { filter, query } = useUi();
  const isFiltered = query !== '' || filter !== 'all';
  return (
    <div className="lempty" role="status">
      <p>{format(isFiltered ? 'list.noMatch' : 'list.empty')}</p>
      {isFiltered && (
        <Button size="small" onClick={() => useUi.setState({ query: '', filter: 'all' })}>
          {format('list.clearFilter')}
        </Button>
      )}
    </div>
  );
};
