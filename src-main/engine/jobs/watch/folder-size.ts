import { lstat, opendir } from 'node:fs/promises';
import { join } from 'node:path';

export interface FolderSize {
  readonly files: number;
  readonly bytes: number;
  /** The count stopped at `limit`, or at a folder that could not be read: there may be more. */
  readonly cut: boolean;
}

const maxDepth = 64;

/**
 * How many entries lie below a folder and how many bytes they take on the disk, up to `limit` entries. Links are counted and
 * not followed; a sparse file counts as what it takes. What vanishes meanwhile counts as nothing.
 */
export async function folderSize(folder: string, limit: number): Promise<FolderSize> {
  let files = 0;
  let bytes = 0;
  let cut = false;
  const waiting = [{ path: folder, depth: 0 }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { path, depth } = next;
    try {
      for await (const entry of await opendir(path)) {
        files += 1;
        if (files > limit) return { files, bytes, cut: true };
        const below = join(path, entry.name);
        if (entry.isDirectory()) {
          if (depth < maxDepth) waiting.push({ path: below, depth: depth + 1 });
          else cut = true;
        } else bytes += ((await lstat(below).catch(() => null))?.blocks ?? 0) * 512;
      }
    } catch (cause) {
      // A folder that the worker closed to us may hold anything.
      if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') cut = true;
    }
  }
  return { files, bytes, cut };
}
