// A Playwright reporter that writes what happened to the file named by POLYVISOR_COUNTS: {files, errors}, see counts.mjs.
import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';

export default class PlaywrightCounts {
  errors = 0;

  printsToStdio() {
    return false;
  }

  onBegin(_config, suite) {
    this.suite = suite;
  }

  onError() {
    this.errors += 1;
  }

  onEnd() {
    const rows = new Map();
    for (const test of this.suite?.allTests() ?? []) {
      const file = relative(process.cwd(), test.location.file);
      const row = rows.get(file) ?? { file, passed: 0, failed: [], skipped: [], again: [] };
      rows.set(file, row);
      const outcome = test.outcome();
      if (outcome === 'unexpected') row.failed.push(test.title);
      else if (outcome !== 'skipped') row.passed += 1;
      else {
        const why = test.annotations.find(({ type }) => type === 'skip' || type === 'fixme');
        row.skipped.push({ name: test.title, reason: why?.description ?? '' });
      }
      if (outcome === 'flaky') row.again.push(test.title);
    }
    const counts = { files: [...rows.values()], errors: this.errors };
    if (process.env.POLYVISOR_COUNTS)
      writeFileSync(process.env.POLYVISOR_COUNTS, JSON.stringify(counts));
  }
}
