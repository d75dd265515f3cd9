import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { link, rename, rm, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AppError } from '../../../src-shared/errors.ts';

/**
 * Writes a file that is whole as soon as it is there, and never replaces another one.
 * @returns its size in bytes
 * @throws AppError `conflict` when something has its name, `not_found` when its folder is not there
 */
export async function writeNewFile(path: string, bytes: Readable, signal: AbortSignal): Promise<number> {
  const taken = () =>
    new AppError('conflict', `${path} is there already.`, { remedy: 'Remove it, or choose another name.' });
  if ((await stat(path).catch(() => null)) !== null) {
    bytes.destroy();
    throw taken();
  }
  const part = `${path}.${randomBytes(4).toString('hex')}.part`;
  try {
    await pipeline(bytes, createWriteStream(part, { flags: 'wx' }), { signal });
    await link(part, path).catch((cause: unknown) => renamed(cause, part, path));
    return (await stat(path)).size;
  } catch (cause) {
    const { code, path: missing } = cause as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw taken();
    if (code === 'ENOENT' && missing === part)
      throw new AppError('not_found', `The folder of ${path} is not there.`, { cause });
    throw cause;
  } finally {
    await rm(part, { force: true });
  }
}

/** Some memory sticks know no links; there the name was free a moment ago. */
async function renamed(cause: unknown, part: string, path: string): Promise<void> {
  const unknown = ['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP'].includes((cause as NodeJS.ErrnoException).code ?? '');
  if (!unknown) throw cause;
  await rename(part, path);
}
