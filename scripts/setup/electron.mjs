import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { isOutdatedFallback } from '../electron/recipe.mjs';
import { say } from './console.mjs';
import { cache, pathWithNode, root } from './paths.mjs';
import { run } from './process.mjs';

const failure = join(cache, 'electron-failed');
const retryAfterMs = 3_600_000;

/** Whether there is an Electron, none is wanted, or the last attempt failed less than an hour ago. */
export function electronSettled() {
  if (process.env.ELECTRON_RUNTIME === 'skip') return true;
  const electron = join(root, 'node_modules', 'electron');
  if (existsSync(join(electron, 'path.txt')) && !isOutdatedFallback(join(electron, 'dist'))) return true;
  return existsSync(failure) && Date.now() - statSync(failure).mtimeMs < retryAfterMs;
}

/** Fetches Electron. Only window tests need it and they say so, so a failure here is told and remembered, not thrown. */
export async function installElectron(node) {
  const env = { ...process.env, PATH: pathWithNode(node) };
  const script = join(root, 'scripts', 'ensure-electron.mjs');
  const code = await run(node, [script], { cwd: root, env, stdio: ['ignore', 2, 2] });
  rmSync(failure, { force: true });
  if (code === 0) return;
  mkdirSync(cache, { recursive: true });
  writeFileSync(failure, '');
  say('no Electron for now; everything but the window works. Try again with: node scripts/ensure-electron.mjs');
}
