// End-to-end tests where VirtualBox is: the window on real VirtualBox machines, and its first steps on the QEMU there.
import { defineConfig } from '@playwright/test';
import common from '../playwright.config.ts';

export default defineConfig({
  ...common,
  testDir: '..',
  testMatch: ['vbox-specs/*.spec.ts', 'specs/first-steps.spec.ts'],
  outputDir: '../../test-results/virtualbox',
});
