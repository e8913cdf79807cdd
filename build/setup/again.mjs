// What goes over a network is tried again: a mirror may be away for a moment, or change between two questions.
import { setTimeout as sleep } from 'node:timers/promises';
import { notice } from './say.mjs';

/** The last line says most: of what a program printed, else of the failure. */
export const inShort = (error) =>
  String(error?.details ?? error?.message ?? error)
    .trim()
    .split('\n')
    .pop();

/**
 * Resolves with what `work(attempt)` resolves with, attempt being 1, 2 ...; rejects with its last failure. `pauseMs`:
 * before the second attempt; it grows by as much each time.
 * @template T
 * @param {string} what begins a sentence
 * @param {(attempt: number) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function tryAgain(what, work, { attempts = 3, pauseMs = 10_000 } = {}) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work(attempt);
    } catch (error) {
      if (attempt >= attempts) throw error;
      notice(`${what} failed, and is tried again: ${inShort(error)}`);
      await sleep(pauseMs * attempt);
    }
  }
}
