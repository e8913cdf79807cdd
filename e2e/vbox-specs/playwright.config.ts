// End-to-end tests where VirtualBox is: the window on real VirtualBox machines, and its first steps on the QEMU there.
import { defineConfig } from '@playwright/test';
import common from '../playwright.config.ts';

export default defineConfig({
  ...common,
  // Beside a guest in software everything takes longer.
  timeout: 600_000,
  testDir: '..',
  testMatch: ['vbox-specs/*.spec.ts', 'specs/first-steps.spec.ts'],
  outputDir: '../../test-results/virtualbox',
});
