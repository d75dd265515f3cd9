import { existsSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { tempFolder } from '../helpers/temp.ts';

/** A PATH with nothing on it but what limits memory: as on a system without bubblewrap. */
export function pathWithoutBubblewrap(): string {
  const folder = tempFolder();
  if (existsSync('/usr/bin/prlimit')) symlinkSync('/usr/bin/prlimit', join(folder, 'prlimit'));
  return folder;
}
