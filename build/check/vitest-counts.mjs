// A vitest reporter that writes what happened to the file named by POLYVISOR_COUNTS: {files, errors}, see counts.mjs.
import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';

/** A row of one file. A file or a suite that could not be set up fails too, whatever its tests say. */
function rowOf(module, root) {
  const row = { file: relative(root, module.moduleId), passed: 0, failed: [], skipped: [] };
  row.again = [];
  for (const test of module.children.allTests()) {
    const { state, note } = test.result();
    if (state === 'passed') row.passed += 1;
    else if (state === 'failed') row.failed.push(test.fullName);
    else row.skipped.push({ name: test.fullName, reason: note ?? '' });
    if (state === 'passed' && test.diagnostic()?.flaky) row.again.push(test.fullName);
  }
  const broken = module.errors().length > 0 ? ['(the file itself)'] : [];
  for (const suite of module.children.allSuites())
    if (suite.errors().length > 0) broken.push(`${suite.fullName} (its set-up or its end)`);
  row.failed.push(...broken);
  const isDone = ['passed', 'failed', 'skipped'].includes(module.state());
  if (row.failed.length === 0 && (!isDone || module.state() === 'failed'))
    row.failed.push('(the file did not come to its end)');
  return row;
}

export default class VitestCounts {
  onInit(vitest) {
    this.root = vitest.config.root;
  }

  onTestRunEnd(modules, unhandledErrors) {
    const files = modules.map((module) => rowOf(module, this.root));
    let errors = 0;
    for (const error of unhandledErrors) {
      const path = error.VITEST_TEST_PATH && relative(this.root, error.VITEST_TEST_PATH);
      const row = files.find(({ file }) => file === path);
      if (row) row.failed.push(`(nobody handled: ${error.message})`);
      else errors += 1;
    }
    if (process.env.POLYVISOR_COUNTS)
      writeFileSync(process.env.POLYVISOR_COUNTS, JSON.stringify({ files, errors }));
  }
}
