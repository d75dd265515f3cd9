import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';

/** A temporary folder beside `target`, so that a rename can put it in place. */
export function tempFolder(target) {
  return `${target}.tmp-${process.pid}`;
}

/** Puts `fresh` in place of `target`. Programs that run from `target` keep their open files. */
export async function replaceFolder(fresh, target) {
  await mkdir(dirname(target), { recursive: true });
  const old = `${target}.old-${process.pid}`;
  if (existsSync(target)) await rename(target, old);
  await rename(fresh, target);
  await rm(old, { recursive: true, force: true });
}

/** The files under `folder`, as sorted relative paths with forward slashes. */
export async function listFiles(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}
