import { closeSync, constants, fstatSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';

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

/** Appends a line to a regular file, making it when it is absent; anything else at that name is left alone. */
export function appendToRegularFile(path: string, line: string): void {
  const fd = tryOpen(() => openSync(path, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | safely, 0o644));
  if (fd === null) return;
  try {
    if (fstatSync(fd).isFile()) writeSync(fd, line);
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
