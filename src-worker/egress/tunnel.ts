import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Tally } from './tally.ts';

/** A tunnel through which nothing passes in either direction for so long is closed. */
const idleMs = 600_000;

/** What came through a connection to the outside. */
export interface Passed {
  readonly bytes: number;
  /** It was ended because the run's limit was reached. */
  readonly cut: boolean;
}

/** Counts what comes from outside on a connection, and destroys it when the run has had all that it may have. */
export function count(outside: Socket, tally: Tally, ended: (passed: Passed) => void): void {
  let bytes = 0;
  let cut = tally.spent;
  const end = () => {
    cut = true;
    outside.destroy();
  };
  const forget = tally.onCut(end);
  // Nothing is read before somebody takes it.
  outside.pause();
  outside.on('data', (piece: Buffer) => {
    bytes += piece.length;
    tally.add(piece.length);
  });
  outside.once('close', () => {
    forget();
    ended({ bytes, cut });
  });
  outside.setTimeout(idleMs, () => outside.destroy());
  if (cut) end();
}

/** Joins a client and an outside connection, byte for byte. Each side may end its half and still receive; a break ends both. */
export function joinStreams(client: Duplex, outside: Socket): void {
  for (const [from, to] of [
    [client, outside],
    [outside, client],
  ] as const) {
    from.on('data', (piece: Buffer) => {
      if (to.writable && !to.write(piece)) from.pause();
    });
    to.on('drain', () => from.resume());
    from.on('end', () => to.end());
    from.on('error', () => to.destroy());
    from.on('close', () => {
      if (!from.readableEnded || !from.writableFinished) to.destroy();
    });
  }
  outside.resume();
}
