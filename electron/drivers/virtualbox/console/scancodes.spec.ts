// Keys become scan codes of set 1, whatever the client's own layout needed to make the character.
import { describe, expect, it } from 'vitest';
import { breakCodes, createKeyboard, keyOfCode, keyOfKeysym, makeCodes } from './scancodes.ts';

const charKey = (char: string): ReturnType<typeof keyOfKeysym> => keyOfKeysym(char.charCodeAt(0));
const hex = (codes: readonly number[]): string =>
  codes.map((code) => code.toString(16).padStart(2, '0')).join(' ');
const shiftLeft = 0xffe1;
const down = (keysym: number) => ({ isDown: true, keysym });
const up = (keysym: number) => ({ isDown: false, keysym });

describe('the table', () => {
  it('has every printable character of ASCII', () => {
    for (let code = 0x20; code < 0x7f; code += 1) expect(keyOfKeysym(code)).toBeDefined();
    expect(keyOfKeysym(0xe4)).toBeUndefined();
    expect(keyOfKeysym(0)).toBeUndefined();
  });
  it.each([
    ['a', 0x1e, false],
    ['A', 0x1e, true],
    ['1', 0x02, false],
    ['!', 0x02, true],
    ['0', 0x0b, false],
    ['-', 0x0c, false],
    ['+', 0x0d, true],
    ['p', 0x19, false],
    ['}', 0x1b, true],
    ["'", 0x28, false],
    ['~', 0x29, true],
    ['\\', 0x2b, false],
    ['|', 0x2b, true],
    ['z', 0x2c, false],
    ['?', 0x35, true],
  ])('%s is %i', (char, code, needsShift) => {
    expect(charKey(char)).toEqual({ code, isExtended: false, needsShift });
  });
  it.each([
    ['Return', 0xff0d, '1c', '9c'],
    ['Escape', 0xff1b, '01', '81'],
    ['Up', 0xff52, 'e0 48', 'e0 c8'],
    ['Delete', 0xffff, 'e0 53', 'e0 d3'],
    ['Right control', 0xffe4, 'e0 1d', 'e0 9d'],
    ['F1', 0xffbe, '3b', 'bb'],
    ['F11', 0xffc8, '57', 'd7'],
    ['F12', 0xffc9, '58', 'd8'],
    ['Keypad 0', 0xffb0, '52', 'd2'],
    ['Keypad 5', 0xffb5, '4c', 'cc'],
    ['Keypad Home', 0xff95, '47', 'c7'],
    ['Keypad End', 0xff9c, '4f', 'cf'],
    ['Keypad Enter', 0xff8d, 'e0 1c', 'e0 9c'],
    ['Windows', 0xffeb, 'e0 5b', 'e0 db'],
  ])('%s', (_name, keysym, make, release) => {
    const key = keyOfKeysym(keysym);
    expect(key && hex(makeCodes(key))).toBe(make);
    expect(key && hex(breakCodes(key))).toBe(release);
  });
  it('reads the key codes of extended key events', () => {
    expect(keyOfCode(0x1e)).toEqual({ code: 0x1e, isExtended: false });
    expect(keyOfCode(0xcb)).toEqual({ code: 0x4b, isExtended: true });
    expect(keyOfCode(0)).toBeUndefined();
    expect(keyOfCode(0x12345)).toBeUndefined();
  });
});

describe('the keyboard', () => {
  it('passes on what the client does with a US layout', () => {
    const { press } = createKeyboard();
    expect(hex(press(down(shiftLeft)))).toBe('2a');
    expect(hex(press(down(0x41)))).toBe('1e');
    expect(hex(press(up(0x41)))).toBe('9e');
    expect(hex(press(up(shiftLeft)))).toBe('aa');
    expect(hex(press(down(0x61)))).toBe('1e');
    expect(hex(press(up(0x61)))).toBe('9e');
  });
  it('adds shift for one stroke where the client needed none', () => {
    const { press } = createKeyboard();
    expect(hex(press(down(0x3f)))).toBe('2a 35 b5 aa');
    expect(hex(press(up(0x3f)))).toBe('');
  });
  it('lifts shift for one stroke where the client needed it', () => {
    const { press } = createKeyboard();
    press(down(shiftLeft));
    // On a German layout, / is shift and 7.
    expect(hex(press(down(0x2f)))).toBe('aa 35 b5 2a');
    expect(hex(press(up(0x2f)))).toBe('');
    expect(hex(press(up(shiftLeft)))).toBe('aa');
  });
  it('lets a key go that was pressed before shift', () => {
    const { press } = createKeyboard();
    press(down(0x61));
    press(down(shiftLeft));
    expect(hex(press(up(0x61)))).toBe('9e');
  });
  it('believes the physical key when the client names it', () => {
    const { press } = createKeyboard();
    expect(hex(press({ isDown: true, keysym: 0xe4, keycode: 0x28 }))).toBe('28');
    expect(hex(press({ isDown: false, keysym: 0xe4, keycode: 0x28 }))).toBe('a8');
    expect(hex(press({ isDown: true, keysym: 0xff51, keycode: 0xcb }))).toBe('e0 4b');
  });
  it('is silent about keys a PC has not', () => {
    expect(createKeyboard().press(down(0x20ac))).toEqual([]);
  });
  it('lets go of everything held, once', () => {
    const { press, releaseAll } = createKeyboard();
    press(down(0xffe3));
    press(down(0xffe9));
    press(down(0xffff));
    expect(hex(releaseAll())).toBe('9d b8 e0 d3');
    expect(releaseAll()).toEqual([]);
  });
});
