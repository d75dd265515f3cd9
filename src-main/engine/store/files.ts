import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fchmodSync,
  fsyncSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { AppError } from '../../../src-shared/errors.ts';

/** Writes a whole file or nothing: a temporary file in the same folder, synced, then renamed over. */
export function writeFileAtomic(path: string, content: string | Uint8Array, mode = 0o600): void {
  renameSync(writeTemporary(path, content, mode), path);
  syncFolder(dirname(path));
}

/** As `writeFileAtomic` but not synced, for what can be made again: after a power cut the file may be empty or an older one. */
export function writeFileWhole(path: string, content: string, mode = 0o600): void {
  const temporary = temporaryBeside(path);
  try {
    writeFileSync(temporary, content, { flag: 'wx', mode });
    renameSync(temporary, path);
  } catch (cause) {
    rmSync(temporary, { force: true });
    throw cause;
  }
}

/** As `writeFileAtomic`, over a file that exists and whose permissions stay as they are. */
export function replaceFileAtomic(path: string, content: string | Uint8Array): void {
  const mode = statSync(path).mode & 0o777;
  renameSync(writeTemporary(path, content, mode, 'exactly'), path);
  syncFolder(dirname(path));
}

/** Writes a new file whole, never over another. False when the name is taken; also two processes at once can't both get it. */
export function createFileAtomic(path: string, content: string | Uint8Array, mode = 0o644): boolean {
  const temporary = writeTemporary(path, content, mode);
  try {
    return moveToFreeName(temporary, path);
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** Renames a file without ever replacing another, on the same disk. False when the name is taken. */
export function moveToFreeName(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    unlinkSync(from);
  } catch (cause) {
    const { code = '' } = cause as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(code)) throw cause;
    // A disk without hard links. The engine is the only writer, so the look before the rename is enough.
    if (lstatSync(to, { throwIfNoEntry: false }) !== undefined) return false;
    renameSync(from, to);
  }
  syncFolder(dirname(to));
  if (dirname(from) !== dirname(to)) syncFolder(dirname(from));
  return true;
}

/** Makes a folder and those above it when they are missing. @throws AppError `storage` */
export function makeFolder(path: string, mode = 0o755): void {
  try {
    mkdirSync(path, { recursive: true, mode });
  } catch (cause) {
    // Node's own error may speak of a missing file when the disk is read-only.
    throw new AppError('storage', `The folder ${path} cannot be made: ${(cause as Error).message}`, {
      remedy: 'Check that you may write to the workspace, and that nothing else has that name.',
      cause,
    });
  }
}

/** Writes every byte from `position` on; one `write` may take only a part. */
export function writeAll(fd: number, bytes: Uint8Array, position = 0): void {
  for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done, bytes.length - done, position + done);
}

/** Makes a new name in a folder durable. Windows cannot open folders and needs no such step. */
export function syncFolder(path: string): void {
  if (process.platform === 'win32') return;
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** A hidden name beside `path`, short: `path` may be as long as names can be. */
function temporaryBeside(path: string): string {
  return join(dirname(path), `.${randomBytes(6).toString('hex')}.tmp`);
}

/** A synced file beside `path`. */
function writeTemporary(
  path: string,
  content: string | Uint8Array,
  mode: number,
  how: 'masked' | 'exactly' = 'masked',
) {
  const temporary = temporaryBeside(path);
  const fd = openSync(temporary, 'wx', mode);
  try {
    if (how === 'exactly') fchmodSync(fd, mode);
    writeAll(fd, typeof content === 'string' ? Buffer.from(content) : content);
    fsyncSync(fd);
  } catch (cause) {
    rmSync(temporary, { force: true });
    throw cause;
  } finally {
    closeSync(fd);
  }
  return temporary;
}
