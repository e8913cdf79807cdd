// Shows notes as desktop notifications; a click opens the machine they are about.
import { Notification } from 'electron';
import { formatText } from '../../shared/i18n/format.ts';
import type { App } from '../app-types.ts';
import { notesFor, type Note } from './notification-rules.ts';
import type { WindowPort } from './tray.ts';

/** Returns its undo. */
export const startNotifications = (
  app: App,
  window: WindowPort,
  iconFile: string,
): (() => void) => {
  // A notification that is collected as garbage loses its click: kept until it closes.
  const open = new Set<Notification>();
  const show = (note: Note): void => {
    const notification = new Notification({
      title: formatText(note.title),
      body: formatText(note.body),
      icon: iconFile,
      urgency: note.kind === 'crashed' || note.kind === 'engine' ? 'critical' : 'normal',
    });
    open.add(notification);
    notification.on('close', () => open.delete(notification));
    notification.on('click', () => {
      open.delete(notification);
      void window.show().then(() => {
        const { vm } = note;
        if (vm !== undefined) app.send('app', 'navigate', { to: 'vm', id: vm, tab: 'overview' });
      });
    });
    notification.show();
  };
  return app.store.subscribe((state, before) => {
    if (state.vms === before.vms && state.jobs === before.jobs) return;
    const notes = notesFor(state, before, window.isFocused());
    if (notes.length > 0 && Notification.isSupported()) for (const note of notes) show(note);
  });
};
