// Locks every page the program could ever hold: no foreign addresses, no new windows, no permissions.
import { app, type Session, type WebContents } from 'electron';
import type { Logger } from '../log/logger.ts';
import { isAppUrl } from './origin.ts';

/** Needed for the console: full screen, and keys like Alt Tab reaching the guest while in it. */
const granted: ReadonlySet<string> = new Set(['fullscreen', 'keyboardLock']);
const harmless = ['app:', 'devtools:', 'data:', 'blob:'];

const lockPage = (contents: WebContents, log: Logger): void => {
  const refuse = (event: { preventDefault: () => void }, url: string): void => {
    if (isAppUrl(url)) return;
    event.preventDefault();
    log.warn('navigation refused', { url: url.slice(0, 200) });
  };
  contents.on('will-navigate', (event) => refuse(event, event.url));
  contents.on('will-frame-navigate', (event) => refuse(event, event.url));
  contents.on('will-redirect', (event) => refuse(event, event.url));
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    log.warn('window refused', { url: url.slice(0, 200) });
    return { action: 'deny' };
  });
};

export const lockPages = (log: Logger): void => {
  app.on('web-contents-created', (_event, contents) => lockPage(contents, log));
};

export const lockSession = (session: Session): void => {
  session.setPermissionRequestHandler((contents, permission, answer) =>
    answer(granted.has(permission) && isAppUrl(contents.getURL())),
  );
  session.setPermissionCheckHandler(
    (_contents, permission, origin) => granted.has(permission) && isAppUrl(origin),
  );
  session.setDevicePermissionHandler(() => false);
  session.webRequest.onBeforeRequest((details, answer) =>
    answer({ cancel: !harmless.some((protocol) => details.url.startsWith(protocol)) }),
  );
};
