// Test projects: unit (pure and fast), integration (real QEMU), kvm (needs /dev/kvm), network (a host's own network, in
// a Debian guest), package (installed .deb, root).
import { defineConfig } from 'vitest/config';

const ignored = ['**/node_modules/**', '**/out/**', '**/.runtime/**', '**/.cache/**'];
/** Real processes on a busy machine: what comes at all comes by then. */
const patience = { timeout: 60_000, interval: 100 };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          environment: 'node',
          include: ['{shared,electron}/**/*.spec.ts', 'build/**/*.spec.mjs'],
          exclude: ignored,
          // Nothing here takes a second; a busy machine may.
          testTimeout: 30_000,
          expect: { poll: { timeout: 10_000 } },
        },
      },
      {
        test: {
          name: 'renderer',
          environment: 'happy-dom',
          include: ['renderer/**/*.spec.{ts,tsx}'],
          exclude: ignored,
          // Drawing takes its time on a busy machine.
          testTimeout: 30_000,
          expect: { poll: { timeout: 10_000 } },
        },
      },
      {
        test: {
          name: 'integration',
          environment: 'node',
          include: ['electron/**/*.itest.ts', 'e2e/integration/**/*.itest.ts'],
          exclude: [...ignored, '**/*.kvm.itest.ts'],
          testTimeout: 240_000,
          hookTimeout: 300_000,
          expect: { poll: patience },
          maxWorkers: 2,
          // Real guests on shared machines: tried once more, and the output says so ("retry x1").
          retry: 1,
        },
      },
      {
        test: {
          name: 'kvm',
          environment: 'node',
          include: ['e2e/integration/**/*.kvm.itest.ts'],
          exclude: ignored,
          testTimeout: 240_000,
          hookTimeout: 300_000,
          expect: { poll: patience },
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'network',
          environment: 'node',
          include: ['e2e/network/**/*.itest.ts'],
          exclude: ignored,
          testTimeout: 300_000,
          hookTimeout: 300_000,
          expect: { poll: patience },
          maxWorkers: 2,
          // What a test did to the guest's network stays: the same test again proves nothing.
          retry: 0,
        },
      },
      {
        test: {
          name: 'package',
          environment: 'node',
          include: ['e2e/package/**/*.ptest.ts'],
          exclude: ignored,
          testTimeout: 300_000,
          hookTimeout: 600_000,
          expect: { poll: patience },
          fileParallelism: false,
        },
      },
    ],
  },
});
