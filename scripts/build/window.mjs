import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createRequire } from 'node:module';

import { windowEntries } from '../../electron.vite.config.ts';

const require = createRequire(import.meta.url);

/** Builds Electron's main, preload and renderer with electron-vite; says which of them do not exist yet. */
export async function buildWindow(root) {
  const entries = Object.entries(windowEntries);
  const absent = entries.filter(([, entry]) => !existsSync(join(root, entry)));
  for (const [name, entry] of absent) console.error(`build: ${name}: no ${entry} yet, left out`);
  if (absent.length === entries.length) return;
  const cli = join(dirname(require.resolve('electron-vite/package.json')), 'bin/electron-vite.js');
  // Its warnings are about code for Node in wasm packages, which the window never reaches.
  const result = spawnSync(process.execPath, [cli, 'build', '--logLevel', 'error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (result.status !== 0) throw new Error(`electron-vite ended with ${result.status ?? result.signal}`);
}
