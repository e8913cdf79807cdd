// Refuses source files over the limit: a long file holds more than one idea.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { sourceFiles } from './source-files.mjs';

const maxLines = 400;
const root = resolve(import.meta.dirname, '../..');
const files = sourceFiles(
  root,
  ['shared', 'electron', 'renderer', 'e2e', 'build'],
  ['.ts', '.tsx', '.mjs', '.js', '.css', '.asm', '.html', '.py'],
);
const tooLong = files
  .map((file) => ({ file, lines: readFileSync(join(root, file), 'utf8').split('\n').length - 1 }))
  .filter(({ lines }) => lines > maxLines);

for (const { file, lines } of tooLong)
  console.error(`${file}: ${lines} lines, the limit is ${maxLines}. Split it by noun.`);
console.log(
  `File length: ${files.length} files looked at, ${tooLong.length} over ${maxLines} lines.`,
);
if (files.length === 0 || tooLong.length > 0) process.exitCode = 1;
