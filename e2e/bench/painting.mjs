// Follows what a display shows over time: every frame that differs from the one before, with its time.
import { setTimeout as sleep } from 'node:timers/promises';
import { inkOf, size } from './screen.mjs';

/**
 * Watches until nothing changed for `quietMs` after something was drawn. Frames: {at, ink, bytes},
 * `at` in performance.now() ms, `ink` the part of the pixels that is not background.
 */
export async function watchFrames(screen, { quietMs, limitMs, isOver = () => false }) {
  const frames = [];
  const began = performance.now();
  let before = screen.grab();
  let target = Buffer.alloc(before.length);
  let lastChange = began;
  for (;;) {
    const now = performance.now();
    if (now - began > limitMs) return { frames, isQuiet: false };
    if (frames.length > 0 && now - lastChange > quietMs) return { frames, isQuiet: true };
    if (isOver()) return { frames, isQuiet: false };
    screen.grab(0, size.height, target);
    if (!target.equals(before)) {
      lastChange = performance.now();
      frames.push({ at: lastChange, ink: inkOf(target), bytes: target });
      before = target;
      target = Buffer.alloc(before.length);
    }
    await sleep(2);
  }
}
