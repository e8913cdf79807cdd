// A world with a private session bus, a panel and a notification daemon of our own. Everything ends with it.
import { eventually } from '../fixtures/processes.ts';
import { makeWorld, type OwnWorld } from '../fixtures/world.ts';
import { startNotificationServer, type NotificationServer } from './notification-server.ts';
import { startSessionBus } from './session-bus.ts';
import { connectTray, type TrayClient } from './tray-client.ts';
import { startTrayWatcher, type TrayWatcher } from './tray-watcher.ts';

export interface TrayWorld extends OwnWorld {
  readonly notifications: NotificationServer;
  /** Starts the panel, for worlds that began without one. */
  readonly startPanel: () => Promise<TrayWatcher>;
  /** Our icon in the panel; waits for it. */
  readonly tray: () => Promise<TrayClient>;
  readonly trayLabels: () => Promise<readonly string[]>;
  /** Waits until the tray's first entry is like this. */
  readonly trayShows: (label: RegExp) => Promise<void>;
  readonly windowIs: (visibility: 'visible' | 'hidden') => Promise<void>;
  /** Clicks the window's close button, as the window manager does it. */
  readonly closeWindow: () => Promise<void>;
  readonly machinesRun: (count: number) => Promise<void>;
}

export const makeTrayWorld = async (options: {
  readonly hasPanel: boolean;
  readonly env?: Readonly<Record<string, string>>;
  /** How long the tray and the window may take; the machines of some hypervisors are slow. */
  readonly patienceMs?: number;
}): Promise<TrayWorld> => {
  const bus = await startSessionBus();
  const notifications = await startNotificationServer(bus.address);
  const world = await makeWorld({
    ...options.env,
    DBUS_SESSION_BUS_ADDRESS: bus.address,
  });
  let panel: TrayWatcher | undefined;
  let client: TrayClient | undefined;
  const startPanel = async (): Promise<TrayWatcher> => {
    panel = await startTrayWatcher(bus.address);
    return panel;
  };
  if (options.hasPanel) await startPanel();

  const tray = async (): Promise<TrayClient> => {
    client ??= await connectTray(
      bus.address,
      await eventually('our icon registers', () => panel?.items()[0]),
    );
    return client;
  };
  const trayLabels = async (): Promise<readonly string[]> =>
    (await (await tray()).menu()).map((entry) => entry.label);
  const isVisible = (): Promise<boolean> =>
    world
      .electron()
      .evaluate(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows().some((window) => window.isVisible()),
      );
  return {
    ...world,
    notifications,
    startPanel,
    tray,
    trayLabels,
    trayShows: async (label) => {
      let seen: readonly string[] = [];
      const look = async (): Promise<boolean> => {
        seen = await trayLabels();
        return label.test(seen[0] ?? '');
      };
      await eventually(`the tray begins with ${label}`, look, options.patienceMs).catch(
        (error: unknown) => {
          throw new Error(`${String(error)}; it shows ${JSON.stringify(seen)}`);
        },
      );
    },
    windowIs: async (visibility) => {
      const isWanted = visibility === 'visible';
      await eventually(
        `the window is ${visibility}`,
        async () => (await isVisible()) === isWanted,
        options.patienceMs,
      );
    },
    closeWindow: () =>
      world.electron().evaluate(({ BrowserWindow }) => {
        for (const window of BrowserWindow.getAllWindows()) window.close();
      }),
    machinesRun: async (count) => {
      const look = async (): Promise<boolean> => (await world.qemuPids()).length === count;
      await eventually(`${count} QEMU processes`, look);
    },
    dispose: async () => {
      client?.close();
      panel?.stop();
      notifications.stop();
      await world.dispose().finally(() => bus.stop());
    },
  };
};
