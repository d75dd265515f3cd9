import { createServer } from 'node:http';
import { expect, it, onTestFinished } from 'vitest';
import { exchange, readBody } from '../../src-worker/io/http.ts';
import { ReadBudget } from '../../src-raster/bytes/read-context.ts';

/** A server that sends `piece` bytes every 20 ms, `count` times. */
async function trickle(piece: number, count: number): Promise<string> {
  const server = createServer((_, response) => {
    let sent = 0;
    const timer = setInterval(() => {
      response.write(Buffer.alloc(piece));
      sent += 1;
      if (sent < count) return;
      clearInterval(timer);
      response.end();
    }, 20);
    response.on('close', () => clearInterval(timer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `http://127.0.0.1:${address.port}`;
}

function read(url: string) {
  const ctx = { signal: new AbortController().signal, budget: new ReadBudget(1e9) };
  const retry = { tries: 2, firstDelayMs: 1, maxDelayMs: 10 };
  return exchange(url, {}, ctx, (response, alive) => readBody(response, 1e6, alive), { retry, stallMs: 300 });
}

it('a server that trickles is given up, a slow one is not', async () => {
  const began = performance.now();
  await expect(read(await trickle(1, 1_000))).rejects.toMatchObject({
    code: 'source_unavailable',
    message: expect.stringMatching(/less than 1024 bytes a second/) as string,
  });
  expect(performance.now() - began).toBeLessThan(3_000);
  const { bytes } = await read(await trickle(200, 40));
  expect(bytes.length).toBe(8_000);
});
