// Key combinations the host would keep for itself. Add a row here; the menu shows them in this order.
import type { MessageKey } from '../../../../shared/i18n/catalog.en.ts';

interface Key {
  /** X11 keysym. */
  readonly keysym: number;
  /** KeyboardEvent.code: becomes the scan code. */
  readonly code: string;
}

export interface KeyCombo {
  readonly id: string;
  readonly label: MessageKey | { readonly text: string };
  readonly keys: readonly Key[];
}

const control: Key = { keysym: 0xffe3, code: 'ControlLeft' };
const alt: Key = { keysym: 0xffe9, code: 'AltLeft' };
const functionKey = (n: number): Key => ({ keysym: 0xffbd + n, code: `F${n}` });

const functionCombos: readonly KeyCombo[] = Array.from({ length: 12 }, (_, index) => ({
  id: `ctrl-alt-f${index + 1}`,
  label: { text: `Ctrl Alt F${index + 1}` },
  keys: [control, alt, functionKey(index + 1)],
}));

export const keyComboGroups: readonly (readonly KeyCombo[])[] = [
  [
    {
      id: 'ctrl-alt-del',
      label: { text: 'Ctrl Alt Del' },
      keys: [control, alt, { keysym: 0xffff, code: 'Delete' }],
    },
    {
      id: 'ctrl-alt-backspace',
      label: { text: 'Ctrl Alt Backspace' },
      keys: [control, alt, { keysym: 0xff08, code: 'Backspace' }],
    },
  ],
  [
    {
      id: 'alt-tab',
      label: { text: 'Alt Tab' },
      keys: [alt, { keysym: 0xff09, code: 'Tab' }],
    },
    { id: 'alt-f4', label: { text: 'Alt F4' }, keys: [alt, functionKey(4)] },
    {
      id: 'super',
      label: 'console.key.super',
      keys: [{ keysym: 0xffeb, code: 'MetaLeft' }],
    },
    {
      id: 'print-screen',
      label: 'console.key.printScreen',
      keys: [{ keysym: 0xff61, code: 'PrintScreen' }],
    },
  ],
  functionCombos,
];

/** Presses the keys in order and releases them in reverse. */
export const pressCombo = (
  combo: KeyCombo,
  send: (keysym: number, code: string, isDown: boolean) => void,
): void => {
  for (const { keysym, code } of combo.keys) send(keysym, code, true);
  for (const { keysym, code } of [...combo.keys].reverse()) send(keysym, code, false);
};
