import { relative, sep } from 'node:path';

/** Whether the way from `folder` down to `path` leads through a hidden entry. */
export function isHiddenBelow(folder: string, path: string): boolean {
  return relative(folder, path)
    .split(sep)
    .some((step) => step.startsWith('.'));
}
