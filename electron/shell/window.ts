// The one window: opens where it stood, on its theme's ground, and tells when its page listens.
import { BrowserWindow, nativeTheme, screen } from 'electron';
import type { Logger } from '../log/logger.ts';
import { appUrl } from './origin.ts';
import { fitBounds, minSize, readWindowMemory, writeWindowMemory } from './window-memory.ts';

/** `--bg` of the window's tokens: painted before the page is there. */
const ground = { light: '#ffffff', dark: '#1d1f23' } as const;
const saveAfterMs = 400;

export interface WindowDeps {
  readonly stateDir: string;
  readonly preload: string;
  readonly icon: string;
  readonly log: Logger;
  /** The person closes the window: true = let it close. */
  readonly mayClose: () => boolean;
  /** The page went away: reload, crash or close. */
  readonly onPageGone: () => void;
  readonly onFocus: () => void;
}

export interface MainWindow {
  readonly get: () => BrowserWindow | undefined;
  /** Makes the window if there is none. */
  readonly open: () => BrowserWindow;
  /** Shows and focuses it. Resolves when its page listens for topics. */
  readonly show: () => Promise<void>;
  readonly setTheme: (theme: 'system' | 'light' | 'dark') => void;
  /** The page said that it has started. */
  readonly pageListens: () => void;
}

const groundNow = (): string => (nativeTheme.shouldUseDarkColors ? ground.dark : ground.light);

export const createMainWindow = (deps: WindowDeps): MainWindow => {
  let memory = readWindowMemory(deps.stateDir);
  let window: BrowserWindow | undefined;
  let isListening = false;
  let waiting: (() => void)[] = [];
  let saving: NodeJS.Timeout | undefined;
  nativeTheme.themeSource = memory.theme;
  nativeTheme.on('updated', () => window?.setBackgroundColor(groundNow()));

  const save = (): void => {
    clearTimeout(saving);
    saving = setTimeout(() => {
      writeWindowMemory(deps.stateDir, memory).catch((error: unknown) =>
        deps.log.warn('window place not kept', { error: String(error) }),
      );
    }, saveAfterMs);
  };
  const remember = (made: BrowserWindow): void => {
    if (made.isDestroyed() || made.isMinimized() || made.isFullScreen()) return;
    memory = { ...memory, bounds: made.getNormalBounds(), isMaximized: made.isMaximized() };
    save();
  };
  const pageGone = (): void => {
    isListening = false;
    deps.onPageGone();
  };

  const open = (): BrowserWindow => {
    if (window && !window.isDestroyed()) return window;
    const made = new BrowserWindow({
      ...fitBounds(
        memory.bounds,
        screen.getAllDisplays().map((display) => display.workArea),
      ),
      minWidth: minSize.width,
      minHeight: minSize.height,
      title: 'Polyvisor',
      icon: deps.icon,
      // Shown at once, on the page's own ground: the display makes room for it while the page starts.
      backgroundColor: groundNow(),
      webPreferences: {
        preload: deps.preload,
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        webSecurity: true,
        spellcheck: false,
        // Consoles and state must not lag behind while another window covers this one.
        backgroundThrottling: true,
      },
    });
    window = made;
    made.setMenuBarVisibility(false);
    if (memory.isMaximized) made.maximize();
    made.on('resize', () => remember(made));
    made.on('move', () => remember(made));
    made.on('focus', deps.onFocus);
    made.on('close', (event) => {
      if (!deps.mayClose()) event.preventDefault();
    });
    made.on('closed', () => {
      window = undefined;
      pageGone();
    });
    made.webContents.on('did-start-navigation', (details) => {
      if (details.isMainFrame && !details.isSameDocument) pageGone();
    });
    made.webContents.on('render-process-gone', (_event, details) => {
      pageGone();
      deps.log.error('the page crashed', { reason: details.reason });
      if (details.reason !== 'clean-exit' && !made.isDestroyed()) made.reload();
    });
    made.webContents.on('preload-error', (_event, _path, error) =>
      deps.log.error('preload', { error: error.message }),
    );
    void made.loadURL(appUrl).catch((error: unknown) => {
      deps.log.error('the page did not load', { error: String(error) });
    });
    return made;
  };

  return {
    get: () => (window && !window.isDestroyed() ? window : undefined),
    open,
    show: () => {
      const made = open();
      if (made.isMinimized()) made.restore();
      made.show();
      made.focus();
      if (isListening) return Promise.resolve();
      return new Promise((resolve) => waiting.push(resolve));
    },
    setTheme: (theme) => {
      nativeTheme.themeSource = theme;
      if (memory.theme === theme) return;
      memory = { ...memory, theme };
      save();
    },
    pageListens: () => {
      isListening = true;
      const calls = waiting;
      waiting = [];
      for (const call of calls) call();
    },
  };
};
