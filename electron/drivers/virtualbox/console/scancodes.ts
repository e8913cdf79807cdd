// Keys for a guest: scan codes of the PC keyboard's set 1, from X11 keysyms (a US layout, which is what VirtualBox's
// own typing assumes) or from the key codes of RFB's extended key event, which name the physical key.

export interface Key {
  /** Make code without its prefix; its break code has bit 7 set. */
  readonly code: number;
  /** Behind the prefix E0. */
  readonly isExtended: boolean;
  /** The character needs shift (true), must not have it (false), or the key has no character. */
  readonly needsShift?: boolean;
}

const prefix = 0xe0;
const breakBit = 0x80;
export const leftShift: Key = { code: 0x2a, isExtended: false };
export const rightShift: Key = { code: 0x36, isExtended: false };

/** Rows of the keyboard: first scan code, plain characters, the same with shift. */
const rows: readonly (readonly [number, string, string])[] = [
  [0x02, '1234567890-=', '!@#$%^&*()_+'],
  [0x10, 'qwertyuiop[]', 'QWERTYUIOP{}'],
  [0x1e, "asdfghjkl;'`", 'ASDFGHJKL:"~'],
  [0x2b, '\\zxcvbnm,./', '|ZXCVBNM<>?'],
];

const characters = (): readonly (readonly [number, Key])[] => [
  [0x20, { code: 0x39, isExtended: false }],
  ...rows.flatMap(([first, plain, shifted]) =>
    [plain, shifted].flatMap((text, level) =>
      [...text].map((char, index): readonly [number, Key] => [
        char.charCodeAt(0),
        { code: first + index, isExtended: false, needsShift: level === 1 },
      ]),
    ),
  ),
];

/** Keysyms (X11/keysymdef.h) of keys without a character: add a row here. */
const named: readonly (readonly [number, number])[] = [
  [0xff08, 0x0e], // BackSpace
  [0xff09, 0x0f], // Tab
  [0xff0d, 0x1c], // Return
  [0xff14, 0x46], // Scroll_Lock
  [0xff1b, 0x01], // Escape
  [0xff7f, 0x45], // Num_Lock
  [0xffe1, 0x2a], // Shift_L
  [0xffe2, 0x36], // Shift_R
  [0xffe3, 0x1d], // Control_L
  [0xffe5, 0x3a], // Caps_Lock
  [0xffe9, 0x38], // Alt_L
  [0xffe7, 0x38], // Meta_L
  [0xffaa, 0x37], // KP_Multiply
  [0xffab, 0x4e], // KP_Add
  [0xffad, 0x4a], // KP_Subtract
  [0xffae, 0x53], // KP_Decimal
  [0xff9f, 0x53], // KP_Delete
  [0xff9d, 0x4c], // KP_Begin
  [0xfe20, 0x0f], // ISO_Left_Tab
];
/** The same, behind the prefix E0. */
const extended: readonly (readonly [number, number])[] = [
  [0xff50, 0x47], // Home
  [0xff51, 0x4b], // Left
  [0xff52, 0x48], // Up
  [0xff53, 0x4d], // Right
  [0xff54, 0x50], // Down
  [0xff55, 0x49], // Page_Up
  [0xff56, 0x51], // Page_Down
  [0xff57, 0x4f], // End
  [0xff63, 0x52], // Insert
  [0xffff, 0x53], // Delete
  [0xff61, 0x37], // Print
  [0xff67, 0x5d], // Menu
  [0xff6b, 0x46], // Break
  [0xff13, 0x46], // Pause
  [0xff8d, 0x1c], // KP_Enter
  [0xffaf, 0x35], // KP_Divide
  [0xffe4, 0x1d], // Control_R
  [0xffea, 0x38], // Alt_R
  [0xffe8, 0x38], // Meta_R
  [0xfe03, 0x38], // ISO_Level3_Shift
  [0xffeb, 0x5b], // Super_L
  [0xffec, 0x5c], // Super_R
];
/** Keypad digits 0 to 9 (KP_0 = 0xffb0), and the same keys without Num Lock (KP_Home = 0xff95 and on). */
const keypadDigits = [0x52, 0x4f, 0x50, 0x51, 0x4b, 0x4c, 0x4d, 0x47, 0x48, 0x49];
const keypadMoves = [0x47, 0x4b, 0x48, 0x4d, 0x50, 0x49, 0x51, 0x4f];
const keypadInsert: readonly [number, number] = [0xff9e, 0x52];
/** F1 = 0xffbe. */
const functionKeys = [0x3b, 0x3c, 0x3d, 0x3e, 0x3f, 0x40, 0x41, 0x42, 0x43, 0x44, 0x57, 0x58];

