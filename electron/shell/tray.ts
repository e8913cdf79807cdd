// Draws the tray with Electron and runs what is clicked through the same commands as the window.
// Exists only while the desktop has a tray host and the settings want it; main.ts starts it once.
import { Menu, nativeImage, Tray, type MenuItemConstructorOptions } from 'electron';
import { isFailure } from '../../shared/contract/errors.ts';
import { formatText } from '../../shared/i18n/format.ts';
import type { App } from '../app-types.ts';
import type { TrayHostWatcher } from './tray-host.ts';
import {
  isSameTrayModel,
  menuLabel,
  trayModel,
  type TrayCommand,
  type TrayItem,
  type TrayModel,
} from './tray-menu.ts';

/** What the tray and the notifications need from the window's owner. */
export interface WindowPort {
  /** Shows and focuses the window, making it if there is none. Resolves when its page listens for topics. */
  readonly show: () => Promise<void>;
  /** The way out with its question about running machines. */
  readonly quit: () => void;
  /** True while a person can see and use the window. */
  readonly isFocused: () => boolean;
  /** True while there is a window that closing has hidden. */
  readonly isHidden: () => boolean;
}

export interface TrayHandle {
  /** True while an icon stands in a tray: only then may closing the window hide it. */
  readonly isShown: () => boolean;
  readonly dispose: () => void;
}

/** State changes come in bursts; the menu follows at most this often. */
const redrawAfterMs = 60;
/** A panel that restarts is back within a second or two; one that stays away must not keep the window. */
const hostBackWithinMs = 3000;

/** A start may need an answer (consent, a password), anything may fail: both are the window's to show. */
const power = async (
  app: App,
  window: WindowPort,
  { vm, action }: Extract<TrayCommand, { kind: 'power' }>,
): Promise<void> => {
  const { phase, error } = await app.commands.jobEnded(app.commands.power(vm, action));
  if (phase !== 'failed' || !error) return;
  await window.show();
  app.send('app', 'navigate', { to: 'failure', id: vm, error });
};

const runCommand = async (app: App, window: WindowPort, command: TrayCommand): Promise<void> => {
  switch (command.kind) {
    case 'power':
      await power(app, window, command);
      return;
    case 'console':
      await window.show();
      app.send('app', 'navigate', { to: 'vm', id: command.vm, tab: 'console' });
      return;
    case 'newVm':
      await window.show();
      app.send('app', 'navigate', { to: 'newVm' });
      return;
    case 'open':
      await window.show();
      return;
    case 'quit':
      window.quit();
  }
};

/** `iconFile`: a PNG; its `@2x` neighbour serves sharp screens. */
export const startTray = (
  app: App,
  window: WindowPort,
  host: TrayHostWatcher,
  iconFile: string,
): TrayHandle => {
  const log = app.log.scoped('tray');
  let tray: Tray | undefined;
  let drawn: TrayModel | undefined;
  let redraw: NodeJS.Timeout | undefined;
  let comeBack: NodeJS.Timeout | undefined;

  const run = (command: TrayCommand): void => {
    runCommand(app, window, command).catch(async (error: unknown) => {
      // What is refused, or needs an answer first, is told where its cause and remedies are: in the window.
      log.warn('refused', { command: command.kind, error: String(error) });
      await window.show();
      if (command.kind !== 'power') return;
      const { vm: id } = command;
      if (isFailure(error)) app.send('app', 'navigate', { to: 'failure', id, error: error.error });
      else app.send('app', 'navigate', { to: 'vm', id, tab: 'overview' });
    });
  };
  const toTemplate = (item: TrayItem): MenuItemConstructorOptions => {
    switch (item.kind) {
      case 'separator':
        return { type: 'separator' };
      case 'note':
        return { label: menuLabel(item.label), enabled: false };
      case 'command':
        return { label: menuLabel(item.label), click: () => run(item.command) };
      case 'machine':
        return { label: menuLabel(item.label), submenu: item.items.map(toTemplate) };
    }
  };
  const draw = (): void => {
    redraw = undefined;
    if (!tray) return;
    const model = trayModel(app.store.getState());
    if (isSameTrayModel(drawn, model)) return;
    drawn = model;
    tray.setToolTip(formatText(model.tooltip));
    tray.setContextMenu(Menu.buildFromTemplate(model.items.map(toTemplate)));
  };
  const follow = (): void => {
    const isWanted =
      host.hasHost() && app.store.getState().settings['settings']?.isTrayOn !== false;
    if (isWanted && !tray) {
      tray = new Tray(nativeImage.createFromPath(iconFile));
      tray.on('click', () => run({ kind: 'open' }));
      clearTimeout(comeBack);
      draw();
    } else if (!isWanted && tray) {
      tray.destroy();
      tray = undefined;
      drawn = undefined;
      comeBack = setTimeout(() => {
        if (window.isHidden()) run({ kind: 'open' });
      }, hostBackWithinMs);
    }
  };
  const unsubscribe = app.store.subscribe((state, before) => {
    if (state.settings !== before.settings) follow();
    if (state.vms === before.vms && state.drivers === before.drivers) return;
    redraw ??= setTimeout(draw, redrawAfterMs);
  });
  const unwatch = host.onChange(follow);
  follow();
  return {
    isShown: () => tray !== undefined,
    dispose: () => {
      unsubscribe();
      unwatch();
      clearTimeout(redraw);
      clearTimeout(comeBack);
      tray?.destroy();
      tray = undefined;
    },
  };
};
