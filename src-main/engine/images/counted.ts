import { Readable } from 'node:stream';

const everyMs = 200;

/** The same bytes, and now and then how many have passed. */
export function counted(bytes: Readable, tell: (count: number) => void): Readable {
  return Readable.from(counting(bytes, tell), { objectMode: false });
}

async function* counting(bytes: Readable, tell: (count: number) => void): AsyncGenerator<Buffer> {
  let count = 0;
  let told = performance.now();
  for await (const piece of bytes as AsyncIterable<Buffer>) {
    count += piece.length;
    const now = performance.now();
    if (now - told >= everyMs) {
      told = now;
      tell(count);
    }
    yield piece;
  }
}
