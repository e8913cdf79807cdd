// End-to-end tests: real Electron, real QEMU, one world of folders per test.
import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: './specs',
  outputDir: '../test-results/e2e',
  // Each test runs a whole program and its machines; two cores are the least we run on.
  workers: 1,
  fullyParallel: false,
  // Several times what it takes on a machine that does nothing else.
  timeout: 240_000,
  expect: { timeout: 60_000 },
  // Real guests on shared machines: tried once more, and the output calls it flaky.
  retries: 1,
  reporter: [['list']],
  // Video stays off: the runtime quits when it is asked for one.
  use: { trace: 'off', video: 'off', screenshot: 'off' },
});
