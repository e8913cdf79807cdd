// Tests against a real VirtualBox whose kernel driver is not loaded: run where VirtualBox is installed, by
// `vitest run --config vitest.virtualbox.config.ts --configLoader runner`. Each file has a VirtualBox home of its own.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    name: 'virtualbox',
    environment: 'node',
    include: ['electron/**/*.vtest.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    fileParallelism: false,
  },
});
