import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { AppError } from '../../../src-shared/errors.ts';

/** Reads an open file to its end in pieces, and closes it. @throws AppError `cancelled` when `signal` ends the work */
export async function hashOpenFile(
  file: FileHandle,
  signal?: AbortSignal,
): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  // Ends the loop by leaving it, which closes the file.
  for await (const chunk of file.createReadStream({ highWaterMark: 1_048_576 }) as AsyncIterable<Buffer>) {
    if (signal?.aborted === true) throw new AppError('cancelled', 'Nobody waits for this hash any more.');
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { bytes, sha256: hash.digest('hex') };
}
