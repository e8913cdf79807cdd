// Waits for pixels: how soon after an event the screen shows it. Looks at a band of the frame buffer
// again and again without a pause, so the error is the time of one look (below 1 ms).
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { size, wordsOf } from './screen.mjs';

/** Waits until a band of lines stays the same for `quietMs`; returns it. */
export async function whenStill(screen, { top, bottom, quietMs, limitMs = 20_000 }) {
  const began = performance.now();
  let before = screen.grab(top, bottom);
  let since = began;
  while (performance.now() - since < quietMs) {
    if (performance.now() - began > limitMs) return undefined;
    await sleep(15);
    const now = screen.grab(top, bottom);
    if (now.equals(before)) continue;
    before = now;
    since = performance.now();
  }
  return before;
}

/**
 * The pixels that tell two states apart: `show(0)` and `show(1)` bring the states about; what
 * differs between them and is the same in every repetition of one state counts.
 */
export async function tellApart(screen, show, { repetitions = 3, settleMs = 500 } = {}) {
  const seen = [[], []];
  for (let i = 0; i < repetitions; i += 1) {
    for (const state of [0, 1]) {
      await show(state);
      await sleep(settleMs);
      seen[state].push(Uint32Array.from(wordsOf(screen.grab())));
    }
  }
  const [[a], [b]] = seen;
  const isSteady = (words, index) => words.every((one) => one[index] === words[0][index]);
  const pixels = [];
  for (let i = 0; i < a.length; i += 1) {
    if (a[i] !== b[i] && isSteady(seen[0], i) && isSteady(seen[1], i)) pixels.push(i);
  }
  if (pixels.length < 20) throw new Error('the two states look the same on the screen');
  const top = Math.floor(pixels[0] / size.width);
  const bottom = Math.floor(pixels.at(-1) / size.width) + 1;
  const first = top * size.width;
  return { pixels: pixels.map((index) => index - first), top, bottom, states: [a, b], first };
}

/** Resolves to the moment at least half of the telling pixels show `state`. */
export async function untilShows(screen, apart, state, limitMs = 5000) {
  const { pixels, top, bottom, states, first } = apart;
  const wanted = pixels.map((index) => states[state][first + index]);
  const buffer = Buffer.alloc((bottom - top) * size.width * 4);
  const deadline = performance.now() + limitMs;
  for (;;) {
    const words = wordsOf(screen.grab(top, bottom, buffer));
    let count = 0;
    for (let i = 0; i < pixels.length; i += 1) if (words[pixels[i]] === wanted[i]) count += 1;
    const now = performance.now();
    if (count * 2 >= pixels.length) return now;
    if (now > deadline) throw new Error('the change did not reach the screen');
    await turn();
  }
}

/** Resolves to the moment at least `least` pixels inside the box differ from `before` (its lines). */
export async function untilDiffers(screen, before, box, least, limitMs = 5000) {
  const was = wordsOf(before);
  const buffer = Buffer.alloc(before.length);
  const deadline = performance.now() + limitMs;
  for (;;) {
    const words = wordsOf(screen.grab(box.top, box.bottom, buffer));
    let count = 0;
    for (let y = 0; y < box.bottom - box.top; y += 1) {
      for (let x = box.left; x < box.right; x += 1) {
        if (words[y * size.width + x] !== was[y * size.width + x]) count += 1;
      }
    }
    const now = performance.now();
    if (count >= least) return now;
    if (now > deadline) throw new Error('the key did not reach the screen');
    await turn();
  }
}
