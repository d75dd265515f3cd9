import { mkdirSync } from 'node:fs';
import type { CacheFolders } from './backend.ts';

/** How a worker is told where its folders of what was read are. */
export function cacheArguments(cache: CacheFolders | null | undefined): string[] {
  if (!cache) return [];
  return ['--cache', cache.own, '--cache-from', cache.shared, '--cache-bytes', String(cache.maxNewBytes)];
}

/** Makes the folders that a run is to be given. @throws when they can't be made */
export function makeCacheFolders({ shared, own }: CacheFolders): void {
  for (const folder of [shared, own]) mkdirSync(folder, { recursive: true, mode: 0o700 });
}
