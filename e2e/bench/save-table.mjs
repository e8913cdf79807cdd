// Keeps the last saved result in docs/performance.md, between its two marks.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { root } from '../../build/setup/paths.mjs';
import { markdownTable } from './table.mjs';

const path = join(root, 'docs/performance.md');
const [begin, end] = ['<!-- results -->', '<!-- end of results -->'];

export async function saveTable({ rows, machine, isQuick }) {
  const text = readFileSync(path, 'utf8');
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${path} has no place for results`);
  const date = new Date().toISOString().slice(0, 10);
  const about = `${date}${isQuick ? ', quick run' : ''}. ${machine}.`;
  const section = `${begin}\n\n${about}\n\n${markdownTable(rows)}\n\n`;
  const whole = text.slice(0, from) + section + text.slice(to);
  // As the format check wants it, whatever the width of a figure.
  writeFileSync(path, await format(whole, { ...(await resolveConfig(path)), filepath: path }));
}
