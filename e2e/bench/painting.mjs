// Follows what a display shows while an app starts, and finds the moment its content is there.
import { setTimeout as sleep } from 'node:timers/promises';
import { size, wordsOf } from './screen.mjs';

/**
 * Watches until nothing changed for `quietMs` after something was drawn and `isWhole` says so. Every frame that differs
 * from the one before is kept: {at, words}, `at` in performance.now() ms. `ground` is the display
 * before the app was there.
 */
export async function watchFrames(screen, { ground, quietMs, limitMs, isOver, isWhole }) {
  const frames = [];
  const began = performance.now();
  let before = ground;
  let target = Buffer.alloc(ground.length);
  let lastChange = began;
  for (;;) {
    const now = performance.now();
    if (frames.length > 0 && now - lastChange > quietMs && isWhole(frames)) return frames;
    if (now - began > limitMs || isOver()) throw new Error('the app did not paint');
    screen.grab(0, size.height, target);
    if (!target.equals(before)) {
      lastChange = performance.now();
      frames.push({ at: lastChange, words: wordsOf(target) });
      before = target;
      target = Buffer.alloc(ground.length);
    }
    await sleep(2);
  }
}

/** The rectangle in which `words` differs from `ground`: where the window is. */
function boundsOf(words, ground) {
  let [left, top, right, bottom] = [size.width, size.height, 0, 0];
  for (let y = 0; y < size.height; y += 1) {
    for (let x = 0; x < size.width; x += 1) {
      if (words[y * size.width + x] === ground[y * size.width + x]) continue;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = y;
    }
  }
  return { left, top, width: right - left + 1, height: bottom - top + 1 };
}

// A judgement: text, icons and coloured blocks are below it, grounds and hairlines above.
const darkBelow = 130;
const isDark = (word) =>
  ((word >> 16) & 255) * 0.299 + ((word >> 8) & 255) * 0.587 + (word & 255) * 0.114 < darkBelow;

/** The dark pixels that the last frame has in a part of the window, in fractions: [left, top, right, bottom]. */
function inkOf(frames, groundBytes, part) {
  const { words } = frames.at(-1);
  const window = boundsOf(words, wordsOf(groundBytes));
  const [x0, y0, x1, y1] = part.map((fraction, index) =>
    index % 2 === 0
      ? Math.round(window.left + fraction * window.width)
      : Math.round(window.top + fraction * window.height),
  );
  const ink = [];
  for (let y = y0; y < y1; y += 1) {
    for (let x = x0; x < x1; x += 1) {
      if (isDark(words[y * size.width + x])) ink.push(y * size.width + x);
    }
  }
  return ink;
}

/** Less than this is a hairline or an icon, no list. */
const leastInk = 50;
export const hasContent = (frames, ground, part) => inkOf(frames, ground, part).length >= leastInk;

/**
 * When the content of a part of the window was on the screen: the first frame that holds at least
 * half of the dark pixels (text) which the last frame has in that part.
 */
export function contentPaintedAt(frames, groundBytes, part) {
  const ink = inkOf(frames, groundBytes, part);
  const ground = wordsOf(groundBytes);
  const holds = ({ words }) => {
    let count = 0;
    for (const index of ink) if (words[index] !== ground[index] && isDark(words[index])) count += 1;
    return count >= ink.length / 2;
  };
  return frames.find(holds).at;
}
