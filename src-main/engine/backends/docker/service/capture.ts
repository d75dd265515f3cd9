import type Docker from 'dockerode';
import { setTimeout as sleep } from 'node:timers/promises';
import { statusOf } from '../failure.ts';
import { Frames } from './frames.ts';
import { OutputFile } from './output-file.ts';

const all = { stdout: true, stderr: true, timestamps: true } as const;
/** Lines that are kept of the end of an output that was too much. */
const lastLines = 2_000;
const againMs = 500;
/** How soon a container that has said nothing, as it has not started, is asked again. */
const emptyMs = 100;
/** How often a full file is looked at for the end of its container. */
const idleMs = 1_000;

/**
 * Takes down what a container prints, from where an earlier engine stopped, until `over` says that it has ended and everything
 * is read. What goes beyond the file's size is left to the container engine, which keeps the last part; that is added at the
 * end. A container engine that goes away is waited for. Rejects with the signal's reason, or when the file cannot be written.
 */
export async function captureOutput(
  container: Docker.Container,
  path: string,
  over: () => boolean,
  signal: AbortSignal,
): Promise<void> {
  const file = await OutputFile.open(path);
  try {
    for (;;) {
      const ended = over();
      if (file.isFull) {
        if (ended) {
          await takeLast(container, file);
          return;
        }
        await sleep(idleMs, undefined, { signal });
        continue;
      }
      const isDone = await takeFrom(container, file, signal);
      // A container that has ended before we asked says everything in one answer.
      if (isDone && ended && !file.isFull) return;
      if (!isDone || !ended) await sleep(isDone ? emptyMs : againMs, undefined, { signal });
    }
  } finally {
    await file.close();
  }
}

/** Reads on until the stream ends, or the file is full. False when the container engine could not be asked. */
async function takeFrom(container: Docker.Container, file: OutputFile, signal: AbortSignal): Promise<boolean> {
  const after = file.resumeAfter();
  const over = new AbortController();
  const frames = new Frames();
  try {
    const stream = await container.logs({
      ...all,
      follow: true,
      ...(after !== null && { since: unixTimeBefore(after) as unknown as number }),
      abortSignal: AbortSignal.any([signal, over.signal]),
    });
    for await (const bytes of stream) {
      await file.append(frames.push(bytes as Buffer));
      if (file.isFull) break;
    }
    return true;
  } catch (cause) {
    signal.throwIfAborted();
    if (isOfFile(cause)) throw cause;
    // Gone is as good as read to the end.
    return statusOf(cause) === 404;
  } finally {
    over.abort();
  }
}

async function takeLast(container: Docker.Container, file: OutputFile): Promise<void> {
  const raw = await container.logs({ ...all, follow: false, tail: lastLines }).catch(() => Buffer.alloc(0));
  await file.appendEnd(new Frames().push(raw));
}

/**
 * A microsecond before a time, in seconds since 1970 with nine decimals, as container engines take it: some count the very time
 * in, some do not. A number would lose the last decimals.
 */
function unixTimeBefore(at: string): string {
  const decimals = /\.(\d{1,9})/.exec(at)?.[1] ?? '0';
  const seconds = BigInt(Math.floor(Date.parse(at) / 1_000));
  const nanoseconds = seconds * 1_000_000_000n + BigInt(decimals.padEnd(9, '0')) - 1_000n;
  const text = nanoseconds.toString().padStart(10, '0');
  return `${text.slice(0, -9)}.${text.slice(-9)}`;
}

function isOfFile(cause: unknown): boolean {
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : null;
  return code === 'ENOSPC' || code === 'EDQUOT' || code === 'EIO' || code === 'EBADF';
}
