// The desktop program: one window over one core, the tray, and the ways in and out.
import { join } from 'node:path';
import { app as electron, session } from 'electron';
import type { App } from '../app-types.ts';
import { createApp } from '../app.ts';
import { createFileLogger } from '../log/logger.ts';
import { appPaths, type Env } from '../paths.ts';
import { createExec } from '../process/exec.ts';
import { parseStartArgs } from '../start-args.ts';
import { createConsoleHub } from './console-hub.ts';
import { startIpc } from './ipc-main.ts';
import { setHiddenMenu } from './menu.ts';
import { startNotifications } from './notifications.ts';
import { iconFile, pageFolder, preloadFile, resourcesFolder } from './places.ts';
import { createQuit } from './quit.ts';
import { releaseSource } from './release-source.ts';
import { roleCommand } from './role-command.ts';
import { registerScheme, serveScheme } from './scheme.ts';
import { lockPages, lockSession } from './security.ts';
import { createSessionEnd, isSessionEnding } from './session-end.ts';
import { createShellPort } from './shell-port.ts';
import { createTrayHostWatcher } from './tray-host.ts';
import { startTray, type WindowPort } from './tray.ts';
import { createMainWindow, type MainWindow } from './window.ts';

export interface Desktop {
  readonly app: App;
  readonly window: MainWindow;
  /** Lets go of everything; VMs keep running. The caller ends the program. */
  readonly dispose: () => Promise<void>;
}

export interface DesktopOptions {
  readonly env: Env;
  readonly files: readonly string[];
  /** False: a run that is no person's session (the demo): no tray, no second-start hand-over. */
  readonly isInteractive: boolean;
  /** Chromium's own files, when they shall not be in this profile. */
  readonly browserDir?: string;
  /** Instead of leaving at once when the session ends or a signal asks to. */
  readonly onSessionEnd?: () => void;
}

const disposeWithinMs = 3000;
/** A page that does not paint must not keep the program from looking at its host. */
const paintedAtLatestMs = 3000;

/** Must run before Electron is ready. Resolves when the window is made; `undefined` = runs already. */
export const startDesktop = async (options: DesktopOptions): Promise<Desktop | undefined> => {
  const { env, isInteractive } = options;
  const paths = appPaths(env, resourcesFolder());
  electron.setPath('userData', options.browserDir ?? join(paths.config, 'window'));
  electron.setPath('sessionData', options.browserDir ?? join(paths.cache, 'window'));
  const request = { files: options.files };
  if (isInteractive && !electron.requestSingleInstanceLock(request)) return undefined;
  const log = createFileLogger(join(paths.state, 'polyvisor.log'), !electron.isPackaged);
  lockPages(log.scoped('page'));
  registerScheme();
  electron.on('window-all-closed', () => undefined);

  const trayHost = createTrayHostWatcher(
    isInteractive ? env['DBUS_SESSION_BUS_ADDRESS'] : undefined,
    log,
  );
  let isLeaving = false;
  let isTrayShown = (): boolean => false;
  const window = createMainWindow({
    stateDir: paths.state,
    preload: preloadFile(),
    icon: iconFile('256x256.png'),
    log: log.scoped('window'),
    mayClose: () => {
      if (isLeaving || !isInteractive) return true;
      // With an icon in the tray the window can always come back, so closing only hides it.
      if (isTrayShown()) window.get()?.hide();
      else quit.request();
      return false;
    },
    onPageGone: () => consoles.closeAll(),
    onFocus: () => app.noticeChange(),
  });
  const consoles = createConsoleHub(() => window.get()?.webContents);
  const firstPaint = Promise.withResolvers<void>();
  setTimeout(firstPaint.resolve, paintedAtLatestMs);
  const app = createApp({
    paths,
    log,
    env,
    firstPaint: firstPaint.promise,
    roleCommand,
    ...(isInteractive ? { releases: releaseSource() } : {}),
    shell: createShellPort({
      window,
      consoles,
      hasTrayHost: trayHost.hasHost,
      answerQuit: (answer, remember) => quit.answer(answer, remember),
      painted: (mark, atMs) => {
        log.info('painted', { mark, atMs });
        window.pageListens();
        firstPaint.resolve();
      },
    }),
  });

  const undo: (() => void)[] = [];
  const dispose = async (): Promise<void> => {
    isLeaving = true;
    for (const step of undo.splice(0)) step();
    trayHost.dispose();
    consoles.closeAll();
    await app.dispose();
  };
  const leave = (): void => {
    if (isLeaving) return;
    const end = (): void => electron.exit(0);
    setTimeout(end, disposeWithinMs);
    dispose().then(end, end);
  };
  const quit = createQuit({
    app,
    show: window.show,
    canAsk: () => window.get()?.webContents.isCrashed() === false,
    leave,
  });

  const openFiles = (files: readonly string[]): void => {
    const [path] = files;
    void window.show().then(() => {
      if (path !== undefined) app.send('app', 'navigate', { to: 'newVm', path });
    });
  };

  await electron.whenReady();
  serveScheme(session.defaultSession, pageFolder());
  lockSession(session.defaultSession);
  undo.push(startIpc(app, () => window.get()?.webContents));
  setHiddenMenu(quit.request);
  window.open();
  if (options.files.length > 0) openFiles(options.files);

  const sessionEnds =
    options.onSessionEnd ??
    createSessionEnd({
      app,
      isEnding: () => isSessionEnding(createExec(app.log.scoped('session')), options.env),
      leave,
    });
  // A session that ends is not a person quitting: no question, and VMs that survive it keep running.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, sessionEnds);
  }
  electron.on('before-quit', (event) => {
    if (isLeaving) return;
    event.preventDefault();
    sessionEnds();
  });
  electron.on('activate', () => void window.show());
  electron.on('second-instance', (_event, argv, cwd, data) => {
    const handed = (data as { files?: unknown } | undefined)?.files;
    const asked = parseStartArgs(argv.slice(1), { cwd, appPath: electron.getAppPath() });
    const files = Array.isArray(handed) ? handed.filter((file) => typeof file === 'string') : [];
    openFiles(files.length > 0 || asked.kind !== 'desktop' ? files : asked.files);
  });
  undo.push(
    app.store.subscribe((state, before) => {
      const theme = state.settings['settings']?.theme;
      if (state.settings !== before.settings && theme !== undefined) window.setTheme(theme);
    }),
  );
  if (isInteractive) {
    const port: WindowPort = {
      show: window.show,
      quit: quit.request,
      isFocused: () => window.get()?.isFocused() === true,
      isHidden: () => window.get()?.isVisible() === false,
    };
    const tray = startTray(app, port, trayHost, iconFile('tray.png'));
    isTrayShown = tray.isShown;
    undo.push(tray.dispose, startNotifications(app, port, iconFile('128x128.png')));
  }
  return { app, window, dispose };
};
