// Runs dependency-cruiser and makes sure that it really looked at every source file: with a
// TypeScript it cannot load it would see none of them and still report success.
import { cruise } from 'dependency-cruiser';
import extractConfig from 'dependency-cruiser/config-utl/extract-depcruise-config';
import extractTsConfig from 'dependency-cruiser/config-utl/extract-ts-config';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { sourceFiles } from './source-files.mjs';

const root = resolve(import.meta.dirname, '../..');
process.chdir(root);
const folders = ['shared', 'electron', 'renderer', 'e2e'].filter((f) => existsSync(join(root, f)));
const expected = sourceFiles(root, folders, ['.ts', '.tsx']);

const config = await extractConfig(join(root, '.dependency-cruiser.cjs'));
const result = await cruise(
  folders,
  { ...config.options, ruleSet: { forbidden: config.forbidden }, validate: true },
  {},
  { tsConfig: extractTsConfig(join(root, 'tsconfig.tests.json')) },
);
const { modules, summary } = /** @type {import('dependency-cruiser').ICruiseResult} */ (
  result.output
);

for (const violation of summary.violations)
  console.error(`${violation.rule.name}: ${violation.from} -> ${violation.to}`);

const seen = new Set(modules.map((module) => module.source));
const unseen = expected.filter((file) => !seen.has(file));
for (const file of unseen) console.error(`not looked at: ${file}`);

console.log(
  `Boundaries: ${summary.totalCruised} modules looked at, ${expected.length} source files, ` +
    `${summary.violations.length} violations.`,
);
if (expected.length === 0 || summary.totalCruised < expected.length || unseen.length > 0) {
  console.error('The boundary check did not see every source file; its answer means nothing.');
  process.exitCode = 1;
}
if (summary.violations.length > 0) process.exitCode = 1;
