// What the tray shows, as data made from the state: running machines first, each with its state in words.
// Pure; tray.ts draws it. Two equal models mean that nothing has to be redrawn.
import { format, formatText } from '../../shared/i18n/format.ts';
import type { VmId } from '../../shared/model/brand.ts';
import {
  allowedActions,
  displayedPower,
  isLive,
  type PowerState,
  type VmAction,
} from '../../shared/model/power.ts';
import { text, type Text } from '../../shared/model/text.ts';
import type { Vm } from '../../shared/model/vm.ts';
import type { AppState } from '../../shared/state/app-state.ts';

type TrayPowerAction = Extract<
  VmAction,
  'start' | 'pause' | 'resume' | 'save' | 'shutdown' | 'powerOff'
>;

export type TrayCommand =
  | { readonly kind: 'power'; readonly vm: VmId; readonly action: TrayPowerAction }
  | { readonly kind: 'console'; readonly vm: VmId }
  | { readonly kind: 'newVm' }
  | { readonly kind: 'open' }
  | { readonly kind: 'quit' };

export type TrayItem =
  | { readonly kind: 'separator' }
  | { readonly kind: 'note'; readonly label: Text }
  | { readonly kind: 'command'; readonly label: Text; readonly command: TrayCommand }
  | { readonly kind: 'machine'; readonly label: Text; readonly items: readonly TrayItem[] };

export interface TrayModel {
  readonly tooltip: Text;
  readonly items: readonly TrayItem[];
}

/** A menu longer than a small screen helps nobody: the rest is one click away in the window. */
const maxMachines = 12;

/** One row per action in menu order; what is allowed decides which appear. */
const actionRows: readonly (readonly TrayPowerAction[])[] = [
  ['start', 'pause', 'resume'],
  ['save', 'shutdown', 'powerOff'],
];

const powerOf = (vm: Vm): PowerState => displayedPower(vm.power, vm.pending);

const labelOf = (vm: Vm, state: AppState): Text => {
  const shown = powerOf(vm);
  const words = { name: vm.definition.name, power: format(`power.${shown}`) };
  const backend = vm.engine?.backend;
  const engine =
    backend &&
    state.drivers[backend.driver]?.engines.find((candidate) => candidate.id === backend.engine);
  if (!engine || !isLive(shown)) return text('tray.vm', words);
  const key = vm.engine?.standing === 'alarm' ? 'tray.vmAlarm' : 'tray.vmOn';
  return text(key, { ...words, engine: engine.title });
};

const machineItems = (vm: Vm): readonly TrayItem[] => {
  const { id } = vm.definition;
  const shown = powerOf(vm);
  // While an action waits for its answer only the way out is offered.
  const allowed = allowedActions(shown).filter((action) => !vm.pending || action === 'powerOff');
  const console: readonly TrayItem[] =
    isLive(shown) || shown === 'saved'
      ? [{ kind: 'command', label: text('tray.console'), command: { kind: 'console', vm: id } }]
      : [];
  const [first = [], second = []] = actionRows.map((row) =>
    row
      .filter((action) => allowed.includes(action))
      .map((action): TrayItem => ({
        kind: 'command',
        label: text(`action.${action}`),
        command: { kind: 'power', vm: id, action },
      })),
  );
  const top = [...console, ...first];
  if (top.length === 0 || second.length === 0) return [...top, ...second];
  return [...top, { kind: 'separator' }, ...second];
};

const byName = (a: Vm, b: Vm): number =>
  a.definition.name.localeCompare(b.definition.name, 'en', { numeric: true });

/** Live machines, then those that need a look, then the rest by name. */
const rank = (vm: Vm): number => {
  if (isLive(powerOf(vm))) return 0;
  return vm.power === 'crashed' || vm.power === 'damaged' ? 1 : 2;
};

export const trayModel = (state: AppState): TrayModel => {
  const all = Object.values(state.vms).sort((a, b) => rank(a) - rank(b) || byName(a, b));
  const running = all.filter((vm) => isLive(powerOf(vm))).length;
  const machines = all.slice(0, maxMachines).map((vm): TrayItem => {
    const items = machineItems(vm);
    const label = labelOf(vm, state);
    return items.length === 0 ? { kind: 'note', label } : { kind: 'machine', label, items };
  });
  const rest: readonly TrayItem[] =
    all.length > maxMachines
      ? [
          {
            kind: 'command',
            label: text('tray.allMachines', { count: all.length }),
            command: { kind: 'open' },
          },
        ]
      : [];
  const none: readonly TrayItem[] =
    all.length === 0 ? [{ kind: 'note', label: text('tray.noMachines') }] : [];
  return {
    tooltip: text('tray.tooltip', { running }),
    items: [
      ...none,
      ...machines,
      ...rest,
      { kind: 'separator' },
      { kind: 'command', label: text('tray.newVm'), command: { kind: 'newVm' } },
      { kind: 'command', label: text('tray.open'), command: { kind: 'open' } },
      { kind: 'separator' },
      { kind: 'command', label: text('tray.quit'), command: { kind: 'quit' } },
    ],
  };
};

/** By value: the same menu made twice is the same. */
export const isSameTrayModel = (a: TrayModel | undefined, b: TrayModel): boolean =>
  a !== undefined && JSON.stringify(a) === JSON.stringify(b);

/** Menus read `&` as "the next letter is the shortcut": a machine's name must not. */
export const menuLabel = (label: Text): string => formatText(label).replaceAll('&', '&&');
