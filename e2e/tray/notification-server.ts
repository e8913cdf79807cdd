// Stands in for a notification daemon: keeps every notification and can be clicked.
import { serveBus } from './bus-service.ts';

export interface ShownNotification {
  readonly id: number;
  readonly title: string;
  readonly body: string;
}
export interface NotificationServer {
  readonly shown: () => readonly ShownNotification[];
  readonly click: (notification: ShownNotification) => void;
  readonly stop: () => void;
}

const name = 'org.freedesktop.Notifications';
const path = '/org/freedesktop/Notifications';

export const startNotificationServer = async (address: string): Promise<NotificationServer> => {
  const shown: ShownNotification[] = [];
  const service = await serveBus(address, name, (call) => {
    switch (call.member) {
      case 'Notify': {
        const [, , , title, body] = call.body ?? [];
        const id = shown.length + 1;
        shown.push({ id, title: String(title), body: String(body) });
        return { signature: 'u', body: [id] };
      }
      case 'GetCapabilities':
        return { signature: 'as', body: [['actions', 'body']] };
      case 'GetServerInformation':
        return { signature: 'ssss', body: ['double', 'polyvisor', '1', '1.2'] };
      case 'CloseNotification':
        return { signature: '', body: [] };
      default:
        return undefined;
    }
  });
  return {
    shown: () => shown,
    click: ({ id }) => {
      service.emit(path, name, 'ActionInvoked', { signature: 'us', body: [id, 'default'] });
      service.emit(path, name, 'NotificationClosed', { signature: 'uu', body: [id, 2] });
    },
    stop: service.stop,
  };
};
