import { opendir } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { AppError } from '../../../../../src-shared/errors.ts';

/** A hidden file or folder of a case folder, by its path inside that. */
export interface HiddenEntry {
  readonly path: string;
  readonly isFolder: boolean;
}

/** Entries that are looked through, and hidden ones that are covered, each with a mount of its own. */
const mostEntries = 200_000;
const mostHidden = 200;

/**
 * The hidden entries of a folder, where keys and settings lie (`.git`, `.env`): no grant of a folder reaches them. Links are
 * passed over: where they lead inside a container, what they lead to is covered.
 * @throws AppError `denied` for a folder that is too large to be looked through
 */
export async function hiddenEntries(folder: string): Promise<HiddenEntry[]> {
  const hidden: HiddenEntry[] = [];
  const waiting = [''];
  let seen = 0;
  for (let below = waiting.pop(); below !== undefined; below = waiting.pop()) {
    for await (const entry of await opendir(join(folder, below))) {
      seen += 1;
      const path = posix.join(below, entry.name);
      const isFolder = entry.isDirectory();
      if (entry.name.startsWith('.') && (isFolder || entry.isFile())) hidden.push({ path, isFolder });
      else if (isFolder) waiting.push(path);
      if (seen > mostEntries || hidden.length > mostHidden)
        throw new AppError(
          'denied',
          `The case folder holds more than ${seen > mostEntries ? `${mostEntries} entries` : `${mostHidden} hidden entries`}.`,
          { remedy: 'Put what the service needs into a folder of its own.' },
        );
    }
  }
  return hidden;
}
