import type Docker from 'dockerode';
import { createWriteStream } from 'node:fs';
import { PassThrough, Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { bounded } from './bounded.ts';

const both = { stdout: true, stderr: true } as const;

/** What of a container's output goes where. */
export interface LogSinks {
  readonly stdout: Writable;
  readonly stderr: Writable;
}

/**
 * Passes a container's output on from its beginning, its two streams apart, until the container ends or the signal is aborted.
 * Ends the sinks. Never rejects over what the container engine does: output that is lost must not end a run.
 */
export async function followLogs(
  docker: Docker,
  container: Docker.Container,
  sinks: LogSinks,
  signal: AbortSignal,
): Promise<void> {
  try {
    const stream = await container.logs({ ...both, follow: true, abortSignal: signal });
    (docker.modem as Demultiplexer).demuxStream(stream, sinks.stdout, sinks.stderr);
    await finished(stream as NodeJS.ReadableStream & PassThrough);
  } catch {
    // The container engine went away, or we were told to stop.
  } finally {
    sinks.stdout.end();
    sinks.stderr.end();
  }
}

interface Demultiplexer {
  demuxStream(stream: NodeJS.ReadableStream, stdout: Writable, stderr: Writable): void;
}

/** A writer of a file that keeps the first `maxBytes` and then says that the rest is cut. */
export function cappedFile(path: string, maxBytes: number): Writable {
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
      file.write(kept, () => done());
    },
    final(done) {
      file.end(() => done());
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
