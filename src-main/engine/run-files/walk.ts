import type { Dirent } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunFile } from '../../../src-shared/api/library.ts';
import { RunFilePath } from '../../../src-shared/job.ts';
import { mediaTypeOf } from '../../../src-shared/media-types.ts';

/** More files than this help nobody in a window, and no analysis writes as many. */
const maxFiles = 20_000;
/** A worker may nest folders at will. */
const maxDepth = 32;

type FoundFile = Omit<RunFile, 'sha256'>;

/**
 * The regular files below a folder, sorted by path in code-unit order; `truncated` when there are more than `limit`. Links
 * and special files are left out, as is a half-written file and a name that cannot be asked for. A missing folder is empty.
 */
export async function walkFiles(
  folder: string,
  limit = maxFiles,
): Promise<{ readonly files: FoundFile[]; readonly truncated: boolean }> {
  const files: FoundFile[] = [];
  const top = await lstat(folder).catch(() => null);
  if (top?.isDirectory() !== true) return { files, truncated: false };
  for await (const path of pathsBelow(folder, '', 0)) {
    const stat = await lstat(join(folder, path)).catch(() => null);
    if (stat?.isFile() !== true) continue;
    if (files.length === limit) return { files, truncated: true };
    files.push({ path, bytes: stat.size, mediaType: mediaTypeOf(path), modifiedAt: stat.mtime.toISOString() });
  }
  return { files, truncated: false };
}

async function* pathsBelow(folder: string, below: string, depth: number): AsyncGenerator<string> {
  const entries = (await entriesOf(join(folder, below))).map((entry) => ({
    entry,
    // A folder sorts by the slash that follows its name in the paths of its files.
    key: entry.isDirectory() ? `${entry.name}/` : entry.name,
  }));
  entries.sort((a, b) => (a.key < b.key ? -1 : 1));
  for (const { entry } of entries) {
    const path = below + entry.name;
    if (!isAskable(path)) continue;
    if (entry.isDirectory() && depth < maxDepth) yield* pathsBelow(folder, `${path}/`, depth + 1);
    else if (entry.isFile() && !isHalfWritten(entry.name)) yield path;
  }
}

/** A folder that is gone by now, or cannot be read, shows nothing. */
async function entriesOf(folder: string): Promise<Dirent[]> {
  return readdir(folder, { withFileTypes: true }).catch(() => []);
}

/** A name whose bytes are not UTF-8 cannot be written into an address. */
function isAskable(path: string): boolean {
  return !path.includes('\ufffd') && RunFilePath.safeParse(path).success;
}

/** Files are written under a hidden name and renamed when they are whole. */
function isHalfWritten(name: string): boolean {
  return name.startsWith('.') && name.endsWith('.tmp');
}
