import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { SetupError } from './console.mjs';
import { pathOutsideNodeModules, root } from './paths.mjs';
import { run } from './process.mjs';

const sections = ['dependencies', 'devDependencies', 'optionalDependencies'];

/**
 * Whether node_modules holds exactly what package-lock.json says.
 * npm keeps its own record of what it installed and writes it last, so a broken-off install does not pass either.
 */
export function dependenciesInstalled() {
  const installed = readJson(join(root, 'node_modules', '.package-lock.json'))?.packages;
  if (installed === undefined) return false;
  const wanted = readJson(join(root, 'package-lock.json'))?.packages ?? {};
  const manifest = readJson(join(root, 'package.json')) ?? {};
  const lockKnowsManifest = sections.every((name) => same(manifest[name] ?? {}, wanted['']?.[name] ?? {}));
  const sameVersion = ([path, entry]) =>
    path === '' || (installed[path] === undefined ? entry.optional === true : isSame(installed[path], entry));
  return (
    lockKnowsManifest &&
    Object.entries(wanted).every(sameVersion) &&
    Object.keys(installed).every((path) => wanted[path] !== undefined)
  );
}

/** Runs `npm ci` with a Node that lives outside node_modules. */
export async function installDependencies() {
  const npmCli = process.env.npm_execpath;
  const outside = process.env.npm_node_execpath ?? process.execPath;
  // No package here needs its scripts: what is native comes built. Without the flag npm compiles better-sqlite3 all the same,
  // which fails where there is no compiler.
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const env = { ...process.env, PATH: pathOutsideNodeModules() };
  const viaNode =
    npmCli?.endsWith('.js') === true && existsSync(npmCli) && !outside.startsWith(join(root, 'node_modules'));
  const code = viaNode
    ? await run(outside, [npmCli, ...args], { cwd: root, env, stdio: ['ignore', 2, 2] })
    : await run('npm', args, { cwd: root, env, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' });
  if (code !== 0) {
    throw new SetupError(
      `npm ci ended with code ${code}. Check the network and that package.json and package-lock.json agree, then run the same command again.`,
    );
  }
}

function isSame(installed, wanted) {
  return installed.version === wanted.version && installed.integrity === wanted.integrity;
}

function same(a, b) {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}
