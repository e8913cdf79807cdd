// The one channel from the window into the core, and topics back. Every message's sender is checked here.
import { ipcMain, type IpcMainInvokeEvent, type WebContents } from 'electron';
import { failure } from '../../shared/contract/errors.ts';
import type { Result } from '../../shared/contract/define.ts';
import type { App } from '../app-types.ts';
import { isAppUrl } from './origin.ts';

/** Only the top frame of our own window, and only while it shows our own page. */
const isTrusted = (event: IpcMainInvokeEvent, page: WebContents | undefined): boolean => {
  const frame = event.senderFrame;
  if (!frame || !page || page.isDestroyed() || event.sender.id !== page.id) return false;
  return frame.parent === null && isAppUrl(frame.url);
};

/** Returns its undo. `page` tells the window's contents of the moment. */
export const startIpc = (app: App, page: () => WebContents | undefined): (() => void) => {
  ipcMain.handle('polyvisor:invoke', async (event, channel: unknown, args: unknown) => {
    const name = String(channel).slice(0, 80);
    if (!isTrusted(event, page())) {
      app.log.warn('message of a stranger refused', { channel: name });
      const reason = 'the sender is not the window';
      return { ok: false, error: failure('ipc/rejected', { channel: name, reason }).error };
    }
    return (await app.invoke(name, args)) satisfies Result;
  });
  const stop = app.onTopic((channel, payload) => {
    const contents = page();
    if (contents && !contents.isDestroyed()) contents.send(`polyvisor:${channel}`, payload);
  });
  return () => {
    ipcMain.removeHandler('polyvisor:invoke');
    stop();
  };
};
