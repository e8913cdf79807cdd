// Builds the three parts of the app. Everything is bundled: the package carries no node_modules.
import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';

const root = import.meta.dirname;

/** What a module's graph tells about it. */
interface Graph {
  readonly getModuleInfo: (
    id: string,
  ) => { readonly isEntry: boolean; readonly importers: readonly string[] } | null;
}

/**
 * Everything the page imports without `import()` goes into one file: each file is a request that main has to
 * answer before the first picture. Pages and tools that are opened later keep files of their own.
 */
const firstPicture = (id: string, graph: Graph): string | null => {
  const seen = new Set([id]);
  // A set is walked in the order of insertion, what is added on the way included.
  for (const module of seen) {
    const info = graph.getModuleInfo(module);
    if (info?.isEntry) return 'app';
    for (const importer of info?.importers ?? []) seen.add(importer);
  }
  return null;
};

export default defineConfig({
  main: {
    build: {
      externalizeDeps: false,
      outDir: 'out/main',
      target: 'node20',
      sourcemap: false,
      rollupOptions: {
        input: {
          main: resolve(root, 'electron/main.ts'),
          'role-thread': resolve(root, 'electron/roles/role-thread.ts'),
        },
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      externalizeDeps: false,
      outDir: 'out/preload',
      target: 'node20',
      rollupOptions: {
        input: { preload: resolve(root, 'electron/preload.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: resolve(root, 'renderer'),
    plugins: [react()],
    build: {
      outDir: resolve(root, 'out/renderer'),
      emptyOutDir: true,
      target: 'chrome130',
      minify: true,
      // Fonts and icons stay files: the page's CSP allows no data: fonts.
      assetsInlineLimit: 0,
      rollupOptions: {
        input: { index: resolve(root, 'renderer/index.html') },
        output: { codeSplitting: { groups: [{ name: firstPicture }] } },
      },
    },
  },
});
