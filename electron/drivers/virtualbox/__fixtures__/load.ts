// Reads a fixture: leading `# name: value` lines say where the text comes from, the rest is the text itself.
// `standing` is `recorded` for what we ran ourselves, `reconstructed` for text put together from a named source.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Fixture {
  readonly header: Readonly<Record<string, string>>;
  readonly text: string;
}

export const loadFixture = (name: string): Fixture => {
  const lines = readFileSync(join(import.meta.dirname, name), 'utf8').split('\n');
  const end = lines.findIndex((line) => !line.startsWith('# '));
  const rows = lines.slice(0, end).map((line) => /^# ([a-z]+): (.*)$/.exec(line));
  const header = Object.fromEntries(rows.map((row) => [row?.[1] ?? '', row?.[2] ?? '']));
  if (header['standing'] !== 'recorded' && header['standing'] !== 'reconstructed')
    throw new Error(`${name} does not say whether it was recorded or reconstructed.`);
  if (!header['source']) throw new Error(`${name} does not name its source.`);
  return { header, text: lines.slice(end).join('\n') };
};
