// End-to-end tests: real Electron, real QEMU, one world of folders per test.
import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: './specs',
  outputDir: '../test-results/e2e',
  // Each test runs a whole program and its machines; two cores are the least we run on.
  workers: 1,
  fullyParallel: false,
  timeout: 120_000,
  expect: { timeout: 30_000 },
  retries: 0,
  reporter: [['list']],
  // Video stays off: the runtime quits when it is asked for one.
  use: { trace: 'off', video: 'off', screenshot: 'off' },
});
