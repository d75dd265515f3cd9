import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

import { SetupError } from './console.mjs';
import { pathWithNode, root } from './paths.mjs';
import { run } from './process.mjs';

const stamp = join(root, 'out', '.stamp');
const inputs = [
  'package.json',
  'package-lock.json',
  'vite.programs.config.ts',
  'electron.vite.config.ts',
  'tsconfig.base.json',
  'scripts/build.mjs',
  'scripts/build',
  'scripts/make-fixtures.ts',
  'scripts/make-fixtures',
  'src-shared',
  'src-raster',
  'src-worker',
  'src-main',
  'src-renderer',
  'resources',
];

/** The sha256 over names and contents of everything that the build reads. */
export function inputsHash() {
  const hash = createHash('sha256');
  for (const file of inputs.flatMap((name) => filesUnder(join(root, name))).sort()) {
    const bytes = readFileSync(file);
    hash.update(`${relative(root, file)}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest('hex');
}

/** Whether `out/` was built from sources with this hash. */
export function programsBuilt(hash) {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === hash;
}

/** Builds `out/` and, when all of it is there, remembers from which sources. */
export async function buildPrograms(node) {
  const before = inputsHash();
  rmSync(stamp, { force: true });
  const env = { ...process.env, PATH: pathWithNode(node) };
  const code = await run(node, [join(root, 'scripts', 'build.mjs')], { cwd: root, env, stdio: ['ignore', 2, 2] });
  if (code !== 0) throw new SetupError(`the build ended with code ${code}; its messages are above`);
  writeFileSync(stamp, before);
}

function filesUnder(path) {
  if (!existsSync(path)) return [];
  try {
    return readdirSync(path, { withFileTypes: true }).flatMap((entry) => filesUnder(join(path, entry.name)));
  } catch (error) {
    if (error.code === 'ENOTDIR') return [path];
    throw error;
  }
}
