// Keys of the whole window. The console takes every key while it has the keyboard, so these never reach it there.
import { useEffect } from 'react';
import { format } from '../../../shared/i18n/format.ts';
import type { Actions } from '../actions/actions.ts';
import { useAppStore } from '../state/app-store.ts';
import { goTo, openDialog, setTab, showToast, useUi, type DetailTab } from '../state/ui-store.ts';
import { vmAddress } from '../model/address.ts';
import { tabsOf } from '../model/tabs.ts';
import { focusNextPane } from './panes.ts';

/** `Alt 3` is the third tab the machine has. */
const tabOfDigit = (code: string, selected: string | undefined): DetailTab | undefined => {
  const digit = /^Digit([1-9])$/.exec(code)?.[1];
  if (digit === undefined || selected === undefined) return undefined;
  const { vms, drivers } = useAppStore.getState().state;
  const vm = vms[selected];
  return tabsOf(vm, vm && drivers[vm.definition.driver]?.capabilities)[Number(digit) - 1];
};

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/** The guest has the keyboard while focus is inside an element marked with data-guest-keys. */
const isGuestKeys = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest('[data-guest-keys]') !== null;

export const useShortcuts = (actions: Actions): void => {
  useEffect(() => {
    const focusSearch = (): void => {
      // A page with a search of its own keeps it; everywhere else the list of machines is meant.
      if (useUi.getState().page.kind !== 'compatibility')
        useUi.setState({ page: { kind: 'machines' }, pane: 'list' });
      setTimeout(() => document.querySelector<HTMLInputElement>('[data-search]')?.focus());
    };
    const onKey = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || isGuestKeys(event.target)) return;
      const ui = useUi.getState();
      const has = {
        ctrl: event.ctrlKey && !event.altKey && !event.metaKey,
        alt: event.altKey && !event.ctrlKey && !event.metaKey,
        shift: event.shiftKey,
        none: !event.ctrlKey && !event.altKey && !event.metaKey,
      };
      const key = event.key.toLowerCase();
      const does = (act: () => void): void => {
        event.preventDefault();
        act();
      };
      if ((has.ctrl && key === 'k') || (has.ctrl && has.shift && key === 'p'))
        return does(() => openDialog({ kind: 'palette' }));
      if (key === 'f1' || (has.ctrl && (key === '?' || (has.shift && key === '/'))))
        return does(() => openDialog({ kind: 'keys' }));
      if (ui.dialog) return;
      if (key === 'f6') return does(() => focusNextPane(has.shift ? -1 : 1));
      if (has.ctrl && !has.shift) {
        if (key === 'n') return does(() => goTo({ kind: 'newVm' }));
        if (key === 'f') return does(focusSearch);
        if (key === ',') return does(() => openDialog({ kind: 'settings' }));
        if (event.code === 'Digit1') return does(() => goTo({ kind: 'machines' }));
        if (event.code === 'Digit2') return does(() => goTo({ kind: 'networks' }));
        if (event.code === 'Digit3') return does(() => goTo({ kind: 'compatibility' }));
        if (event.code === 'Digit4') return does(() => goTo({ kind: 'host' }));
      }
      if (has.ctrl && has.shift && ui.selected !== undefined) {
        const vm = ui.selected;
        if (key === 'w') return does(() => openDialog({ kind: 'why', vm }));
        if (key === 'c')
          return does(() => {
            const address = vmAddress(useAppStore.getState().state.vms[vm]);
            if (address === undefined) return showToast(format('address.none'));
            void actions
              .attempt(actions.client.app.copyText({ text: address }))
              .then(() => showToast(format('address.copied', { address })));
          });
      }
      if (has.alt) {
        const tab = tabOfDigit(event.code, ui.selected);
        if (tab && ui.page.kind === 'machines') return does(() => setTab(tab));
        if (key === 'arrowleft') return does(goBack);
      }
      if (isTyping(event.target) || !has.none) return;
      if (key === '/') return does(focusSearch);
      if (key === 'escape' && (ui.page.kind !== 'machines' || ui.pane === 'detail'))
        return does(goBack);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [actions]);
};

const goBack = (): void => {
  const { page } = useUi.getState();
  if (page.kind === 'machines') useUi.setState({ pane: 'list' });
  else if (page.kind === 'networks' && page.network !== undefined) goTo({ kind: 'networks' });
  else goTo({ kind: 'machines' });
};
