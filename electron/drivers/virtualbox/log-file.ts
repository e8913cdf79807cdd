// VBox.log of a machine.
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Empty when there is none. */
export const readLog = (logFolder: string): Promise<string> =>
  logFolder === ''
    ? Promise.resolve('')
    : readFile(join(logFolder, 'VBox.log'), 'utf8').catch(() => '');

const fewLines = 12;

/** Its last lines, without their times. Read at once: a crash is told with them. */
export const lastLinesOf = (logFolder: string): string => {
  if (logFolder === '') return '';
  try {
    return readFileSync(join(logFolder, 'VBox.log'), 'utf8')
      .slice(-16 * 1024)
      .split('\n')
      .map((line) => line.replace(/^\d+:\d\d:\d\d\.\d+ ?/, ''))
      .filter((line) => line.trim() !== '')
      .slice(-fewLines)
      .join('\n');
  } catch {
    return '';
  }
};
