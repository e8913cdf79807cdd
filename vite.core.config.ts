// Bundles the core for plain Node (no Electron, no node_modules): used inside test guests, and by the roles.
import { resolve } from 'node:path';
import { defineConfig } from 'vite';

const root = import.meta.dirname;

export default defineConfig({
  logLevel: 'warn',
  ssr: { noExternal: true },
  build: {
    ssr: true,
    outDir: 'out/core',
    target: 'node18',
    emptyOutDir: true,
    rollupOptions: {
      input: {
        headless: resolve(root, 'electron/headless.ts'),
        role: resolve(root, 'electron/roles/role-node.ts'),
      },
      output: { format: 'es', entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs' },
    },
  },
});
