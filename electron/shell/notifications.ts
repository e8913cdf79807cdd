// Shows notes as desktop notifications; a click opens the machine they are about, or what explains it.
import { Notification } from 'electron';
import { format, formatText } from '../../shared/i18n/format.ts';
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
  const openNote = async ({ vm, kind, error }: Note): Promise<void> => {
    await window.show();
    if (vm === undefined) return;
    if (kind === 'fallback') app.send('app', 'navigate', { to: 'why', id: vm });
    else if (error) app.send('app', 'navigate', { to: 'failure', id: vm, error });
    else app.send('app', 'navigate', { to: 'vm', id: vm, tab: 'overview' });
  };
  const show = (note: Note): void => {
    const notification = new Notification({
      title: formatText(note.title),
      body: formatText(note.body),
      icon: iconFile,
      urgency: note.kind === 'crashed' || note.kind === 'engine' ? 'critical' : 'normal',
      // Desktops without buttons show the note alone; a click on it does the same.
      actions:
        note.kind === 'fallback' ? [{ type: 'button', text: format('notify.fallback.why') }] : [],
    });
    open.add(notification);
    notification.on('close', () => open.delete(notification));
    const follow = (): void => {
      open.delete(notification);
      void openNote(note);
    };
    notification.on('click', follow);
    notification.on('action', follow);
    notification.show();
  };
  return app.store.subscribe((state, before) => {
    if (state.vms === before.vms && state.jobs === before.jobs) return;
    const notes = notesFor(state, before, window.isFocused());
    if (notes.length > 0 && Notification.isSupported()) for (const note of notes) show(note);
  });
};
