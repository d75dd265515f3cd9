import { delimiter, dirname, join, resolve, sep } from 'node:path';

/** The repository's root folder. */
export const root = resolve(import.meta.dirname, '../..');

/** Scratch that may be deleted at any time: locks, stamps, the test oracle. */
export const cache = join(root, '.cache');

/** `PATH` without the folders inside `node_modules`, whose `node` disappears while `npm ci` runs. */
export function pathOutsideNodeModules() {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => !folder.split(sep).includes('node_modules'))
    .join(delimiter);
}

/** `PATH` in which `node` is the given binary's, as every step after `npm ci` needs it. */
export function pathWithNode(node) {
  return [dirname(node), join(root, 'node_modules', '.bin'), pathOutsideNodeModules()].join(delimiter);
}
