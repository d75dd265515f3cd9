import type Docker from 'dockerode';
import { createWriteStream } from 'node:fs';
import { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { bounded } from './bounded.ts';
import { inspect } from './containers.ts';
import { statusOf } from './failure.ts';

const both = { stdout: true, stderr: true } as const;

/** How soon a stream that broke off is taken up again. */
const againMs = 500;

/**
 * Keeps a container's output, both streams together, in a file, while it runs: from the beginning each time, so that nothing is
 * missing or twice after an engine or a container engine was restarted. The first `maxBytes` are kept. Resolves when all of it
 * is there, the container is gone, or the signal is aborted; never rejects, as output that is lost must not end a run.
 */
export async function keepOutput(
  docker: Docker,
  container: Docker.Container,
  file: { readonly path: string; readonly maxBytes: number },
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await copyOutput(docker, container, file, signal);
      // A stream that breaks off is an error. One that ends has given everything, unless the container goes on.
      if ((await inspect(container))?.State.Running !== true) return;
    } catch (cause) {
      if (statusOf(cause) === 404) return;
    }
    await sleep(againMs, undefined, { signal }).catch(() => undefined);
  }
}

async function copyOutput(
  docker: Docker,
  container: Docker.Container,
  { path, maxBytes }: { readonly path: string; readonly maxBytes: number },
  signal: AbortSignal,
): Promise<void> {
  const stream = await container.logs({ ...both, follow: true, abortSignal: signal });
  const sink = cappedFile(path, maxBytes);
  try {
    (docker.modem as Demultiplexer).demuxStream(stream, sink, sink);
    await finished(stream);
  } finally {
    sink.end();
    await finished(sink);
  }
}

interface Demultiplexer {
  demuxStream(stream: NodeJS.ReadableStream, stdout: Writable, stderr: Writable): void;
}

/** A writer of a file that keeps the first `maxBytes` and then says that the rest is cut. */
function cappedFile(path: string, maxBytes: number): Writable {
  const file = createWriteStream(path, { mode: 0o600 });
  let left = maxBytes;
  // A full disk loses this copy only: what the run itself writes is another matter.
  file.on('error', () => {
    left = -1;
  });
  return new Writable({
    write(piece: Buffer, _encoding, done) {
      if (left < 0) {
        done();
        return;
      }
      const kept = piece.length <= left ? piece : Buffer.concat([piece.subarray(0, left), cutMark]);
      left = piece.length <= left ? left - piece.length : -1;
      file.write(kept, () => {
        done();
      });
    },
    final(done) {
      file.end(() => {
        done();
      });
    },
  });
}

const cutMark = Buffer.from('\n[further output is not kept]\n');

/** What a container has said so far, both streams together, at most its last `maxBytes`. */
export async function textOf(container: Docker.Container, maxBytes: number): Promise<string> {
  const raw = await bounded(container.logs({ ...both, follow: false, tail: 200 }));
  return plain(raw).subarray(-maxBytes).toString('utf8');
}

/** The first piece that a container says; empty when it ends without a word, or the signal is aborted. */
export async function firstOutput(container: Docker.Container, signal: AbortSignal): Promise<string> {
  const over = new AbortController();
  try {
    const stream = await container.logs({ ...both, follow: true, abortSignal: AbortSignal.any([signal, over.signal]) });
    for await (const piece of stream) return plain(piece as Buffer).toString('utf8');
    return '';
  } catch (cause) {
    if (signal.aborted) return '';
    throw cause;
  } finally {
    over.abort();
  }
}

/** A container engine puts eight bytes before each piece: which stream, and how long (the length in the last four). */
function plain(raw: Buffer): Buffer {
  const pieces: Buffer[] = [];
  for (let at = 0; at + 8 <= raw.length;) {
    const length = raw.readUInt32BE(at + 4);
    pieces.push(raw.subarray(at + 8, at + 8 + length));
    at += 8 + length;
  }
  return Buffer.concat(pieces);
}
