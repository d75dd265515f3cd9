import { closeSync, constants, fstatSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { lstat, open, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../../src-shared/errors.ts';
import { isInside } from '../../client/inside.ts';

/**
 * Run folders are written by workers, and what a worker was made to write is not trusted: a name may be a link out of the
 * folder, or a pipe that blocks whoever opens it. These open regular files only, and never follow a link.
 */
const safely = constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** A regular file's bytes, or null when it is absent, a link, something else, or larger than `maxBytes`. */
export function readRegularFile(path: string, maxBytes: number): Buffer | null {
  const fd = tryOpen(() => openSync(path, constants.O_RDONLY | safely));
  if (fd === null) return null;
  try {
    const stat = fstatSync(fd);
    return stat.isFile() && stat.size <= maxBytes ? readFileSync(fd) : null;
  } finally {
    closeSync(fd);
  }
}

/** Opens a regular file for reading, or null when there is none at that name. */
export async function openRegularFile(path: string): Promise<FileHandle | null> {
  const file = await open(path, constants.O_RDONLY | safely).catch((cause: unknown) => {
    if (isAbsence(cause)) return null;
    throw cause;
  });
  if (file === null || (await file.stat()).isFile()) return file;
  await file.close();
  return null;
}

/**
 * Opens a regular file by its plain path inside a folder, or null when there is none, or when a link leads out of the folder.
 * What was opened is compared with what really lies there, so that a folder swapped for a link in between changes nothing;
 * a file that was replaced in between, as status files are, is opened again.
 */
export async function openInside(folder: string, path: string): Promise<FileHandle | null> {
  const full = join(folder, path);
  for (let attempt = 1; attempt <= 5; attempt += 1) {
    const file = await openRegularFile(full);
    if (file === null) return null;
    const place = await placeOf(file, folder, full);
    if (place === 'inside') return file;
    await file.close();
    if (place === 'outside') return null;
  }
  return null;
}

async function placeOf(file: FileHandle, folder: string, full: string): Promise<'inside' | 'outside' | 'replaced'> {
  try {
    const [root, real, top] = await Promise.all([realpath(folder), realpath(full), lstat(folder)]);
    if (!top.isDirectory() || !isInside(root, real)) return 'outside';
    const [opened, found] = await Promise.all([file.stat({ bigint: true }), lstat(real, { bigint: true })]);
    return opened.ino === found.ino && opened.dev === found.dev ? 'inside' : 'replaced';
  } catch (cause) {
    if (isAbsence(cause)) return 'replaced';
    throw cause;
  }
}

/**
 * Appends text to a regular file, making it when it is absent; anything else at that name is left alone.
 * @throws the system's error, and AppError `storage` when the disk took only a part: then the file is as it was
 */
export function appendToRegularFile(path: string, text: string): void {
  const fd = tryOpen(() => openSync(path, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | safely, 0o644));
  if (fd === null) return;
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile()) return;
    const bytes = Buffer.from(text);
    if (writeSync(fd, bytes) === bytes.length) return;
    ftruncateSync(fd, stat.size);
    throw new AppError('storage', `The disk is full: ${path} could not be added to.`, {
      remedy: 'Free some space.',
    });
  } finally {
    closeSync(fd);
  }
}

function tryOpen(open: () => number): number | null {
  try {
    return open();
  } catch (cause) {
    if (isAbsence(cause)) return null;
    throw cause;
  }
}

/** No such file, a link where none is followed, or a pipe that nobody reads. */
function isAbsence(cause: unknown): boolean {
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
  return code === 'ENOENT' || code === 'ELOOP' || code === 'ENXIO' || code === 'ENOTDIR';
}
