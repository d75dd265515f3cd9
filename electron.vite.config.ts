import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';

/** The entry files of the window. A part is built from the moment its entry exists. */
export const windowEntries = {
  main: 'src-main/shell/main.ts',
  preload: 'src-main/preload/preload.ts',
  renderer: 'src-renderer/index.html',
};

// The oldest runtime that the window runs on, given explicitly: electron-vite does not know Electron 45.
const node = 'node20.18';
const chrome = 'chrome130';
const root = import.meta.dirname;
const entry = (part: keyof typeof windowEntries) => resolve(root, windowEntries[part]);
const exists = (part: keyof typeof windowEntries) => existsSync(entry(part));

export default defineConfig({
  ...(exists('main') && {
    main: {
      build: {
        target: node,
        outDir: 'out/main',
        rolldownOptions: {
          input: { main: entry('main') },
          output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
        },
      },
    },
  }),
  ...(exists('preload') && {
    preload: {
      build: {
        target: node,
        outDir: 'out/preload',
        externalizeDeps: false,
        // A sandboxed preload must be CommonJS.
        rolldownOptions: {
          input: { preload: entry('preload') },
          output: { format: 'cjs', entryFileNames: '[name].cjs' },
        },
      },
    },
  }),
  ...(exists('renderer') && {
    renderer: {
      root: resolve(root, 'src-renderer'),
      plugins: [react()],
      // The map's worker is a module with imports of its own.
      worker: { format: 'es' },
      build: {
        target: chrome,
        outDir: resolve(root, 'out/renderer'),
        emptyOutDir: true,
        // The window's policy allows neither fonts nor anything else from data addresses.
        assetsInlineLimit: 0,
        rolldownOptions: { input: entry('renderer') },
      },
    },
  }),
});
