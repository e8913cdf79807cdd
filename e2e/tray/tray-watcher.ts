// Stands in for a desktop panel: owns org.kde.StatusNotifierWatcher, keeps what registers, forgets what leaves.
import { busCall } from '../../electron/dbus/connection.ts';
import type { DbusMessage } from '../../electron/dbus/message.ts';
import { serveBus, type Answer } from './bus-service.ts';

export interface TrayItemAddress {
  readonly service: string;
  readonly path: string;
}
export interface TrayWatcher {
  readonly items: () => readonly TrayItemAddress[];
  /** A watcher may stand without a host that draws. */
  readonly setHost: (hasHost: boolean) => void;
  readonly stop: () => void;
}

const name = 'org.kde.StatusNotifierWatcher';
const path = '/StatusNotifierWatcher';
const nothing: Answer = { signature: '', body: [] };

export const startTrayWatcher = async (
  address: string,
  hasHostAtFirst = true,
): Promise<TrayWatcher> => {
  let items: readonly TrayItemAddress[] = [];
  let hasHost = hasHostAtFirst;
  const addressesOf = (): readonly string[] => items.map((item) => `${item.service}${item.path}`);
  const properties = (): Readonly<Record<string, { signature: string; value: unknown }>> => ({
    RegisteredStatusNotifierItems: { signature: 'as', value: addressesOf() },
    IsStatusNotifierHostRegistered: { signature: 'b', value: hasHost },
    ProtocolVersion: { signature: 'i', value: 0 },
  });
  // An item registers its bus name, or only its object path: then the sender is the service.
  const register = (call: DbusMessage): Answer => {
    const text = String(call.body?.[0]);
    const isPath = text.startsWith('/');
    const item = {
      service: isPath ? (call.sender ?? '') : text,
      path: isPath ? text : '/StatusNotifierItem',
    };
    items = [...items, item];
    const registered = { signature: 's', body: [`${item.service}${item.path}`] };
    queueMicrotask(() => service.emit(path, name, 'StatusNotifierItemRegistered', registered));
    return nothing;
  };
  const service = await serveBus(address, name, (call) => {
    switch (`${call.interface ?? ''}.${call.member ?? ''}`) {
      case `${name}.RegisterStatusNotifierItem`:
        return register(call);
      case `${name}.RegisterStatusNotifierHost`:
        return nothing;
      case 'org.freedesktop.DBus.Properties.Get': {
        const value = properties()[String(call.body?.[1])];
        return value && { signature: 'v', body: [value] };
      }
      case 'org.freedesktop.DBus.Properties.GetAll':
        return { signature: 'a{sv}', body: [Object.entries(properties())] };
      default:
        return undefined;
    }
  });
  service.bus.onMessage((message) => {
    if (message.member !== 'NameOwnerChanged' || message.body?.[2] !== '') return;
    items = items.filter((item) => item.service !== message.body?.[0]);
  });
  const owners = "type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged'";
  await service.bus.call(busCall('AddMatch', 's', [owners]));
  return {
    items: () => items,
    setHost: (value) => {
      hasHost = value;
      const member = value ? 'StatusNotifierHostRegistered' : 'StatusNotifierHostUnregistered';
      service.emit(path, name, member, nothing);
    },
    stop: service.stop,
  };
};
