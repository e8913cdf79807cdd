// Full screen of the whole page (menus live outside the console's element), with the system's keys if it gives them.
import { useCallback, useEffect, useState } from 'react';

interface KeyboardLock {
  readonly lock?: () => Promise<void>;
  readonly unlock?: () => void;
}
const keyboard = (): KeyboardLock | undefined =>
  (navigator as { readonly keyboard?: KeyboardLock }).keyboard;

export const useFullScreen = (): {
  readonly isFull: boolean;
  readonly toggle: () => void;
} => {
  const [isFull, setFull] = useState(document.fullscreenElement !== null);
  useEffect(() => {
    const changed = (): void => setFull(document.fullscreenElement !== null);
    document.addEventListener('fullscreenchange', changed);
    return () => {
      document.removeEventListener('fullscreenchange', changed);
      keyboard()?.unlock?.();
      if (document.fullscreenElement) void document.exitFullscreen().catch(() => undefined);
    };
  }, []);
  const toggle = useCallback(() => {
    if (document.fullscreenElement) {
      keyboard()?.unlock?.();
      void document.exitFullscreen();
      return;
    }
    document.documentElement.requestFullscreen().then(
      // Where the desktop refuses, Alt Tab stays with it and the Send keys menu helps.
      () =>
        keyboard()
          ?.lock?.()
          .catch(() => undefined),
      () => undefined,
    );
  }, []);
  return { isFull, toggle };
};
