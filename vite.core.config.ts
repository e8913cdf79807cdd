// Bundles the core for plain Node (no Electron, no node_modules): used inside test guests.
import { resolve } from 'node:path';
import { defineConfig } from 'vite';

const root = import.meta.dirname;

export default defineConfig({
  logLevel: 'warn',
  ssr: { noExternal: true },
  build: {
    ssr: resolve(root, 'electron/headless.ts'),
    outDir: 'out/core',
    target: 'node18',
    emptyOutDir: true,
    rollupOptions: { output: { format: 'es', entryFileNames: 'headless.mjs' } },
  },
});
