// Who has the keyboard. While the guest has it every key goes there, except the release key, which gives it back.
import { useEffect, useState, type RefObject } from 'react';
import type { Settings } from '../../../../shared/model/settings.ts';

const isGuest = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest('[data-guest-keys]') !== null;

/** True while the keyboard is in the guest. `release` is called when the person takes it back. */
export const useKeyboard = (
  root: RefObject<HTMLElement | null>,
  releaseKey: Settings['releaseKey'],
  release: () => void,
): boolean => {
  const [isInGuest, setInGuest] = useState(false);
  useEffect(() => {
    const element = root.current;
    if (!element) return undefined;
    const focusIn = (event: FocusEvent): void => setInGuest(isGuest(event.target));
    const focusOut = (event: FocusEvent): void => setInGuest(isGuest(event.relatedTarget));
    // Capture: before noVNC or xterm.js see it.
    const key = (event: KeyboardEvent): void => {
      if (event.code !== releaseKey || !isGuest(event.target)) return;
      event.preventDefault();
      event.stopPropagation();
      if (event.type === 'keydown') release();
    };
    // What noVNC and xterm.js leave over still is not ours: no shortcut of the window may fire.
    const rest = (event: KeyboardEvent): void => {
      if (isGuest(event.target)) event.stopPropagation();
    };
    element.addEventListener('focusin', focusIn);
    element.addEventListener('focusout', focusOut);
    element.addEventListener('keydown', key, true);
    element.addEventListener('keyup', key, true);
    element.addEventListener('keydown', rest);
    return () => {
      element.removeEventListener('focusin', focusIn);
      element.removeEventListener('focusout', focusOut);
      element.removeEventListener('keydown', key, true);
      element.removeEventListener('keyup', key, true);
      element.removeEventListener('keydown', rest);
    };
  }, [root, releaseKey, release]);
  return isInGuest;
};
