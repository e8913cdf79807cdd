// What the tests of a stage came to, file by file, as the two reporters write it:
// {files: [{file, passed, failed: [names], skipped: [{name, reason}], again: [names]}], errors}.
// `again` passed when the runner tried them a second time; `errors` belong to no file.
import { readFileSync } from 'node:fs';

/** More files than this are not disturbed by a busy machine; they are broken. */
const mostDisturbed = 6;

/** Undefined when the run died before its reporter could write. */
export function readCounts(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

export const failedFiles = (counts) =>
  counts.files.filter(({ failed }) => failed.length > 0).map(({ file }) => file);

/** Files that are worth a second try as a whole. Tests are often parts of one life, so none is tried by itself. */
export function worthAgain(counts) {
  if (counts === undefined || counts.errors > 0) return [];
  const files = failedFiles(counts);
  return files.length > mostDisturbed ? [] : files;
}

/** The first run with the rows of the files that really ran again in the place of their first ones. */
export function replaced(first, second) {
  const ran = second.files.filter(({ passed, failed }) => passed + failed.length > 0);
  const rows = new Map(ran.map((row) => [row.file, row]));
  const files = first.files.map((row) => rows.get(row.file) ?? row);
  return { files, errors: first.errors + second.errors };
}

/** {passed, failed, skipped, again}: numbers, and lists of what has to be named. */
export function summed({ files, errors }) {
  return {
    passed: files.reduce((sum, { passed }) => sum + passed, 0),
    failed: files.reduce((sum, { failed }) => sum + failed.length, errors),
    skipped: files.flatMap(({ skipped }) => skipped),
    again: files.flatMap(({ file, again }) => again.map((name) => `${file}: ${name}`)),
  };
}
