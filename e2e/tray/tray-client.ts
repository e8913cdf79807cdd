// A hand for the tray: reads an item's menu and clicks its entries over com.canonical.dbusmenu, as a panel does.
import { connectBus, type BusConnection } from '../../electron/dbus/connection.ts';
import type { Variant } from '../../electron/dbus/wire.ts';
import { eventually } from '../fixtures/processes.ts';
import type { TrayItemAddress } from './tray-watcher.ts';

export interface MenuEntry {
  readonly id: number;
  readonly label: string;
  readonly isSeparator: boolean;
  readonly isEnabled: boolean;
  readonly children: readonly MenuEntry[];
}

export interface TrayClient {
  readonly property: (name: string) => Promise<unknown>;
  readonly menu: () => Promise<readonly MenuEntry[]>;
  /** Waits for the entries, each found by the beginning of its label, and clicks the last. */
  readonly click: (...labels: readonly string[]) => Promise<void>;
  /** A left click on the icon. */
  readonly activate: () => Promise<void>;
  readonly close: () => void;
}

type Layout = readonly [number, readonly (readonly [string, Variant])[], readonly Variant[]];
const itemInterface = 'org.kde.StatusNotifierItem';
const menuInterface = 'com.canonical.dbusmenu';

const toEntry = ([id, pairs, children]: Layout): MenuEntry => {
  const values = new Map(pairs.map(([key, variant]) => [key, variant.value]));
  const label = values.get('label');
  return {
    id,
    // A single underscore marks the shortcut, a doubled one is an underscore.
    label: (typeof label === 'string' ? label : '').replaceAll(/_(_?)/g, '$1'),
    isSeparator: values.get('type') === 'separator',
    isEnabled: values.get('enabled') !== false,
    children: children.map((child) => toEntry(child.value as Layout)),
  };
};

const find = (entries: readonly MenuEntry[], label: string): MenuEntry | undefined =>
  entries.find((entry) => entry.isEnabled && entry.label.startsWith(label));

export const connectTray = async (address: string, item: TrayItemAddress): Promise<TrayClient> => {
  const bus: BusConnection = await connectBus(address);
  const property = async (name: string): Promise<unknown> => {
    const [answer] = await bus.call({
      destination: item.service,
      path: item.path,
      interface: 'org.freedesktop.DBus.Properties',
      member: 'Get',
      signature: 'ss',
      body: [itemInterface, name],
    });
    return (answer as Variant).value;
  };
  const onMenu = async (
    member: string,
    signature: string,
    body: readonly unknown[],
  ): Promise<readonly unknown[]> =>
    bus.call({
      destination: item.service,
      path: String(await property('Menu')),
      interface: menuInterface,
      member,
      signature,
      body,
    });
  const menu = async (): Promise<readonly MenuEntry[]> => {
    const [, root] = await onMenu('GetLayout', 'iias', [0, -1, []]);
    return toEntry(root as Layout).children;
  };
  return {
    property,
    menu,
    click: async (...labels) => {
      // The menu may be drawn anew between looking and clicking: ids are read just before the click.
      const entry = await eventually(`menu entry ${labels.join(' > ')}`, async () => {
        let found: MenuEntry | undefined;
        let entries = await menu();
        for (const label of labels) {
          found = find(entries, label);
          if (!found) return undefined;
          entries = found.children;
        }
        return found;
      });
      const noData: Variant = { signature: 's', value: '' };
      await onMenu('Event', 'isvu', [entry.id, 'clicked', noData, 0]);
    },
    activate: async () => {
      await bus.call({
        destination: item.service,
        path: item.path,
        interface: itemInterface,
        member: 'Activate',
        signature: 'ii',
        body: [0, 0],
      });
    },
    close: () => bus.close(),
  };
};
