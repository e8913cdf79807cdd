// Keys and pointer for a guest: by the web service, else keys alone by VBoxManage. There a character travels in a
// file, since it may belong to a password and a command line can be read by everybody.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { VmId } from '../../../../shared/model/brand.ts';
import type { MachineContext } from '../machine-context.ts';
import { valueOf } from '../soap.ts';
import type { VBoxApi } from '../vbox-api.ts';
import { createKeyboard, type KeyEvent } from './scancodes.ts';
import { runtimeFolder } from './serial-path.ts';

export interface PointerEvent {
  readonly x: number;
  readonly y: number;
  /** As RFB has them: left, middle, right, wheel up, wheel down from bit 0. */
  readonly buttons: number;
}

export interface GuestInput {
  readonly key: (event: KeyEvent) => void;
  readonly pointer: (event: PointerEvent) => void;
  /** Lets go of the keys that are held. */
  readonly dispose: () => void;
}

type Action =
  | { readonly kind: 'codes'; readonly codes: readonly number[] }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'pointer'; readonly event: PointerEvent };

const wheelUp = 0x08;
const wheelDown = 0x10;
/** VirtualBox: left 1, right 2, middle 4. */
const buttonState = (buttons: number): number =>
  (buttons & 1) | (buttons & 4 ? 2 : 0) | (buttons & 2 ? 4 : 0);

/** The guest reads them one by one; what does not fit is refused, and sent again a little later. */
const refusedWaitMs = 30;
const refusedTries = 20;
const mostQueued = 2000;

const putScancodes = (api: VBoxApi, vm: VmId, codes: readonly number[]): Promise<void> =>
  api.withConsole(vm, async (console) => {
    const keyboard = valueOf(await api.call('IConsole_getKeyboard', { _this: console })) ?? '';
    let left = codes.map(String);
    for (let tries = 0; left.length > 0 && tries < refusedTries; tries += 1) {
      const answer = await api.call('IKeyboard_putScancodes', { _this: keyboard, scancodes: left });
      left = left.slice(Number(valueOf(answer) ?? 0));
      if (left.length > 0) await sleep(refusedWaitMs);
    }
    await api.call('IManagedObjectRef_release', { _this: keyboard });
  });

const putPointer = (
  api: VBoxApi,
  vm: VmId,
  event: PointerEvent,
  last: PointerEvent,
): Promise<void> =>
  api.withConsole(vm, async (console) => {
    const mouse = valueOf(await api.call('IConsole_getMouse', { _this: console })) ?? '';
    const isAbsolute =
      valueOf(await api.call('IMouse_getAbsoluteSupported', { _this: mouse })) === 'true';
    const started = event.buttons & ~last.buttons;
    const dz = (started & wheelUp ? -1 : 0) + (started & wheelDown ? 1 : 0);
    const rest = { dz, dw: 0, buttonState: buttonState(event.buttons) };
    if (isAbsolute) {
      const place = { _this: mouse, x: event.x + 1, y: event.y + 1 };
      await api.call('IMouse_putMouseEventAbsolute', { ...place, ...rest });
    } else {
      const way = { _this: mouse, dx: event.x - last.x, dy: event.y - last.y };
      await api.call('IMouse_putMouseEvent', { ...way, ...rest });
    }
    await api.call('IManagedObjectRef_release', { _this: mouse });
  });

/** Printable, so a file can carry it. */
const characterOf = ({ keysym }: KeyEvent): string | undefined =>
  keysym >= 0x20 && keysym < 0x7f ? String.fromCharCode(keysym) : undefined;

const modifiers: ReadonlySet<number> = new Set([
  ...[0xffe3, 0xffe4, 0xffe9, 0xffea, 0xffe7, 0xffe8, 0xffeb, 0xffec],
]);
const shifts: ReadonlySet<number> = new Set([0xffe1, 0xffe2]);

export const createGuestInput = (machines: MachineContext, vm: VmId, name = 'keys'): GuestInput => {
  const keyboard = createKeyboard();
  const heldModifiers = new Set<number>();
  let lastPointer: PointerEvent = { x: 0, y: 0, buttons: 0 };
  let actions: Action[] = [];
  let isSending = false;

  const manageKeys = async (codes: readonly number[]): Promise<void> => {
    const words = codes.map((code) => code.toString(16).padStart(2, '0'));
    await machines.manage.change(['controlvm', vm, 'keyboardputscancode', ...words]);
  };
  const manageText = async (text: string): Promise<void> => {
    const folder = runtimeFolder(machines.ctx.paths, vm);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const path = join(folder, name);
    try {
      await writeFile(path, text, { mode: 0o600 });
      await machines.manage.change(['controlvm', vm, 'keyboardputfile', path]);
    } finally {
      await rm(path, { force: true });
    }
  };

  const send = async (action: Action): Promise<void> => {
    const api = machines.api();
    if (action.kind === 'text') return manageText(action.text);
    if (action.kind === 'codes') {
      return api ? putScancodes(api, vm, action.codes) : manageKeys(action.codes);
    }
    // VBoxManage moves no pointer.
    if (api) await putPointer(api, vm, action.event, lastPointer);
    lastPointer = action.event;
  };

  /** Joins what may go together: keys in a row, and moves with the same buttons. */
  const append = (action: Action): void => {
    const last = actions.at(-1);
    if (action.kind === 'codes' && last?.kind === 'codes') {
      actions[actions.length - 1] = { kind: 'codes', codes: [...last.codes, ...action.codes] };
    } else if (action.kind === 'text' && last?.kind === 'text') {
      actions[actions.length - 1] = { kind: 'text', text: last.text + action.text };
    } else if (
      action.kind === 'pointer' &&
      last?.kind === 'pointer' &&
      last.event.buttons === action.event.buttons
    ) {
      actions[actions.length - 1] = action;
    } else if (actions.length < mostQueued) actions.push(action);
    void drain();
  };

  const drain = async (): Promise<void> => {
    if (isSending) return;
    isSending = true;
    for (let action = actions.shift(); action; action = actions.shift()) {
      // A key that could not be pressed is lost, as on a machine that ended meanwhile.
      await send(action).catch((error: unknown) => {
        machines.ctx.log.warn('input did not reach the guest', { vm, reason: String(error) });
        actions = [];
      });
    }
    isSending = false;
  };

  return {
    key: (event) => {
      if (modifiers.has(event.keysym)) {
        if (event.isDown) heldModifiers.add(event.keysym);
        else heldModifiers.delete(event.keysym);
      }
      if (!machines.api() && heldModifiers.size === 0) {
        const text = characterOf(event);
        // Shift is part of the character there.
        if (shifts.has(event.keysym)) return;
        if (text !== undefined) {
          if (event.isDown) append({ kind: 'text', text });
          return;
        }
      }
      const codes = keyboard.press(event);
      if (codes.length > 0) append({ kind: 'codes', codes });
    },
    pointer: (event) => append({ kind: 'pointer', event }),
    dispose: () => {
      const codes = keyboard.releaseAll();
      if (codes.length > 0) append({ kind: 'codes', codes });
    },
  };
};
