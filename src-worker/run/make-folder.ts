import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a folder and those above it that are missing. Unlike Node's own recursive `mkdir` it ends where a folder was deleted that is
 * still mounted, as a run's is in a sandbox: there the folder exists, nothing can be made in it, and Node tries for ever.
 * @throws errors of the file system, ENOENT for such a folder
 */
export async function makeFolder(path: string, mode = 0o777): Promise<void> {
  const made = async () => {
    await mkdir(path, mode).catch((cause: unknown) => {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    });
  };
  try {
    await made();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT' || dirname(path) === path) throw cause;
    await makeFolder(dirname(path), mode);
    await made();
  }
}
