import type { FileHandle } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { openRegularFile } from '../store/untrusted-files.ts';

const pollMs = 150;
const chunkBytes = 65_536;

export interface TailOptions {
  /** Byte offset to begin at. */
  readonly from: number;
  readonly follow: boolean;
  /** True once nothing more will be written. Asked before the last read, so that no byte is missed. */
  readonly ended: () => boolean;
  readonly signal: AbortSignal;
}

/**
 * The bytes of a growing file from an offset on; with `follow`, until the writer has ended. A missing file counts as empty.
 * The file is opened once and then asked for more, so that many followers cost little.
 */
export async function* tailFile(path: string, options: TailOptions): AsyncGenerator<Uint8Array> {
  let position = options.from;
  let file: FileHandle | null = null;
  try {
    for (;;) {
      const ended = !options.follow || options.ended();
      file ??= await openRegularFile(path);
      if (file !== null)
        for await (const chunk of readFrom(file, position)) {
          position += chunk.length;
          yield chunk;
        }
      if (ended || options.signal.aborted) return;
      await sleep(pollMs);
    }
  } finally {
    await file?.close();
  }
}

async function* readFrom(file: FileHandle, from: number): AsyncGenerator<Uint8Array> {
  for (let position = from; ;) {
    const buffer = Buffer.allocUnsafe(chunkBytes);
    const { bytesRead } = await file.read(buffer, 0, chunkBytes, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

/** Whole lines of a growing file; a line cut off by the end of the file is given as it is once the writer has ended. */
export async function* tailLines(path: string, options: TailOptions): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of tailFile(path, options)) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = parts.pop() ?? '';
    yield* parts;
  }
  if (rest !== '') yield rest;
}
