import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { AppError, toAppError } from '../../src-shared/errors.ts';
import type { ByteSource } from '../../src-raster/bytes/byte-source.ts';
import type { ReadContext } from '../../src-raster/bytes/read-context.ts';

/** Opens a regular file. Throws `not_found`, `storage` (no permission) or `bad_data` (a folder, a device, a FIFO). */
export async function openFileSource(path: string, ctx: ReadContext): Promise<ByteSource> {
  ctx.signal.throwIfAborted();
  // O_NONBLOCK: opening a FIFO that nobody writes to must not hang.
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch((cause: unknown) => {
    if (cause instanceof Error && 'code' in cause && (cause.code === 'ENOENT' || cause.code === 'ENOTDIR'))
      throw new AppError('not_found', `There is no file ${path}.`, {
        remedy: 'Check the name; a relative one is relative to the task file.',
        cause,
      });
    throw toAppError(cause);
  });
  const stat = await file.stat();
  if (!stat.isFile()) {
    await file.close();
    throw new AppError('bad_data', `${path} is not a regular file.`, {
      remedy: 'Name a file, not a folder or a device.',
    });
  }
  return {
    href: path,
    size: stat.size,
    async read(offset, length, readContext) {
      readContext.signal.throwIfAborted();
      if (offset < 0 || length < 0 || offset + length > stat.size)
        throw new AppError('bad_data', `${path} has ${stat.size} bytes; ${length} bytes at ${offset} are not in it.`, {
          remedy: 'The file was not fully copied. Fetch it again.',
        });
      readContext.budget.add(length);
      const bytes = new Uint8Array(length);
      for (let done = 0; done < length;) {
        const { bytesRead } = await file.read(bytes, done, length - done, offset + done);
        if (bytesRead === 0)
          throw new AppError('bad_data', `${path} became shorter while it was read.`, {
            remedy: 'Run it again when nobody is writing to it.',
          });
        done += bytesRead;
      }
      return bytes;
    },
    async close() {
      await file.close();
    },
  };
}
