// Drop-down and context menus on Radix. Items are data-like: icon, label, key, action.
import { DropdownMenu, ContextMenu } from 'radix-ui';
import type { ReactNode } from 'react';

export interface MenuItem {
  readonly id: string;
  readonly label: string;
  readonly icon?: ReactNode;
  readonly keys?: string;
  readonly isDanger?: boolean;
  readonly isDisabled?: boolean;
  readonly run: () => void;
}
/** Groups are separated by a line; empty groups vanish. */
export type MenuGroups = readonly (readonly MenuItem[])[];

type Kit = Pick<typeof DropdownMenu, 'Item' | 'Separator'>;

const Items = ({ groups, kit: Kit }: { readonly groups: MenuGroups; readonly kit: Kit }) =>
  groups
    .filter((group) => group.length > 0)
    .map((group, index) => (
      <div key={group[0]?.id ?? index} role="none">
        {index > 0 && <Kit.Separator className="menu-sep" />}
        {group.map((item) => (
          <Kit.Item
            key={item.id}
            className={item.isDanger ? 'mi danger' : 'mi'}
            disabled={item.isDisabled ?? false}
            onSelect={item.run}
          >
            {item.icon}
            <span>{item.label}</span>
            {item.keys !== undefined && <span className="k">{item.keys}</span>}
          </Kit.Item>
        ))}
      </div>
    ));

/** `children` is the trigger, a button. */
export const Menu = ({
  groups,
  children,
  align = 'end',
}: {
  readonly groups: MenuGroups;
  readonly children: ReactNode;
  readonly align?: 'start' | 'end';
}) => (
  <DropdownMenu.Root modal={false}>
    <DropdownMenu.Trigger asChild>{children}</DropdownMenu.Trigger>
    <DropdownMenu.Portal>
      <DropdownMenu.Content className="pop menu" align={align} sideOffset={4} collisionPadding={8}>
        <Items groups={groups} kit={DropdownMenu} />
      </DropdownMenu.Content>
    </DropdownMenu.Portal>
  </DropdownMenu.Root>
);

export const ContextMenuArea = ({
  groups,
  children,
}: {
  readonly groups: () => MenuGroups;
  readonly children: ReactNode;
}) => (
  <ContextMenu.Root modal={false}>
    <ContextMenu.Trigger asChild>{children}</ContextMenu.Trigger>
    <ContextMenu.Portal>
      <ContextMenu.Content className="pop menu" collisionPadding={8}>
        <LazyItems groups={groups} />
      </ContextMenu.Content>
    </ContextMenu.Portal>
  </ContextMenu.Root>
);
/** Computes the groups only when the menu is open; `groups` is called while drawing, so it must be pure. */
const LazyItems = ({ groups }: { readonly groups: () => MenuGroups }) => (
  <Items groups={groups()} kit={ContextMenu} />
);
