import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The version of the registry runtime. */
export const fallbackVersion = '33.2.1';
/** Raised with every change of what is made of it, so that a runtime made by an older recipe is made anew. */
export const recipe = 'r2';
export const recipeFile = 'recipe';

/** Whether Electron's `dist` folder holds the registry runtime, made by another recipe than this one. */
export function isOutdatedFallback(dist) {
  return read(join(dist, 'version')) === fallbackVersion && read(join(dist, recipeFile)) !== recipe;
}

function read(file) {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return null;
  }
}
