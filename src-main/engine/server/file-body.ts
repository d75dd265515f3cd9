import type { FileHandle } from 'node:fs/promises';
import { AppError } from '../../../src-shared/errors.ts';

/** What is at most this long is read and sent in one piece; a map's range requests are. */
const oneBufferBytes = 262_144;
const chunkBytes = 1_048_576;

/**
 * Bytes `start` to `end` (counted in) of an open file. A buffer leaves the file open; a stream closes it at its end, when it
 * is cancelled, and when the file turns out to be shorter by now.
 */
export async function fileBody(
  file: FileHandle,
  start: number,
  end: number,
): Promise<Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>> {
  if (end - start < oneBufferBytes) return readExactly(file, start, end - start + 1);
  let position = start;
  let closed = false;
  const close = async () => {
    if (closed) return;
    closed = true;
    await file.close();
  };
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const chunk = await readExactly(file, position, Math.min(chunkBytes, end - position + 1));
        position += chunk.length;
        // After a cancel there is nobody to hand it to.
        if (!closed) controller.enqueue(chunk);
        if (position <= end) return;
        await close();
        controller.close();
      } catch (cause) {
        await close();
        throw cause;
      }
    },
    cancel: close,
  });
}

/** @throws AppError `bad_data` when the file ends before */
async function readExactly(file: FileHandle, position: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
  const buffer = Buffer.allocUnsafeSlow(length);
  for (let done = 0; done < length;) {
    const { bytesRead } = await file.read(buffer, done, length - done, position + done);
    if (bytesRead === 0) throw new AppError('bad_data', 'The file became shorter while it was being read.');
    done += bytesRead;
  }
  return buffer;
}
