// Tests against a real VirtualBox whose kernel driver is not loaded: `npm test -- --only=virtualbox` finds or makes
// the place for them; where VirtualBox is installed, `vitest run --config vitest.virtualbox.config.ts` runs them too. Each file has a VirtualBox home of its own.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    name: 'virtualbox',
    environment: 'node',
    include: ['electron/**/*.vtest.ts', 'e2e/vbox-specs/**/*.vtest.ts'],
    // Guests in software, on a busy machine.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 60_000, interval: 100 } },
    fileParallelism: false,
    // Real guests on shared machines: tried once more, and the output says so ("retry x1").
    retry: 1,
  },
});
