// Knows whether this desktop shows tray icons: a StatusNotifier watcher on the session bus with a host behind
// it. Watches both come and go. No bus, no watcher or no host means: no tray.
import { busCall, connectBus, type BusConnection } from '../dbus/connection.ts';
import { messageTypes } from '../dbus/message.ts';
import type { Variant } from '../dbus/wire.ts';
import type { Logger } from '../log/logger.ts';

export interface TrayHostWatcher {
  readonly hasHost: () => boolean;
  /** Called with every change. Returns its undo. */
  readonly onChange: (listener: (hasHost: boolean) => void) => () => void;
  /** Resolves when the first look ended. Never rejects. */
  readonly ready: Promise<void>;
  readonly dispose: () => void;
}

const watcherName = 'org.kde.StatusNotifierWatcher';
const watcherPath = '/StatusNotifierWatcher';

/** Signals after which we look again. */
const matchRules = [
  `type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged',arg0='${watcherName}'`,
  `type='signal',interface='${watcherName}'`,
];

const askHost = async (bus: BusConnection): Promise<boolean> => {
  const [isOwned] = await bus.call(busCall('NameHasOwner', 's', [watcherName]));
  if (isOwned !== true) return false;
  const [answer] = await bus.call({
    destination: watcherName,
    path: watcherPath,
    interface: 'org.freedesktop.DBus.Properties',
    member: 'Get',
    signature: 'ss',
    body: [watcherName, 'IsStatusNotifierHostRegistered'],
  });
  return (answer as Variant | undefined)?.value === true;
};

/** Never throws. `address` is DBUS_SESSION_BUS_ADDRESS; without one there is no host. */
export const createTrayHostWatcher = (
  address: string | undefined,
  log: Logger,
): TrayHostWatcher => {
  const listeners = new Set<(hasHost: boolean) => void>();
  let hasHost = false;
  let isDisposed = false;
  let connection: BusConnection | undefined;
  const set = (value: boolean): void => {
    if (value === hasHost || isDisposed) return;
    hasHost = value;
    log.info('tray host', { hasHost });
    for (const listener of listeners) listener(value);
  };
  // Looks never overlap, so a late answer cannot overwrite a newer one.
  let looking: Promise<void> = Promise.resolve();
  const look = (bus: BusConnection): Promise<void> => {
    looking = looking
      .then(() => askHost(bus))
      .then(set, (error: unknown) => {
        log.info('the tray host did not answer', { error: String(error) });
        set(false);
      });
    return looking;
  };
  const open = async (): Promise<void> => {
    if (address === undefined || address === '') return;
    const bus = await connectBus(address);
    if (isDisposed) {
      bus.close();
      return;
    }
    connection = bus;
    bus.onMessage((message) => {
      if (message.type === messageTypes.signal && message.member !== 'NameAcquired') void look(bus);
    });
    void bus.closed.then(() => set(false));
    for (const rule of matchRules) await bus.call(busCall('AddMatch', 's', [rule]));
    await look(bus);
  };
  const ready = open().catch((error: unknown) => {
    log.info('no session bus, so no tray', { error: String(error) });
  });
  return {
    hasHost: () => hasHost,
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    ready,
    dispose: () => {
      isDisposed = true;
      listeners.clear();
      connection?.close();
    },
  };
};
