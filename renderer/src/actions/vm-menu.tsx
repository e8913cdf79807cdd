// What can be asked of a machine now: the same rows for its menu, context menu, palette and keys.
import {
  AppWindow,
  Copy,
  FileText,
  MonitorPlay,
  Pause,
  Pencil,
  Play,
  Power,
  PowerOff,
  RotateCcw,
  Save,
  Trash2,
  Undo2,
} from 'lucide-react';
import type { ReactNode } from 'react';
import { format } from '../../../shared/i18n/format.ts';
import type { Capabilities } from '../../../shared/model/driver.ts';
import {
  allowedActions,
  displayedPower,
  isLive,
  type PowerState,
  type VmAction,
} from '../../../shared/model/power.ts';
import type { Vm } from '../../../shared/model/vm.ts';
import type { MenuGroups, MenuItem } from '../components/Menu.tsx';
import { useAppStore } from '../state/app-store.ts';
import { openDialog, showVm } from '../state/ui-store.ts';
import { openConsole, type Actions } from './actions.ts';

export const shownPower = (vm: Vm): PowerState => displayedPower(vm.power, vm.pending);

const iconOf: Readonly<Record<VmAction, ReactNode>> = {
  start: <Play size={16} />,
  pause: <Pause size={16} />,
  resume: <Play size={16} />,
  reset: <RotateCcw size={16} />,
  shutdown: <Power size={16} />,
  powerOff: <PowerOff size={16} />,
  save: <Save size={16} />,
  discardSaved: <Undo2 size={16} />,
  delete: <Trash2 size={16} />,
};
const keysOf: Partial<Record<VmAction, string>> = {
  start: 'Enter',
  pause: 'Space',
  resume: 'Space',
  delete: 'Delete',
};

/** Allowed by the state as it is shown (what was asked already is not asked again) and possible on the driver. */
export const possibleActions = (
  vm: Vm,
  capabilities: Capabilities | undefined,
): readonly VmAction[] =>
  allowedActions(shownPower(vm)).filter((action) => {
    if (vm.pending?.action === 'delete') return false;
    if (action === 'pause' || action === 'resume') return capabilities?.canPause !== false;
    if (action === 'save') return capabilities?.canSaveState !== false;
    return true;
  });

export const canOpenConsole = (vm: Vm): boolean => isLive(shownPower(vm));

const runAction = (actions: Actions, vm: Vm, action: VmAction): void => {
  const { id } = vm.definition;
  if (action === 'start') actions.start(id);
  else if (action === 'delete') openDialog({ kind: 'delete', vm: id });
  else actions.power(id, action);
};

const driverTitle = ({ definition }: Vm): string =>
  useAppStore.getState().state.drivers[definition.driver]?.title ?? definition.driver;

export const vmMenu = (
  vm: Vm,
  capabilities: Capabilities | undefined,
  actions: Actions,
): MenuGroups => {
  const { id, name } = vm.definition;
  const isReadable = vm.power !== 'damaged';
  const item = (action: VmAction): MenuItem => ({
    id: action,
    label: format(
      action !== 'delete'
        ? `action.${action}`
        : vm.power === 'damaged'
          ? 'vm.menu.forget'
          : 'vm.menu.delete',
    ),
    icon: iconOf[action],
    ...(keysOf[action] === undefined ? {} : { keys: keysOf[action] }),
    isDanger: action === 'powerOff' || action === 'delete',
    run: () => runAction(actions, vm, action),
  });
  const possible = possibleActions(vm, capabilities);
  const pick = (...wanted: readonly VmAction[]): readonly MenuItem[] =>
    wanted.filter((action) => possible.includes(action)).map(item);
  return [
    [
      ...pick('start'),
      ...(canOpenConsole(vm)
        ? [
            {
              id: 'console',
              label: format('vm.openConsole'),
              icon: <MonitorPlay size={16} />,
              keys: 'Enter',
              run: () => openConsole(id),
            },
          ]
        : []),
      ...(capabilities?.hasOwnWindow && shownPower(vm) === 'running'
        ? [
            {
              id: 'ownWindow',
              label: format('engines.ownWindow', { driver: driverTitle(vm) }),
              icon: <AppWindow size={16} />,
              run: () => void actions.attempt(actions.client.vm.openWindow({ id }), id),
            },
          ]
        : []),
    ],
    pick('pause', 'resume', 'save', 'discardSaved', 'reset'),
    pick('shutdown', 'powerOff'),
    [
      ...(isReadable
        ? [
            {
              id: 'rename',
              label: format('vm.menu.rename'),
              icon: <Pencil size={16} />,
              keys: 'F2',
              run: () => openDialog({ kind: 'rename', vm: id }),
            },
          ]
        : []),
      {
        id: 'copyName',
        label: format('vm.menu.copyName'),
        icon: <Copy size={16} />,
        run: () => void actions.client.app.copyText({ text: name }),
      },
      ...(isReadable
        ? [
            {
              id: 'log',
              label: format('vm.menu.log'),
              icon: <FileText size={16} />,
              run: () => showVm(id, 'log'),
            },
          ]
        : []),
    ],
    pick('delete'),
  ];
};

/** Stop, pause, save and reset: the menu beside the power button. */
export const powerMenu = (
  vm: Vm,
  capabilities: Capabilities | undefined,
  actions: Actions,
): MenuGroups => {
  const possible = possibleActions(vm, capabilities);
  const pick = (...wanted: readonly VmAction[]): readonly MenuItem[] =>
    wanted
      .filter((action) => possible.includes(action))
      .map((action) => ({
        id: action,
        label: format(`action.${action}`),
        icon: iconOf[action],
        isDanger: action === 'powerOff',
        run: () => runAction(actions, vm, action),
      }));
  return [pick('save', 'reset', 'discardSaved'), pick('powerOff')];
};
