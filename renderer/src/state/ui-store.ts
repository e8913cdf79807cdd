// What the window itself is about: place, selection, filter, dialogs, toast. Never domain facts.
import { create } from 'zustand';
import type { AppError } from '../../../shared/contract/errors.ts';
import type { EngineId, VmId } from '../../../shared/model/brand.ts';
import type { NetworkId, NetworkKind } from '../../../shared/model/networks.ts';

export type Page =
  | { readonly kind: 'machines' }
  | { readonly kind: 'newVm'; readonly path?: string }
  | { readonly kind: 'compatibility'; readonly vm?: VmId }
  /** `network`: the one whose panel is open. */
  | { readonly kind: 'networks'; readonly network?: NetworkId }
  | { readonly kind: 'host' };
export type ListFilter = 'all' | 'running' | 'attention';
export type DetailTab = 'overview' | 'console' | 'hardware' | 'snapshots' | 'log';

/** How a start was asked for; kept by dialogs that ask again. */
export interface StartOptions {
  readonly engine?: EngineId | undefined;
  readonly hasConsent?: boolean | undefined;
}

export type OpenDialog =
  | { readonly kind: 'settings' }
  | { readonly kind: 'keys' }
  | { readonly kind: 'palette' }
  | { readonly kind: 'delete'; readonly vm: VmId }
  | { readonly kind: 'rename'; readonly vm: VmId }
  | { readonly kind: 'why'; readonly vm: VmId }
  | { readonly kind: 'switch'; readonly vm: VmId; readonly engine: EngineId }
  | { readonly kind: 'automatic'; readonly vm: VmId }
  /** An encrypted machine: what was asked goes on once it is open. */
  | { readonly kind: 'unlock'; readonly vm: VmId; readonly start: StartOptions }
  /** A new network, of that kind if one was named. */
  | { readonly kind: 'newNetwork'; readonly of?: NetworkKind }
  | { readonly kind: 'editNetwork'; readonly network: NetworkId }
  | { readonly kind: 'removeNetwork'; readonly network: NetworkId }
  | { readonly kind: 'setUpNetwork'; readonly network: NetworkId }
  | { readonly kind: 'quit'; readonly running: readonly VmId[] }
  | {
      readonly kind: 'consent';
      readonly vm: VmId;
      readonly start: StartOptions;
      readonly error: AppError;
    }
  | { readonly kind: 'error'; readonly error: AppError; readonly vm?: VmId };

export interface Toast {
  readonly id: number;
  readonly tone: 'info' | 'warn';
  readonly text: string;
}

interface Ui {
  readonly page: Page;
  readonly filter: ListFilter;
  readonly query: string;
  readonly selected: VmId | undefined;
  readonly tab: DetailTab;
  /** Which pane a narrow window shows. */
  readonly pane: 'list' | 'detail';
  readonly dialog: OpenDialog | undefined;
  readonly toast: Toast | undefined;
  readonly areTasksOpen: boolean;
}

export const useUi = create<Ui>(() => ({
  page: { kind: 'machines' },
  filter: 'all',
  query: '',
  selected: undefined,
  tab: 'overview',
  pane: 'list',
  dialog: undefined,
  toast: undefined,
  areTasksOpen: false,
}));

export const goTo = (page: Page): void => useUi.setState({ page });
export const select = (id: VmId | undefined): void => useUi.setState({ selected: id });
/** Shows a machine: page, selection, tab and, in a narrow window, the detail pane. */
export const showVm = (id: VmId, tab: DetailTab = useUi.getState().tab): void =>
  useUi.setState({ page: { kind: 'machines' }, selected: id, tab, pane: 'detail' });
export const setTab = (tab: DetailTab): void => useUi.setState({ tab });
/** What was said before would lie over its buttons. */
export const openDialog = (dialog: OpenDialog): void =>
  useUi.setState({ dialog, toast: undefined });
export const closeDialog = (): void => useUi.setState({ dialog: undefined });

let toastCount = 0;
export const showToast = (text: string, tone: Toast['tone'] = 'info'): void => {
  toastCount += 1;
  useUi.setState({ toast: { id: toastCount, tone, text } });
};
