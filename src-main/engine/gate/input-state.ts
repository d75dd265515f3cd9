import { createHash } from 'node:crypto';
import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** A folder of more entries is told by these alone, and says so. */
const mostEntries = 20_000;

/**
 * What a local input is at this moment, by sizes and times of change, in words: another text means that it was changed. Nothing of what
 * it holds is read.
 */
export function inputState(path: string): string {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return 'missing';
  if (!stat.isDirectory()) return `${stat.size} bytes, changed ${stat.mtime.toISOString()}`;
  const { bytes, count, isCut, sha256 } = folderState(path);
  return `${isCut ? 'more than ' : ''}${count} entries, ${bytes} bytes, ${sha256.slice(0, 16)}`;
}

/** Bytes of a local input; null where it has too many parts to be added up. */
export function inputBytes(path: string): number | null {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return null;
  if (!stat.isDirectory()) return stat.size;
  const { bytes, isCut } = folderState(path);
  return isCut ? null : bytes;
}

function folderState(folder: string): { bytes: number; count: number; isCut: boolean; sha256: string } {
  const sum = createHash('sha256');
  let [bytes, count] = [0, 0];
  const left = [''];
  for (let at = left.pop(); at !== undefined; at = left.pop()) {
    for (const name of readdirSync(join(folder, at)).sort()) {
      const path = join(at, name);
      const stat = lstatSync(join(folder, path), { throwIfNoEntry: false });
      if (stat === undefined) continue;
      if (count === mostEntries) return { bytes, count, isCut: true, sha256: sum.digest('hex') };
      count += 1;
      if (stat.isDirectory()) left.push(path);
      else bytes += stat.size;
      sum.update(`${path}\0${stat.isDirectory() ? 'folder' : `${stat.size} ${stat.mtimeMs}`}\n`);
    }
  }
  return { bytes, count, isCut: false, sha256: sum.digest('hex') };
}
