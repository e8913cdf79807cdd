// End-to-end tests on a host of their own, where a network card may really move into a bridge; see in-namespace.mjs.
import { defineConfig } from '@playwright/test';
import common from '../playwright.config.ts';

export default defineConfig({
  ...common,
  testDir: '.',
  outputDir: '../../test-results/bridged',
});
