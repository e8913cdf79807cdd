// A vitest reporter that writes what happened to the file named by POLYVISOR_COUNTS.
import { writeFileSync } from 'node:fs';

export default class VitestCounts {
  onTestRunEnd(modules, unhandledErrors) {
    const counts = { passed: 0, failed: unhandledErrors.length, skipped: [] };
    for (const module of modules) {
      // A file that could not be loaded has no tests, and must not count as nothing.
      counts.failed += module.errors().length;
      for (const test of module.children.allTests()) {
        const { state, note } = test.result();
        if (state === 'passed') counts.passed += 1;
        else if (state === 'failed') counts.failed += 1;
        else counts.skipped.push({ name: test.fullName, reason: note ?? '' });
      }
    }
    if (process.env.POLYVISOR_COUNTS)
      writeFileSync(process.env.POLYVISOR_COUNTS, JSON.stringify(counts));
  }
}
