// How much room the console has, and how many device pixels a CSS pixel covers; both may change at any time.
import { useLayoutEffect, useState, useSyncExternalStore, type RefObject } from 'react';
import type { Room } from './scaling.ts';

export const useRoom = (element: RefObject<HTMLElement | null>): Room => {
  const [room, setRoom] = useState<Room>({ x: 0, y: 0, width: 720, height: 400 });
  useLayoutEffect(() => {
    const target = element.current;
    if (!target) return undefined;
    const measure = (): void => {
      const { clientWidth: width, clientHeight: height } = target;
      if (width === 0 || height === 0) return;
      const { x, y } = target.getBoundingClientRect();
      setRoom((old) =>
        old.width === width && old.height === height && old.x === x && old.y === y
          ? old
          : { x, y, width, height },
      );
    };
    const observer = new ResizeObserver(measure);
    observer.observe(target);
    measure();
    return () => observer.disconnect();
  }, [element]);
  return room;
};

const watchPixelRatio = (changed: () => void): (() => void) => {
  let query = window.matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`);
  const change = (): void => {
    query.removeEventListener('change', change);
    query = window.matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`);
    query.addEventListener('change', change);
    changed();
  };
  query.addEventListener('change', change);
  return () => query.removeEventListener('change', change);
};

export const usePixelRatio = (): number =>
  useSyncExternalStore(watchPixelRatio, () => window.devicePixelRatio);