const plainKey = ([keysym, code]: readonly [number, number]): readonly [number, Key] => [
  keysym,
  { code, isExtended: false },
];
const keys: ReadonlyMap<number, Key> = new Map([
  ...characters(),
  ...[...named, keypadInsert].map(plainKey),
  ...keypadDigits.map((code, digit) => plainKey([0xffb0 + digit, code])),
  ...keypadMoves.map((code, index) => plainKey([0xff95 + index, code])),
  ...functionKeys.map((code, index) => plainKey([0xffbe + index, code])),
  ...extended.map(([keysym, code]): readonly [number, Key] => [keysym, { code, isExtended: true }]),
]);

/** `undefined`: a US keyboard has no such key. */
export const keyOfKeysym = (keysym: number): Key | undefined => keys.get(keysym);

/** RFB's extended key event: a code of set 1, with bit 7 for the prefix E0. `undefined`: no key. */
export const keyOfCode = (keycode: number): Key | undefined => {
  const code = keycode & 0x7f;
  return keycode > 0xff || code === 0 ? undefined : { code, isExtended: keycode >= breakBit };
};

export const makeCodes = ({ code, isExtended }: Key): readonly number[] =>
  isExtended ? [prefix, code] : [code];
export const breakCodes = ({ code, isExtended }: Key): readonly number[] =>
  isExtended ? [prefix, code | breakBit] : [code | breakBit];

export interface KeyEvent {
  readonly isDown: boolean;
  /** 0: none. */
  readonly keysym: number;
  /** Of the extended key event; 0 or absent: only the keysym is known. */
  readonly keycode?: number;
}

export interface Keyboard {
  /** Scan codes for what a client's key does; none for keys the guest's keyboard has not. */
  readonly press: (event: KeyEvent) => readonly number[];
  /** Lets go of everything that is held. */
  readonly releaseAll: () => readonly number[];
}

const nameOf = ({ code, isExtended }: Key): string => `${isExtended ? 'e0 ' : ''}${code}`;

/** Remembers what is held, so that a character comes out right whatever the client's own layout needed for it. */
export const createKeyboard = (): Keyboard => {
  const held = new Map<string, Key>();
  const heldShift = (): Key | undefined =>
    held.get(nameOf(leftShift)) ?? held.get(nameOf(rightShift));

  const byKeysym = (key: Key, isDown: boolean): readonly number[] | undefined => {
    const shift = heldShift();
    if (key.needsShift === undefined || key.needsShift === (shift !== undefined)) return undefined;
    // The whole stroke at once, with shift the other way round; its release has then nothing left to do.
    if (!isDown) return held.has(nameOf(key)) ? undefined : [];
    const stroke = [...makeCodes(key), ...breakCodes(key)];
    return shift
      ? [...breakCodes(shift), ...stroke, ...makeCodes(shift)]
      : [...makeCodes(leftShift), ...stroke, ...breakCodes(leftShift)];
  };

  return {
    press: ({ isDown, keysym, keycode = 0 }) => {
      const key = keyOfCode(keycode) ?? keyOfKeysym(keysym);
      if (!key) return [];
      const stroke = keycode === 0 ? byKeysym(key, isDown) : undefined;
      if (stroke) return stroke;
      const name = nameOf(key);
      if (isDown) {
        held.set(name, key);
        return makeCodes(key);
      }
      // The release of a stroke that was sent whole.
      return held.delete(name) ? breakCodes(key) : [];
    },
    releaseAll: () => {
      const codes = [...held.values()].flatMap(breakCodes);
      held.clear();
      return codes;
    },
  };
};
