// Main asks the window to go somewhere or to ask something: tray, notification, second start, quitting.
import { useEffect } from 'react';
import { assertNever } from '../model/assert-never.ts';
import { useActions } from '../actions/actions.ts';
import { useBackstage } from '../bridge/context.ts';
import { goTo, openDialog, showVm } from '../state/ui-store.ts';

export const useNavigation = (): void => {
  const { subscribe } = useBackstage();
  const { showFailure } = useActions();
  useEffect(() => {
    const stops = [
      subscribe('app', 'navigate', (target) => {
        switch (target.to) {
          case 'vm':
            return showVm(target.id, target.tab);
          case 'newVm':
            return goTo({
              kind: 'newVm',
              ...(target.path === undefined ? {} : { path: target.path }),
            });
          case 'host':
            return goTo({ kind: 'host' });
          case 'compatibility':
            return goTo({ kind: 'compatibility' });
          case 'networks':
            return goTo({ kind: 'networks' });
          case 'why':
            showVm(target.id, 'overview');
            return openDialog({ kind: 'why', vm: target.id });
          case 'failure':
            showVm(target.id, 'overview');
            return showFailure(target.error, target.id);
          default:
            return assertNever(target);
        }
      }),
      subscribe('app', 'quitAsked', ({ running }) => openDialog({ kind: 'quit', running })),
    ];
    return () => stops.forEach((stop) => stop());
  }, [subscribe, showFailure]);
};
