// A Playwright reporter that writes what happened to the file named by POLYVISOR_COUNTS.
import { writeFileSync } from 'node:fs';

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
    const counts = { passed: 0, failed: this.errors, skipped: [] };
    for (const test of this.suite?.allTests() ?? []) {
      const outcome = test.outcome();
      if (outcome === 'unexpected') counts.failed += 1;
      else if (outcome !== 'skipped') counts.passed += 1;
      else {
        const why = test.annotations.find(({ type }) => type === 'skip' || type === 'fixme');
        counts.skipped.push({ name: test.title, reason: why?.description ?? '' });
      }
    }
    if (process.env.POLYVISOR_COUNTS)
      writeFileSync(process.env.POLYVISOR_COUNTS, JSON.stringify(counts));
  }
}
